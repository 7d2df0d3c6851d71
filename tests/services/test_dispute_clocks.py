"""The time of a dispute runs out: who is reminded, when staff are brought in, to the second."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules.disputes import DisputeEvent, DisputeState
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services.agreeing import posted
from tests.services.counting import VIDEOS
from tests.services.disputing import LATER, agree, dispute, said_in, say

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
DUE = LATER + 5 * DAY


@pytest.fixture
def campaign(session: Session, campaign: Campaign, alice: Actor) -> Campaign:
    pay_in(session, campaign, by=alice)
    return campaign


def held(
    session: Session, campaign: Campaign, alice: Actor, creator: Actor, video: str = VIDEOS[0]
) -> Deliverable:
    made = make_accepted(session, campaign, by=alice, creator=creator, video_id=video)
    make_earning(session, made, matured=False)
    return made


@pytest.fixture
def opened(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Dispute:
    """Opened at LATER; the creator has five days to answer."""
    return dispute(session, held(session, campaign, alice, bea), alice)


def move_on(session: Session, at: datetime, *, limit: int = 100) -> int:
    moved = payouts.move_disputes_on(session, now=at, limit=limit)
    session.flush()
    return moved


def reminders(session: Session) -> list[tuple[str, str]]:
    return [(each["dispute_id"], each["due_at"]) for each in posted(session, "DisputeRunsOut")]


def test_a_day_before_the_answer_is_due_its_side_is_reminded_once(
    session: Session, opened: Dispute
) -> None:
    assert move_on(session, DUE - DAY - SECOND) == 0
    assert (reminders(session), opened.reminded_at) == ([], None)

    assert move_on(session, DUE - DAY) == 1
    assert move_on(session, DUE - DAY) == 0
    assert move_on(session, DUE - SECOND) == 0

    assert reminders(session) == [(str(opened.id), DUE.isoformat())]
    assert (opened.reminded_at, opened.state, opened.due_at) == (
        DUE - DAY,
        DisputeState.ASKED,
        DUE,
    )
    assert said_in(session, opened) == ["open"]


def test_when_the_answer_is_due_staff_are_brought_in(session: Session, opened: Dispute) -> None:
    move_on(session, DUE - DAY)
    assert move_on(session, DUE - SECOND) == 0
    assert opened.state is DisputeState.ASKED

    assert move_on(session, DUE) == 1
    assert move_on(session, DUE) == 0

    assert (opened.state, opened.due_at) == (DisputeState.WITH_STAFF, DUE + 5 * DAY)
    assert (opened.reminded_at, opened.closed_at) == (None, None)
    step = queries.steps_of_dispute(session, opened.id)[-1]
    assert (step.event, step.state) == (DisputeEvent.RUN_OUT, DisputeState.WITH_STAFF)
    assert (step.party, step.actor_id, step.share_bps) == (None, None, None)
    assert (step.words, step.link, step.happened_at) == ("", None, DUE)
    assert posted(session, "DisputeMoved")[-1] == {"step_id": str(step.id)}
    assert len(posted(session, "DisputeMoved")) == 2
    assert len(reminders(session)) == 1


def test_what_nobody_looked_at_for_long_goes_to_staff_with_a_time_of_their_own(
    session: Session, opened: Dispute
) -> None:
    late = DUE + 3 * DAY

    assert move_on(session, late) == 1

    assert (opened.state, opened.due_at) == (DisputeState.WITH_STAFF, late + 5 * DAY)
    assert reminders(session) == []


def test_staff_are_reminded_too_and_nothing_is_decided_by_the_clock(
    session: Session, opened: Dispute, bea: Actor
) -> None:
    say(session, opened, bea)
    ours = LATER + 5 * DAY
    assert move_on(session, ours - DAY - SECOND) == 0

    assert move_on(session, ours - DAY) == 1
    assert [move_on(session, ours + each * DAY) for each in (0, 30)] == [0, 0]

    assert reminders(session) == [(str(opened.id), ours.isoformat())]
    assert (opened.state, opened.due_at) == (DisputeState.WITH_STAFF, ours)
    assert said_in(session, opened) == ["open", "answer"]


def test_staff_who_were_not_reminded_in_time_are_so_afterwards(
    session: Session, opened: Dispute, bea: Actor
) -> None:
    say(session, opened, bea)

    assert move_on(session, LATER + 9 * DAY) == 1

    assert (opened.state, opened.reminded_at) == (DisputeState.WITH_STAFF, LATER + 9 * DAY)
    assert said_in(session, opened) == ["open", "answer"]


def test_a_dispute_that_is_over_has_no_clock(session: Session, opened: Dispute, bea: Actor) -> None:
    agree(session, opened, bea, 0)

    assert move_on(session, DUE + DAY) == 0

    assert (opened.state, reminders(session)) == (DisputeState.SETTLED, [])


def test_no_more_are_moved_at_once_than_was_asked_the_most_urgent_first(
    session: Session, campaign: Campaign, opened: Dispute, alice: Actor, carl: Actor
) -> None:
    other = held(session, campaign, alice, carl, VIDEOS[1])
    urgent = dispute(session, other, alice, now=LATER - DAY)

    assert move_on(session, DUE, limit=1) == 1
    assert (urgent.state, opened.state) == (DisputeState.WITH_STAFF, DisputeState.ASKED)
    assert move_on(session, DUE, limit=1) == 1
    assert opened.state is DisputeState.WITH_STAFF
    assert move_on(session, DUE, limit=1) == 0


def test_one_turn_moves_the_one_and_reminds_of_the_other(
    session: Session, campaign: Campaign, opened: Dispute, alice: Actor, carl: Actor
) -> None:
    other = held(session, campaign, alice, carl, VIDEOS[1])
    urgent = dispute(session, other, alice, now=LATER - DAY)

    assert move_on(session, DUE - DAY) == 2

    assert (urgent.state, opened.state) == (DisputeState.WITH_STAFF, DisputeState.ASKED)
    assert reminders(session) == [(str(opened.id), DUE.isoformat())]
