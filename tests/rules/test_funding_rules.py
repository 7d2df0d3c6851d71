"""What may be put in, and how it comes back."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.funding.rules import (
    LIFE,
    FundingEvent,
    FundingState,
    Quote,
    Refundable,
    quote,
    spread_refund,
    unearned_fee,
)
from marketplace.kernel.errors import InvalidInput, InvalidTransition
from marketplace.kernel.money import Money

A, B = UUID(int=1), UUID(int=2)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_a_budget_is_charged_with_the_platform_fee_on_top() -> None:
    assert quote(usd(100_000), brand_fee_bps=1_000) == Quote(
        budget=usd(100_000), platform_fee=usd(10_000), total=usd(110_000)
    )


def test_a_currency_without_decimals_is_charged_in_whole_units() -> None:
    price = quote(Money(12_345, "JPY"), brand_fee_bps=1_000)

    assert price.total == Money(13_580, "JPY")


@pytest.mark.parametrize(
    ("budget", "sentence"),
    [
        (usd(4_999), "Add at least 50 USD at once."),
        (Money(49, "JPY"), "Add at least 50 JPY at once."),
        (usd(10_000_001), "Add at most 100,000 USD at once."),
    ],
)
def test_a_budget_outside_the_limits_is_refused(budget: Money, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        quote(budget, brand_fee_bps=1_000)

    assert refused.value.problems == {"budget": sentence}


def test_the_limits_themselves_are_fine() -> None:
    assert quote(usd(5_000), brand_fee_bps=0).total == usd(5_000)
    assert quote(usd(10_000_000), brand_fee_bps=0).total == usd(10_000_000)


def test_a_refund_takes_from_the_oldest_charge_first() -> None:
    parts = spread_refund(usd(700), [Refundable(A, usd(500)), Refundable(B, usd(500))])

    assert parts == [Refundable(A, usd(500)), Refundable(B, usd(200))]


def test_a_charge_with_nothing_left_gets_no_refund() -> None:
    parts = spread_refund(usd(300), [Refundable(A, usd(0)), Refundable(B, usd(500))])

    assert parts == [Refundable(B, usd(300))]


def test_more_than_was_paid_cannot_go_back() -> None:
    with pytest.raises(ValueError, match="do not carry"):
        spread_refund(usd(501), [Refundable(A, usd(500))])


@given(
    left=st.lists(st.integers(0, 10_000), min_size=1, max_size=6),
    share=st.floats(0, 1),
)
def test_the_parts_of_a_refund_always_add_up(left: list[int], share: float) -> None:
    charges = [Refundable(UUID(int=i), usd(minor)) for i, minor in enumerate(left)]
    amount = usd(int(sum(left) * share))

    parts = spread_refund(amount, charges)

    assert sum((part.left for part in parts), usd(0)) == amount
    assert all(part.left.minor > 0 for part in parts)


def test_the_fee_for_promised_work_stays_and_the_rest_goes_back() -> None:
    back = unearned_fee(fee_left=usd(10_000), committed=usd(40_000), brand_fee_bps=1_000)

    assert back == usd(6_000)


def test_no_fee_goes_back_that_is_not_there() -> None:
    back = unearned_fee(fee_left=usd(3_000), committed=usd(40_000), brand_fee_bps=1_000)

    assert back == usd(0)


S, E = FundingState, FundingEvent
ARROWS = {
    (S.REQUESTED, E.OPEN_CHECKOUT): S.CHECKOUT_OPEN,
    (S.REQUESTED, E.FAIL): S.FAILED,
    (S.REQUESTED, E.PAY): S.PAID,
    (S.CHECKOUT_OPEN, E.PAY): S.PAID,
    (S.CHECKOUT_OPEN, E.EXPIRE): S.EXPIRED,
    (S.CHECKOUT_OPEN, E.FAIL): S.FAILED,
    (S.EXPIRED, E.PAY): S.PAID,
    (S.FAILED, E.PAY): S.PAID,
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
def test_the_life_of_a_funding(state: FundingState, event: FundingEvent) -> None:
    if (state, event) in ARROWS:
        assert LIFE.next(state, event) is ARROWS[state, event]
    else:
        with pytest.raises(InvalidTransition):
            LIFE.next(state, event)
