"""What may be put in, and how it comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.funding.rules import (
    LIFE,
    FundingEvent,
    FundingState,
    Loss,
    Lot,
    Part,
    Quote,
    Restored,
    Standing,
    Way,
    clears_by,
    largest_budget,
    price_of,
    quote,
    restored_by,
    returned_part,
    spread_refund,
    unearned_fee,
)
from marketplace.kernel.currencies import step
from marketplace.kernel.errors import InvalidInput, InvalidTransition
from marketplace.kernel.money import Money
from marketplace.terms.rules import Bearer, processor_takes
from tests.factories.terms import platform_terms

A, B = UUID(int=1), UUID(int=2)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_a_budget_is_charged_with_the_platform_fee_on_top() -> None:
    price = quote(usd(100_000), platform_terms())

    assert price == Quote(
        budget=usd(100_000),
        platform_fee=usd(10_000),
        fee_tax=usd(0),
        processor_fee=usd(0),
        pledge=usd(0),
    )
    assert price.total == usd(110_000)


def test_tax_is_charged_on_the_platform_fee_alone() -> None:
    price = quote(usd(100_000), platform_terms(fee_tax_bps=1_900))

    assert price.fee_tax == usd(1_900)
    assert price.total == usd(111_900)


def test_a_brand_that_bears_the_processors_fee_pays_so_much_that_the_rest_is_whole() -> None:
    price = quote(usd(100_000), platform_terms(processor_fees_by=Bearer.BRAND))

    # 2.9 % of 1,133.17 and 0.30 are 33.16: of what is charged 1,100.01 is left.
    assert price.processor_fee == usd(3_317)
    assert price.total == usd(113_317)


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
@given(share=st.integers(0, 1_000), bps=st.integers(0, 2_000), fee=st.integers(0, 3_000))
def test_what_the_brand_bears_is_enough_whatever_the_processor_takes(
    currency: str, share: int, bps: int, fee: int
) -> None:
    terms = platform_terms(processor_fees_by=Bearer.BRAND, processor_fee_bps=bps, brand_fee_bps=fee)
    low, high = terms.limits[currency].funding_least, terms.limits[currency].funding_most
    budget = low + (high - low).share(basis_points=share)

    price = quote(budget, terms)

    assert price.total - processor_takes(price.total, terms) >= budget + price.platform_fee


def test_a_currency_without_decimals_is_charged_in_whole_units() -> None:
    price = quote(Money(12_345, "JPY"), platform_terms())

    assert price.total == Money(13_580, "JPY")


def test_the_fee_on_dinars_is_one_that_cards_carry() -> None:
    price = quote(Money(100_050, "KWD"), platform_terms())

    assert price.platform_fee == Money(10_010, "KWD")


@pytest.mark.parametrize(
    ("budget", "sentence"),
    [
        (usd(4_999), "Add at least USD 50.00 at once."),
        (Money(4_999, "JPY"), "Add at least JPY 5,000 at once."),
        (usd(10_000_001), "Add at most USD 100,000.00 at once."),
        (Money(100_001, "KWD"), "Amounts in KWD end in 0: cards carry no finer ones."),
    ],
)
def test_a_budget_outside_the_limits_is_refused(budget: Money, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        quote(budget, platform_terms())

    assert refused.value.problems == {"budget": sentence}


def test_the_limits_themselves_are_fine() -> None:
    free = platform_terms(brand_fee_bps=0)

    assert quote(usd(5_000), free).total == usd(5_000)
    assert quote(usd(10_000_000), free).total == usd(10_000_000)


PAID_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOW = PAID_AT + timedelta(days=30)


def lot(charge_id: UUID, minor: int, **more: Any) -> Lot:
    return replace(Lot(charge_id, usd(minor), "card", PAID_AT), **more)


def part(charge_id: UUID | None, minor: int, way: Way = Way.AS_IT_CAME) -> Part:
    return Part(charge_id, usd(minor), way)


def test_a_refund_takes_from_the_oldest_charge_first() -> None:
    parts = spread_refund(usd(700), [lot(A, 500), lot(B, 500)], now=NOW)

    assert parts == [part(A, 500), part(B, 200)]


def test_a_charge_with_nothing_left_gets_no_refund() -> None:
    assert spread_refund(usd(300), [lot(A, 0), lot(B, 500)], now=NOW) == [part(B, 300)]


def test_what_the_charges_do_not_carry_goes_by_bank_transfer() -> None:
    assert spread_refund(usd(501), [lot(A, 500)], now=NOW) == [
        part(A, 500),
        part(None, 1, Way.BANK_TRANSFER),
    ]


@pytest.mark.parametrize(
    ("method", "days"), [("card", 365), ("us_bank_account", 180), ("another_bank", 180)]
)
def test_a_charge_goes_back_as_it_came_until_its_methods_window_is_over(
    method: str, days: int
) -> None:
    paid = lot(A, 500, method=method)
    last = PAID_AT + timedelta(days=days)

    assert spread_refund(usd(500), [paid], now=last) == [part(A, 500)]
    assert spread_refund(usd(500), [paid], now=last + timedelta(seconds=1)) == [
        part(A, 500, Way.BANK_TRANSFER)
    ]


def test_a_charge_whose_refund_came_back_goes_by_bank_transfer() -> None:
    parts = spread_refund(usd(500), [lot(A, 500, came_back=True)], now=NOW)

    assert parts == [part(A, 500, Way.BANK_TRANSFER)]


@given(left=st.lists(st.integers(0, 10_000), max_size=6), wanted=st.integers(0, 80_000))
def test_the_parts_of_a_refund_always_add_up(left: list[int], wanted: int) -> None:
    lots = [lot(UUID(int=i + 1), minor) for i, minor in enumerate(left)]

    parts = spread_refund(usd(wanted), lots, now=NOW)

    assert sum((each.amount for each in parts), usd(0)) == usd(wanted)
    assert all(each.amount.minor > 0 for each in parts)


@pytest.mark.parametrize(
    ("ordered_on", "by"),
    [
        (date(2026, 11, 2), date(2026, 11, 6)),  # a Monday: Friday of the same week
        (date(2026, 11, 5), date(2026, 11, 11)),  # a Thursday: over the weekend
        (date(2026, 11, 7), date(2026, 11, 12)),  # a Saturday counts from Monday
    ],
)
def test_a_debit_clears_within_four_banking_days(ordered_on: date, by: date) -> None:
    assert clears_by(ordered_on, "us_bank_account") == by


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
@given(minor=st.integers(0, 10**9), bps=st.integers(0, 5_000), tax=st.integers(0, 10_000))
def test_the_largest_budget_is_what_the_money_just_pays_for(
    currency: str, minor: int, bps: int, tax: int
) -> None:
    terms = platform_terms(brand_fee_bps=bps, fee_tax_bps=tax)
    held, one = Money(minor, currency), Money(step(currency), currency)

    most = largest_budget(held, terms)

    assert price_of(most, terms).total <= held
    assert price_of(most + one, terms).total > held


def test_the_fee_for_promised_work_stays_and_the_rest_goes_back() -> None:
    back = unearned_fee(fee_left=usd(10_000), stays=usd(4_000))

    assert back == usd(6_000)


def test_no_fee_goes_back_that_is_not_there() -> None:
    back = unearned_fee(fee_left=usd(3_000), stays=usd(4_000))

    assert back == usd(0)


S, E = FundingState, FundingEvent
ARROWS = {
    (S.REQUESTED, E.OPEN_CHECKOUT): S.CHECKOUT_OPEN,
    (S.REQUESTED, E.FAIL): S.FAILED,
    (S.REQUESTED, E.PAY): S.PAID,
    (S.CHECKOUT_OPEN, E.ORDER_DEBIT): S.CLEARING,
    (S.CLEARING, E.PAY): S.PAID,
    (S.CLEARING, E.FAIL): S.FAILED,
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


@given(
    arrived=st.integers(1, 10**9),
    parts=st.lists(st.integers(1, 10**8), min_size=1, max_size=6),
)
def test_what_arrived_for_a_charge_is_used_up_to_the_cent_by_its_parts(
    arrived: int, parts: list[int]
) -> None:
    left, there = sum(parts), arrived
    for part in parts:
        standing = Standing(Money(left, "EUR"), usd(there))
        left, there = left - part, there - standing.for_part(Money(part, "EUR")).minor
        assert there >= 0

    assert there == 0


def test_what_arrived_for_a_part_is_rounded_half_up() -> None:
    standing = Standing(Money(110_000, "EUR"), usd(119_317))

    assert standing.for_part(Money(27_500, "EUR")) == usd(29_829)  # 29,829.25
    assert Standing(Money(2, "EUR"), usd(3)).for_part(Money(1, "EUR")) == usd(2)


LOST = Loss(from_frozen=usd(600), from_funds=usd(50), from_fee=usd(60), owed=usd(390))


@pytest.mark.parametrize(
    ("back", "still_owed", "paid", "expected"),
    [
        (1_100, 390, 0, (390, 0, 0, 60, 650)),
        (1_100, 100, 200, (100, 200, 90, 60, 650)),
        (1_100, 9_000, 9_000, (390, 0, 0, 60, 650)),
        (300, 390, 0, (300, 0, 0, 0, 0)),
        (420, 390, 0, (390, 0, 0, 30, 0)),
    ],
)
def test_what_comes_back_after_a_loss_undoes_it_backwards(
    back: int, still_owed: int, paid: int, expected: tuple[int, ...]
) -> None:
    restored = restored_by(usd(back), loss=LOST, still_owed=usd(still_owed), paid=usd(paid))

    assert restored == Restored(*(usd(minor) for minor in expected))


def test_what_came_back_is_what_moved_or_its_share_in_the_campaigns_currency() -> None:
    amount = Money(110_000, "EUR")

    def part(reinstated: Money | None, *, won: bool = False) -> Money | None:
        return returned_part(amount, withdrawn=usd(120_000), reinstated=reinstated, won=won)

    assert part(None) is None
    assert part(Money(5, "EUR")) == Money(5, "EUR")
    assert part(usd(1), won=True) == amount
    assert part(usd(60_001)) == Money(55_001, "EUR")
    assert part(usd(130_000)) == amount


def test_a_pledge_comes_on_top_and_bears_no_fee() -> None:
    price = quote(usd(100_000), platform_terms(fee_tax_bps=1_900), pledge=usd(5_000))

    assert price.pledge == usd(5_000)
    assert price.for_campaign == usd(111_900)
    assert price.total == usd(116_900)
