"""Money: whole minor units, no unit lost, and what a person may type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from marketplace.kernel.currencies import exponent, step
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import (
    BPS_WHOLE,
    LARGEST_MINOR,
    CurrencyMismatch,
    Money,
    in_words,
    parse_money,
)

amounts = st.integers(min_value=-LARGEST_MINOR, max_value=LARGEST_MINOR)
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize("minor", [1.0, 1.5, True, "1", Decimal(1), None])
def test_minor_units_are_true_whole_numbers(minor: Any) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        Money(minor, "USD")


def test_money_adds_and_subtracts_in_one_currency() -> None:
    assert Money(250, "USD") + Money(150, "USD") == Money(400, "USD")
    assert Money(250, "USD") - Money(300, "USD") == Money(-50, "USD")
    assert -Money(250, "USD") == Money(-250, "USD")
    assert sum([Money(1, "USD"), Money(2, "USD")], Money(0, "USD")) == Money(3, "USD")


def test_two_currencies_never_meet() -> None:
    dollars, euros = Money(1, "USD"), Money(1, "EUR")

    with pytest.raises(CurrencyMismatch):
        dollars + euros
    with pytest.raises(CurrencyMismatch):
        dollars - euros
    for compare in (Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__):
        with pytest.raises(CurrencyMismatch):
            compare(dollars, euros)
    assert dollars != euros


def test_money_equals_only_money() -> None:
    assert Money(1, "USD") == Money(1, "USD")
    one: object = 1
    assert Money(1, "USD") != one


def test_amounts_of_one_currency_are_ordered() -> None:
    less, more = Money(1, "USD"), Money(2, "USD")

    assert less < more
    assert less <= more
    assert more > less
    assert more >= less
    assert not less < Money(1, "USD")
    assert less <= Money(1, "USD")
    assert not less > Money(1, "USD")
    assert less >= Money(1, "USD")
    assert max(less, more) == more


def test_only_nothing_is_false() -> None:
    assert not Money(0, "USD")
    assert Money(1, "USD")
    assert Money(-1, "USD")


@pytest.mark.parametrize(
    ("minor", "basis_points", "part"),
    [
        (10_000, 1_000, 1_000),
        (10_000, 500, 500),
        (1, 5_000, 1),  # half a unit goes up
        (1, 4_999, 0),
        (333, 1_000, 33),
        (335, 1_000, 34),  # 33.5
        (-1, 5_000, 0),  # up is towards more, also below zero
        (999, 10_000, 999),
        (999, 0, 0),
    ],
)
def test_a_share_is_rounded_half_up(minor: int, basis_points: int, part: int) -> None:
    assert Money(minor, "USD").share(basis_points=basis_points) == Money(part, "USD")


@given(minor=amounts, basis_points=st.integers(min_value=0, max_value=BPS_WHOLE))
def test_a_share_is_the_nearest_unit(minor: int, basis_points: int) -> None:
    part = Money(minor, "USD").share(basis_points=basis_points).minor
    left_over = minor * basis_points - part * BPS_WHOLE

    assert -BPS_WHOLE <= 2 * left_over < BPS_WHOLE


@given(low=amounts, high=amounts, basis_points=st.integers(min_value=0, max_value=BPS_WHOLE))
def test_more_money_never_has_a_smaller_share(low: int, high: int, basis_points: int) -> None:
    low, high = sorted((low, high))

    share = Money(low, "USD").share(basis_points=basis_points)

    assert share <= Money(high, "USD").share(basis_points=basis_points)


@pytest.mark.parametrize(
    ("minor", "by", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (100, [2, 1], [67, 33]),  # 66.67 and 33.33: the larger remainder is rounded up
        (100, [1, 0, 2], [33, 0, 67]),
        (100, [3, 3, 1], [43, 43, 14]),  # 42.86, 42.86 and 14.29
        (2, [1, 3], [1, 1]),  # halves: the smaller share is rounded up
        (1, [5, 3, 4], [1, 0, 0]),
        (0, [1, 2], [0, 0]),
        (7, [9], [7]),
    ],
)
def test_what_a_division_leaves_over_goes_to_the_largest_remainders(
    minor: int, by: list[int], parts: list[int]
) -> None:
    assert Money(minor, "JPY").split(by) == [Money(part, "JPY") for part in parts]


@given(minor=amounts, by=weights)
def test_a_split_loses_nothing(minor: int, by: list[int]) -> None:
    parts = Money(minor, "USD").split(by)

    assert sum(parts, Money(0, "USD")) == Money(minor, "USD")
    assert len(parts) == len(by)


@given(minor=amounts, by=weights)
def test_each_part_of_a_split_is_near_its_exact_share(minor: int, by: list[int]) -> None:
    for part, weight in zip(Money(minor, "USD").split(by), by, strict=True):
        assert abs(part.minor * sum(by) - minor * weight) < len(by) * sum(by)
        assert weight or not part


@pytest.mark.parametrize("by", [[0], [0, 0], [1, -1], [3, -1]])
def test_a_split_needs_weights_that_can_divide(by: list[int]) -> None:
    with pytest.raises(ValueError, match="weights must be positive"):
        Money(100, "USD").split(by)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1250", "USD", 125_000),
        ("12.5", "USD", 1_250),
        ("12.50", "USD", 1_250),
        (" 0.01 ", "USD", 1),
        ("19.99", "EUR", 1_999),
        ("1.15", "GBP", 115),
        ("007", "USD", 700),
        ("1250", "JPY", 1_250),
        ("1.25", "KWD", 1_250),
        ("100000000000.00", "USD", LARGEST_MINOR),
    ],
)
def test_a_plain_amount_is_read_to_the_unit(text: str, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == Money(minor, currency)


@given(
    minor=st.integers(min_value=1, max_value=LARGEST_MINOR),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_what_is_written_out_is_read_back(minor: int, currency: str) -> None:
    minor -= minor % step(currency)
    assume(minor)
    text = f"{Decimal(minor).scaleb(-exponent(currency)):f}"

    assert parse_money(text, currency) == Money(minor, currency)


DIGITS = "Write digits only, without a currency sign, like 12.50."


@pytest.mark.parametrize(
    ("text", "currency", "problem"),
    [
        ("", "USD", "Enter an amount."),
        ("  ", "USD", "Enter an amount."),
        ("12,50", "USD", "Write the amount with a point and no commas, like 12.50."),
        ("1,250.00", "USD", "Write the amount with a point and no commas, like 12.50."),
        ("1,250", "JPY", "Write the amount with a point and no commas, like 1250."),
        ("1,250", "KWD", "Write the amount with a point and no commas, like 1.250."),
        ("¥100", "JPY", "Write digits only, without a currency sign, like 1250."),
        ("$5", "USD", DIGITS),
        ("5 USD", "USD", DIGITS),
        ("1 000", "USD", DIGITS),
        ("-5", "USD", DIGITS),
        ("+5", "USD", DIGITS),
        ("1e9", "USD", DIGITS),
        ("0x10", "USD", DIGITS),
        ("1_000", "USD", DIGITS),
        ("1.5.5", "USD", DIGITS),
        (".5", "USD", DIGITS),
        ("5.", "USD", DIGITS),
        (".", "USD", DIGITS),
        ("nan", "USD", DIGITS),
        ("Infinity", "USD", DIGITS),
        ("１２", "USD", DIGITS),
        ("12.５0", "USD", DIGITS),
        ("٣", "USD", DIGITS),
        ("²", "USD", DIGITS),
        ("0.001", "USD", "USD has 2 decimals at most."),
        ("1.2345", "KWD", "KWD has 3 decimals at most."),
        ("100.0", "JPY", "JPY has no decimals."),
        ("0", "USD", "The amount must be more than 0."),
        ("0.00", "USD", "The amount must be more than 0."),
        ("100000000000.01", "USD", "The amount is larger than we can handle."),
        ("10000000000001", "JPY", "The amount is larger than we can handle."),
        ("9" * 40, "USD", "The amount is larger than we can handle."),
    ],
)
def test_what_is_no_plain_amount_is_refused_with_its_reason(
    text: str, currency: str, problem: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_money(text, currency)

    assert refusal.value.problems == {"amount": problem}


def test_a_number_too_long_to_be_read_is_refused_like_any_other() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_money("9" * 5_000, "USD", field="budget")

    assert refusal.value.problems == {"budget": "The amount is larger than we can handle."}


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_refusal(text: str) -> None:
    try:
        amount = parse_money(text, "USD", field="budget")
    except InvalidInput as refusal:
        problems = list(refusal.problems)
        amount = Money(1, "USD")
    else:
        problems = ["budget"]

    assert problems == ["budget"]
    assert 0 < amount.minor <= LARGEST_MINOR


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(5, "USD"), "USD 0.05"),
        (Money(-125_000, "USD"), "-USD 1,250.00"),
        (Money(1_250, "JPY"), "JPY 1,250"),
        (Money(1, "KWD"), "KWD 0.001"),
        (Money(LARGEST_MINOR, "USD"), "USD 100,000,000,000.00"),
        (Money(0, "USD"), "USD 0.00"),
    ],
)
def test_an_amount_in_a_sentence_has_its_currency_first_and_its_sign_before(
    money: Money, text: str
) -> None:
    assert in_words(money) == text
