"""Everything that a brand or a creator has to do with, page by page."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables import queries
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState as S
from marketplace.kernel.actor import Actor
from marketplace.store.paging import PAGE_SIZE
from tests.factories.campaigns import NOON
from tests.factories.deliverables import make_deliverable

GROUPS = ((S.IN_REVIEW, S.LIVE), (S.AWAITING_SUBMISSION,), (S.ACCEPTED,))


def accepted(owed: Deliverable, *, hours_ago: int) -> Deliverable:
    owed.state, owed.accepted_at = S.ACCEPTED, NOON - timedelta(hours=hours_ago)
    return owed


def test_what_waits_stands_before_what_is_done_and_the_newest_of_that_first(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    def make(state: S, creator: Actor = bea) -> Deliverable:
        return make_deliverable(session, brand=acme, by=alice, creator=creator, state=state)

    long_ago = accepted(make(S.IN_REVIEW), hours_ago=90)
    awaited = make(S.AWAITING_SUBMISSION)
    just_now = accepted(make(S.IN_REVIEW, carl), hours_ago=1)
    waiting = make(S.IN_REVIEW)
    session.flush()

    ours = queries.work_of_brand(session, brand_id=acme.id, groups=GROUPS, page=1)
    assert bea.creator_id is not None
    beas = queries.work_of_creator(session, creator_id=bea.creator_id, groups=GROUPS[1:], page=1)

    assert [line.deliverable.id for line in ours.rows] == [
        waiting.id, awaited.id, just_now.id, long_ago.id,
    ]  # fmt: skip
    assert [line.deliverable.id for line in beas.rows] == [awaited.id, long_ago.id]
    assert (ours.total, beas.total) == (4, 2)


def test_no_work_is_left_out_of_a_long_list(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    made = [
        accepted(
            make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.IN_REVIEW),
            hours_ago=hours,
        ).id
        for hours in range(PAGE_SIZE + 1)
    ]
    session.flush()

    pages = [
        queries.work_of_brand(session, brand_id=acme.id, groups=GROUPS, page=number)
        for number in (1, 2, 3)
    ]

    shown = [[line.deliverable.id for line in page.rows] for page in pages]
    assert shown == [made[:PAGE_SIZE], made[PAGE_SIZE:], made[PAGE_SIZE:]]
    assert {page.total for page in pages} == {PAGE_SIZE + 1}
