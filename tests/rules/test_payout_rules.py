"""What an earned fee waits for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.kernel.errors import InvalidTransition
from marketplace.payouts.rules import (
    LIFE,
    EarningState,
    PayoutEvent,
    PayoutState,
    Waiting,
    may_pay_again,
    waiting_for,
)

READY = {
    "has_account": True,
    "closed": False,
    "transfers_active": True,
    "paused": False,
    "under_review": False,
    "enough": True,
    "refused": False,
    "frozen": False,
    "unclear": False,
    "stuck": False,
    "owed": False,
}
NOT_ACTIVE = {"transfers_active": False}


@pytest.mark.parametrize(
    ("state", "facts", "expected"),
    [
        (EarningState.PENDING, {"frozen": True, "enough": False}, Waiting.HOLD),
        (EarningState.PAYABLE, {}, Waiting.NEXT_RUN),
        (EarningState.PAYABLE, {"refused": True}, Waiting.REFUSED),
        (EarningState.PAYABLE, {"refused": True, "owed": True}, Waiting.REFUSED),
        (EarningState.PAYABLE, {"refused": True, "enough": False}, Waiting.BELOW_MINIMUM),
        (EarningState.PAYABLE, {"enough": False}, Waiting.BELOW_MINIMUM),
        (EarningState.PAYABLE, {"enough": False, "owed": True}, Waiting.CLAWBACK),
        (EarningState.PAYABLE, {"owed": True} | NOT_ACTIVE, Waiting.ACCOUNT_NOT_READY),
        (EarningState.PAYABLE, {"paused": True} | NOT_ACTIVE, Waiting.ACCOUNT_PAUSED),
        (
            EarningState.PAYABLE,
            {"paused": True, "under_review": True} | NOT_ACTIVE,
            Waiting.ACCOUNT_CHECKED,
        ),
        (EarningState.PAYABLE, {"has_account": False} | NOT_ACTIVE, Waiting.NO_ACCOUNT),
        (
            EarningState.PAYABLE,
            {"has_account": False, "closed": True} | NOT_ACTIVE,
            Waiting.ACCOUNT_CLOSED,
        ),
        (EarningState.PAYABLE, {"has_account": False, "frozen": True}, Waiting.FROZEN),
        (EarningState.PAYING, {"frozen": True}, Waiting.SENDING),
        (EarningState.PAYING, {"unclear": True}, Waiting.UNCLEAR),
        (EarningState.PAYING, {"stuck": True}, Waiting.PERSON),
        (EarningState.PAYING, {"unclear": True, "stuck": True}, Waiting.PERSON),
        (EarningState.PAID, {"frozen": True}, Waiting.NOTHING),
        (EarningState.TAKEN_BACK, {}, Waiting.CORRECTED),
        (EarningState.NETTED, {}, Waiting.NETTED),
    ],
)
def test_every_blocked_state_has_one_reason(
    state: EarningState, facts: dict[str, bool], expected: Waiting
) -> None:
    assert waiting_for(state, **(READY | facts)) is expected


ARROWS = {
    (PayoutState.RESERVED, PayoutEvent.SETTLE): PayoutState.SETTLED,
    (PayoutState.RESERVED, PayoutEvent.RETURN): PayoutState.RETURNED,
    (PayoutState.RETURNED, PayoutEvent.FIND_PAID): PayoutState.RETURNED,
    (PayoutState.SETTLED, PayoutEvent.REVERSE_PART): PayoutState.PARTLY_REVERSED,
    (PayoutState.SETTLED, PayoutEvent.REVERSE): PayoutState.REVERSED,
    (PayoutState.PARTLY_REVERSED, PayoutEvent.REVERSE_PART): PayoutState.PARTLY_REVERSED,
    (PayoutState.PARTLY_REVERSED, PayoutEvent.REVERSE): PayoutState.REVERSED,
}


@pytest.mark.parametrize("state", PayoutState)
@pytest.mark.parametrize("event", PayoutEvent)
def test_the_life_of_a_payout(state: PayoutState, event: PayoutEvent) -> None:
    if (state, event) in ARROWS:
        assert LIFE.next(state, event) is ARROWS[state, event]
    else:
        with pytest.raises(InvalidTransition):
            LIFE.next(state, event)


def test_after_a_refusal_nothing_is_sent_for_an_hour() -> None:
    refused_at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    hour = timedelta(hours=1)

    assert may_pay_again(refused_at=None, now=refused_at)
    assert not may_pay_again(refused_at=refused_at, now=refused_at)
    assert not may_pay_again(refused_at=refused_at, now=refused_at + hour - timedelta(seconds=1))
    assert may_pay_again(refused_at=refused_at, now=refused_at + hour)
