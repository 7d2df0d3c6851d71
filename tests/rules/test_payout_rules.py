"""How a fee divides, and what it waits for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import InvalidTransition
from marketplace.kernel.money import Money
from marketplace.payouts.rules import (
    LIFE,
    EarningState,
    PayoutEvent,
    PayoutState,
    Shares,
    Waiting,
    may_pay_again,
    shares_of,
    smallest_payout,
    waiting_for,
)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_a_fee_divides_into_the_creators_and_the_platforms_part() -> None:
    shares = shares_of(
        usd(40_000), creator_fee_bps=500, brand_fee_bps=1_000, brand_fee_left=usd(10_000)
    )

    assert shares == Shares(
        fee=usd(40_000), platform=usd(2_000), net=usd(38_000), on_top=usd(4_000)
    )


def test_the_part_on_top_is_never_more_than_what_is_left_of_it() -> None:
    shares = shares_of(
        usd(40_000), creator_fee_bps=500, brand_fee_bps=1_000, brand_fee_left=usd(3_999)
    )

    assert shares.on_top == usd(3_999)


@given(fee=st.integers(1, 10**10), bps=st.integers(0, 10_000))
def test_a_fee_never_loses_a_cent_when_it_divides(fee: int, bps: int) -> None:
    shares = shares_of(usd(fee), creator_fee_bps=bps, brand_fee_bps=0, brand_fee_left=usd(0))

    assert shares.net + shares.platform == shares.fee


@pytest.mark.parametrize(
    ("currency", "minor"), [("USD", 1_000), ("JPY", 10), ("KWD", 10_000), ("EUR", 1_000)]
)
def test_the_smallest_payout_is_ten_units_of_any_currency(currency: str, minor: int) -> None:
    assert smallest_payout(currency) == Money(minor, currency)


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
