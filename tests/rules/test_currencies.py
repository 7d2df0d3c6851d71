"""Currencies: their decimals, and what cards can carry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.currencies import KNOWN, exponent, step
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import LARGEST_MINOR, Money, parse_money

NO_DECIMALS = {"ISK", "JPY", "KRW", "VND"}
THREE_DECIMALS = {"BHD", "KWD"}


def test_each_currency_we_move_has_the_decimals_of_the_standard() -> None:
    assert {code for code in KNOWN if exponent(code) == 0} == NO_DECIMALS
    assert {code for code in KNOWN if exponent(code) == 3} == THREE_DECIMALS
    assert {exponent(code) for code in set(KNOWN) - NO_DECIMALS - THREE_DECIMALS} == {2}


@pytest.mark.parametrize(
    ("currency", "places"), [("RSD", 2), ("LBP", 2), ("IQD", 3), ("UGX", 0), ("UYW", 4)]
)
def test_decimals_are_not_how_many_a_shop_shows(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize("code", ["XAU", "XXX", "usd", "US", "EURO", "", "US$"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        exponent(code)

    assert refusal.value.problems == {"currency": f"There is no currency called {code}."}


@pytest.mark.parametrize("text", ["1.005", "0.001", "12.349"])
def test_an_amount_that_no_card_carries_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_money(text, "KWD", field="fee")

    assert refusal.value.problems == {
        "fee": "Amounts in KWD end in 0, like 1.250: cards carry no finer ones."
    }


@given(
    steps=st.integers(min_value=0, max_value=LARGEST_MINOR // 10),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    basis_points=st.integers(min_value=0, max_value=10_000),
    by=st.lists(st.integers(min_value=0, max_value=1_000), min_size=1, max_size=9).filter(any),
)
def test_parts_of_what_cards_carry_are_carried_too(
    steps: int, currency: str, basis_points: int, by: list[int]
) -> None:
    amount = Money(steps * step(currency), currency)

    share = amount.share(basis_points=basis_points)
    parts = amount.split(by)

    assert share.minor % step(currency) == 0
    assert all(part.minor % step(currency) == 0 for part in parts)
    assert sum(parts, Money(0, currency)) == amount


def test_the_odd_units_of_an_amount_stay_in_one_part() -> None:
    assert Money(1_003, "KWD").split([1, 1]) == [Money(503, "KWD"), Money(500, "KWD")]


def test_a_share_is_rounded_half_up_to_the_step() -> None:
    assert Money(150, "KWD").share(basis_points=1_000) == Money(20, "KWD")
    assert Money(140, "KWD").share(basis_points=1_000) == Money(10, "KWD")
