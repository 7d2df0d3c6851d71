"""What was not earned of a bonus stays while the creator may dispute how it was counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration, RestingFunds
from marketplace.collaborations.rules import CollaborationState, FreeMoney, Rest, RestReason
from marketplace.deliverables.models import Deliverable
from marketplace.funding import queries
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute, ViewBonus
from marketplace.payouts.rules.disputes import DisputeReason
from tests.factories.ledger import usd
from tests.factories.money import make_paid_campaign
from tests.services.books import broken, written
from tests.services.counting import END, begin, book_views
from tests.services.disputing import agree, dispute
from tests.services.resting import SECOND, take, take_all

DAY = timedelta(days=1)
OVER = END + 7 * DAY
LAST = OVER - SECOND


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A campaign with 1,000.00 and the 100.00 of the platform fee."""
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def bonus(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> ViewBonus:
    """50.00 of 300.00 at most was earned; the 250.00 went back when it was over."""
    begun = begin(session, campaign, alice, bea)
    book_views(session, begun, 10_000, END)
    assert complete(session, begun)
    return begun


def complete(session: Session, bonus: ViewBonus) -> bool:
    done = payouts.complete(session, collaboration_id=bonus.collaboration_id, now=END)
    session.flush()
    return done


def left(session: Session, campaign: Campaign) -> FreeMoney:
    return queries.unspent_of(session, campaign, now=LAST).left


def wants(session: Session, bonus: ViewBonus, bea: Actor, share: int = 10_000) -> Dispute:
    work = session.get_one(Deliverable, bonus.deliverable_id)
    return dispute(session, work, bea, reason=DisputeReason.BONUS_COUNT, share=share, now=LAST)


def test_it_rests_until_its_count_cannot_be_disputed(
    session: Session, campaign: Campaign, bonus: ViewBonus
) -> None:
    rest = Rest(RestReason.BONUS, usd(25_000), OVER)
    assert left(session, campaign) == FreeMoney(usd(55_000), (rest,))
    assert queries.unspent_of(session, campaign, now=OVER).left == FreeMoney(usd(55_000))

    before = written(session)
    assert not complete(session, bonus)
    assert (left(session, campaign).rests, written(session)) == ((rest,), before)


def test_a_dispute_on_the_last_day_finds_all_of_it_and_is_paid(
    session: Session, campaign: Campaign, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    take_all(session, campaign, alice, resting=usd(25_000), now=LAST)

    opened = wants(session, bonus, bea)
    assert (opened.stake, opened.set_aside) == (usd(25_000), usd(25_000))
    take_all(session, campaign, alice, resting=usd(0), now=OVER)
    agree(session, opened, alice, 10_000, now=OVER)

    session.refresh(bonus)
    assert bonus.gross_minor == 30_000
    assert left(session, campaign) == FreeMoney(usd(0))
    assert broken(session) == []


def test_a_second_later_it_goes_back_and_a_dispute_is_too_late(
    session: Session, campaign: Campaign, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    take_all(session, campaign, alice, resting=usd(25_000), now=LAST)

    work = session.get_one(Deliverable, bonus.deliverable_id)
    with pytest.raises(Conflict, match="for 7 days about what was called off or counted"):
        dispute(session, work, bea, reason=DisputeReason.BONUS_COUNT, share=1, now=OVER)
    take(session, campaign, alice, usd(25_000), now=OVER)

    assert left(session, campaign) == FreeMoney(usd(0))
    assert broken(session) == []


def test_a_dispute_that_is_withdrawn_leaves_it_at_rest_as_before(
    session: Session, campaign: Campaign, bonus: ViewBonus, bea: Actor
) -> None:
    for _ in range(2):
        opened = wants(session, bonus, bea)
        assert left(session, campaign) == FreeMoney(usd(30_000))
        payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=LAST)
        session.flush()

    assert left(session, campaign).resting == usd(25_000)


def test_once_it_was_ruled_on_what_goes_back_is_free(
    session: Session, campaign: Campaign, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    agree(session, wants(session, bonus, bea, 4_000), alice, 4_000, now=LAST)

    assert left(session, campaign) == FreeMoney(usd(45_000))
    assert broken(session) == []


def test_ruled_on_before_it_was_over_nothing_of_it_rests(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    begun = begin(session, campaign, alice, bea)
    work = session.get_one(Deliverable, begun.deliverable_id)
    reason = DisputeReason.BONUS_COUNT
    opened = dispute(session, work, bea, reason=reason, share=5_000, now=END - DAY)
    agree(session, opened, alice, 5_000, now=END - DAY)

    agreed = session.get_one(Collaboration, begun.collaboration_id)
    assert agreed.state is CollaborationState.COMPLETED
    assert left(session, campaign) == FreeMoney(usd(45_000))


def test_a_bonus_that_reached_its_cap_leaves_nothing_to_rest(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    begun = begin(session, campaign, alice, bea)
    book_views(session, begun, 1_000_000, END)
    complete(session, begun)

    assert left(session, campaign) == FreeMoney(usd(30_000))
    assert session.get(RestingFunds, begun.deliverable_id) is None


def test_what_ended_so_long_ago_that_nobody_may_dispute_it_is_free(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    begun = begin(session, campaign, alice, bea)
    book_views(session, begun, 10_000, END)
    payouts.complete(session, collaboration_id=begun.collaboration_id, now=OVER)

    assert left(session, campaign) == FreeMoney(usd(55_000))


def test_disputed_before_it_went_back_it_is_there_all_the_same(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    """Other work of the agreement was called off, and nobody has counted up what is left yet."""
    begun = begin(session, campaign, alice, bea)
    book_views(session, begun, 10_000, END)
    agreed = session.get_one(Collaboration, begun.collaboration_id)
    agreed.state = CollaborationState.CANCELLED
    session.flush()
    take(session, campaign, alice, usd(30_000), now=LAST)

    opened = wants(session, begun, bea)
    assert (opened.set_aside, left(session, campaign)) == (usd(25_000), FreeMoney(usd(0)))
    assert not complete(session, begun)
    agree(session, opened, alice, 10_000, now=OVER)

    assert left(session, campaign) == FreeMoney(usd(0))
    assert broken(session) == []


def test_what_a_crash_undoes_rests_not_and_the_next_try_lets_it_rest_once(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    begun = begin(session, campaign, alice, bea)
    book_views(session, begun, 10_000, END)
    before = written(session)
    with session.begin_nested() as crashed:
        complete(session, begun)
        crashed.rollback()
    assert (written(session), session.get(RestingFunds, begun.deliverable_id)) == (before, None)

    assert complete(session, begun)
    assert not complete(session, begun)
    assert left(session, campaign).resting == usd(25_000)
