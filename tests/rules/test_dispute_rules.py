"""Who may dispute what and until when, every arrow of a dispute, and whom an amount waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest

from marketplace.collaborations.rules import OfferMoney, Party
from marketplace.deliverables.rules import DeliverableState, EndingState
from marketplace.kernel.errors import InvalidTransition
from marketplace.kernel.money import Money
from marketplace.payouts.rules import BonusState, Waiting
from marketplace.payouts.rules.disputes import (
    BRAND_REASONS,
    DISPUTE_LIFE,
    DisputeAbout,
    Disputed,
    DisputeEvent,
    DisputeReason,
    DisputeState,
    Ground,
    reasons_for,
    shared,
)

S, E, R = DisputeState, DisputeEvent, DisputeReason
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NOTHING = Ground(state=DeliverableState.ACCEPTED, rounds_left=2, answer_by=None)
ARROWS = {
    (S.ASKED, E.ANSWER): S.WITH_STAFF,
    (S.ASKED, E.RUN_OUT): S.WITH_STAFF,
    (S.ASKED, E.SAY): S.ASKED,
    (S.ASKED, E.AGREE): S.SETTLED,
    (S.ASKED, E.WITHDRAW): S.WITHDRAWN,
    (S.ASKED, E.OVERTAKE): S.OVERTAKEN,
    (S.WITH_STAFF, E.SAY): S.WITH_STAFF,
    (S.WITH_STAFF, E.AGREE): S.SETTLED,
    (S.WITH_STAFF, E.WITHDRAW): S.WITHDRAWN,
    (S.WITH_STAFF, E.DECIDE): S.DECIDED,
    (S.WITH_STAFF, E.DISMISS): S.DISMISSED,
    (S.WITH_STAFF, E.OVERTAKE): S.OVERTAKEN,
}


@pytest.mark.parametrize(("state", "event"), list(product(S, E)))
def test_a_dispute_moves_as_drawn_and_not_otherwise(
    state: DisputeState, event: DisputeEvent
) -> None:
    if (state, event) in ARROWS:
        assert DISPUTE_LIFE.next(state, event) is ARROWS[state, event]
    else:
        with pytest.raises(InvalidTransition):
            DISPUTE_LIFE.next(state, event)


def test_a_brand_disputes_what_is_in_its_hold_window_and_not_after() -> None:
    held = replace(NOTHING, held_until=NOW + DAY)
    assert reasons_for(Party.BRAND, held, now=NOW) == dict.fromkeys(
        BRAND_REASONS, DisputeAbout.HELD
    )
    assert reasons_for(Party.BRAND, held, now=NOW + DAY) == {}
    assert reasons_for(Party.BRAND, NOTHING, now=NOW) == {}
    assert reasons_for(Party.CREATOR, held, now=NOW) == {}


@pytest.mark.parametrize("state", list(DeliverableState))
def test_of_an_entry_a_creator_disputes_its_prize_alone(state: DeliverableState) -> None:
    entry = replace(NOTHING, state=state, answer_by=NOW, rounds_left=0, is_entry=True)
    held = replace(entry, prize_until=NOW + DAY, prize_left=Money(1, "USD"))

    assert reasons_for(Party.CREATOR, held, now=NOW) == {R.PRIZE_COUNT: DisputeAbout.PRIZE}
    assert reasons_for(Party.CREATOR, held, now=NOW + DAY) == {}
    assert reasons_for(Party.CREATOR, entry, now=NOW) == {}
    assert reasons_for(Party.BRAND, held, now=NOW) == {}
    for none_left in (None, Money(0, "USD")):
        assert reasons_for(Party.CREATOR, replace(held, prize_left=none_left), now=NOW) == {}
    ruled = replace(held, ruled=frozenset({DisputeAbout.PRIZE}))
    assert reasons_for(Party.CREATOR, ruled, now=NOW) == {}


def test_nobody_disputes_what_was_settled_or_decided() -> None:
    ruled = replace(NOTHING, held_until=NOW + DAY, ruled=frozenset({DisputeAbout.HELD}))
    assert reasons_for(Party.BRAND, ruled, now=NOW) == {}


@pytest.mark.parametrize(
    ("ground", "reasons"),
    [
        (replace(NOTHING, state=DeliverableState.AWAITING_SUBMISSION), []),
        (replace(NOTHING, state=DeliverableState.IN_REVIEW, answer_by=NOW + DAY), [R.OTHER]),
        (
            replace(NOTHING, state=DeliverableState.IN_REVIEW, answer_by=NOW),
            [R.NOT_REVIEWED, R.OTHER],
        ),
        (
            replace(NOTHING, state=DeliverableState.CHANGES_REQUESTED, rounds_left=0),
            [R.ROUNDS_USED_UP, R.OTHER],
        ),
        (replace(NOTHING, state=DeliverableState.CHANGES_REQUESTED, rounds_left=1), [R.OTHER]),
        (
            replace(NOTHING, state=DeliverableState.LIVE, answer_by=NOW - DAY),
            [R.NOT_ACCEPTED, R.OTHER],
        ),
    ],
)
def test_a_creator_disputes_work_that_was_handed_in_and_is_not_accepted(
    ground: Ground, reasons: list[DisputeReason]
) -> None:
    assert reasons_for(Party.CREATOR, ground, now=NOW) == dict.fromkeys(
        reasons, DisputeAbout.UNACCEPTED
    )
    assert reasons_for(Party.BRAND, ground, now=NOW) == {}


def test_a_creator_disputes_for_a_while_what_the_brand_alone_called_off() -> None:
    ground = replace(
        NOTHING,
        state=DeliverableState.CANCELLED,
        called_off_until=NOW + 7 * DAY,
        ended_by=EndingState.ALONE,
    )
    late = NOW + 7 * DAY
    assert reasons_for(Party.CREATOR, ground, now=late - DAY) == {
        R.CALLED_OFF: DisputeAbout.CALLED_OFF
    }
    assert reasons_for(Party.CREATOR, ground, now=late) == {}
    assert reasons_for(Party.CREATOR, replace(ground, ended_by=None), now=NOW) == {}


def test_a_creator_disputes_a_bonus_that_is_counted_or_ended_not_long_ago() -> None:
    counted = replace(NOTHING, bonus=BonusState.COUNTING, bonus_left=Money(1, "USD"))
    ended = replace(counted, bonus=BonusState.ENDED, bonus_until=NOW + 7 * DAY)
    about = {R.BONUS_COUNT: DisputeAbout.BONUS}
    assert reasons_for(Party.CREATOR, counted, now=NOW) == about
    assert reasons_for(Party.CREATOR, ended, now=NOW + 6 * DAY) == about
    assert reasons_for(Party.CREATOR, ended, now=NOW + 7 * DAY) == {}
    at_its_cap = replace(counted, bonus_left=Money(0, "USD"))
    assert reasons_for(Party.CREATOR, at_its_cap, now=NOW) == {}


@pytest.mark.parametrize(
    ("state", "opened_by", "waiting"),
    [
        (S.ASKED, Party.BRAND, Waiting.DISPUTE_CREATOR),
        (S.ASKED, Party.CREATOR, Waiting.DISPUTE_BRAND),
        (S.WITH_STAFF, Party.BRAND, Waiting.DISPUTE_STAFF),
        (S.WITH_STAFF, Party.CREATOR, Waiting.DISPUTE_STAFF),
    ],
)
def test_a_disputed_amount_waits_for_the_other_side_and_then_for_staff(
    state: DisputeState, opened_by: Party, waiting: Waiting
) -> None:
    assert Disputed(uuid4(), state, opened_by, NOW).waiting is waiting


def test_a_part_of_a_fee_takes_every_amount_in_proportion() -> None:
    part = OfferMoney(*(Money(each, "USD") for each in (40_000, 4_000, 800, 2_000, 3_800)))
    assert [each.minor for each in shared(part, 3_333).columns] == [13_332, 1_333, 267, 667, 1_267]
    assert shared(part, 10_000) == part
