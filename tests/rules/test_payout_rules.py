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


@pytest.mark.parametrize(
    ("state", "has_account", "active", "enough", "unclear", "stuck", "expected"),
    [
        (EarningState.PENDING, False, False, False, False, False, Waiting.HOLD),
        (EarningState.PAYABLE, False, False, True, False, False, Waiting.NO_ACCOUNT),
        (EarningState.PAYABLE, True, False, True, False, False, Waiting.ACCOUNT_NOT_READY),
        (EarningState.PAYABLE, True, True, False, False, False, Waiting.BELOW_MINIMUM),
        (EarningState.PAYABLE, True, True, True, False, False, Waiting.NEXT_RUN),
        (EarningState.PAYING, True, True, True, False, False, Waiting.SENDING),
        (EarningState.PAYING, True, True, True, True, False, Waiting.UNCLEAR),
        (EarningState.PAYING, True, True, True, True, True, Waiting.PERSON),
        (EarningState.PAID, True, True, True, False, False, Waiting.NOTHING),
    ],
)
def test_every_blocked_state_has_one_reason(
    state: EarningState,
    has_account: bool,
    active: bool,
    enough: bool,
    unclear: bool,
    stuck: bool,
    expected: Waiting,
) -> None:
    waiting = waiting_for(
        state,
        has_account=has_account,
        transfers_active=active,
        enough=enough,
        unclear=unclear,
        stuck=stuck,
    )

    assert waiting is expected


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
