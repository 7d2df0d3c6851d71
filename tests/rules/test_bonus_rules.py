"""What a bonus for views is worth, and what one may not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.collaborations.rules import (
    Bonus,
    bonus_for,
    bonus_money,
    terms_problems,
)
from marketplace.collaborations.rules.bonus import bonus_problems
from marketplace.kernel.money import Money
from tests.factories.collaborations import BONUS, TERMS, VIDEO
from tests.factories.ledger import usd
from tests.factories.terms import SHARES

TODAY = date(2026, 11, 2)
BUDGET = usd(100_000)
RATES = st.integers(min_value=1, max_value=10**6)
CAPS = st.integers(min_value=1, max_value=10**9)
VIEWS = st.integers(min_value=0, max_value=10**12)


def with_bonus(**changes: object) -> dict[str, str]:
    terms = replace(TERMS, bonus=replace(BONUS, **changes))  # type: ignore[arg-type]  # one field
    return terms_problems(terms, budget=BUDGET, shares=SHARES, today=TODAY)


@pytest.mark.parametrize(
    ("views", "worth"),
    [(0, 0), (1, 0), (2, 1), (999, 499), (1_000, 500), (61_999, 30_999), (60_001, 30_000)],
)
def test_a_bonus_is_paid_for_every_part_of_a_thousand_rounded_down(views: int, worth: int) -> None:
    assert bonus_for(views, rate=usd(500), cap=usd(100_000)) == usd(worth)


def test_a_bonus_stops_at_its_cap() -> None:
    assert bonus_for(10**12, rate=usd(500), cap=usd(30_000)) == usd(30_000)
    assert bonus_for(60_000, rate=usd(500), cap=usd(30_000)) == usd(30_000)
    assert bonus_for(59_999, rate=usd(500), cap=usd(30_000)) == usd(29_999)


@given(rate=RATES, cap=CAPS)
def test_the_cap_is_reached_at_so_many_views_and_not_before(rate: int, cap: int) -> None:
    needed = -(-cap * 1_000 // rate)

    assert bonus_for(needed, rate=usd(rate), cap=usd(cap)) == usd(cap)
    assert bonus_for(needed - 1, rate=usd(rate), cap=usd(cap)) < usd(cap)


@given(rate=RATES, cap=CAPS, fewer=VIEWS, more=VIEWS)
def test_more_views_are_never_worth_less(rate: int, cap: int, fewer: int, more: int) -> None:
    fewer, more = sorted((fewer, more))
    worth = [bonus_for(views, rate=usd(rate), cap=usd(cap)) for views in (fewer, more)]

    assert usd(0) <= worth[0] <= worth[1] <= usd(cap)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"rate": usd(0)}, "bonus_rate", "The bonus for 1,000 views must be more than 0."),
        (
            {"cap": usd(0)},
            "bonus_cap",
            "The most it pays is too small to divide over the deliverables.",
        ),
        (
            {"cap": usd(499)},
            "bonus_cap",
            "The most it pays is less than the bonus for 1,000 views.",
        ),
        ({"days": 0}, "bonus_days", "Between 1 and 60 days."),
        ({"days": 61}, "bonus_days", "Between 1 and 60 days."),
        (
            {"rate": Money(500, "EUR"), "cap": Money(30_000, "EUR")},
            "bonus_rate",
            "The bonus is in the campaign’s currency, USD.",
        ),
        (
            {"cap": usd(60_001)},
            "bonus_cap",
            "Fee and bonus together are more than the campaign’s budget of USD 1,000.00.",
        ),
    ],
)
def test_a_bonus_that_cannot_be_is_refused_in_words(
    changes: dict[str, object], field: str, sentence: str
) -> None:
    assert with_bonus(**changes) == {field: sentence}


def test_every_post_has_a_part_of_the_cap_in_a_currency_whose_last_digit_is_not_carried() -> None:
    least = Money(10, "KWD")

    assert bonus_problems(Bonus(least, least, days=14), currency="KWD", count=1) == {}
    assert bonus_problems(Bonus(least, least, days=14), currency="KWD", count=2) == {
        "bonus_cap": "The most it pays is too small to divide over the deliverables."
    }


def test_a_bonus_up_to_the_whole_budget_is_fine() -> None:
    assert with_bonus(cap=usd(60_000), days=60) == {}
    assert replace(TERMS, bonus=BONUS).most == usd(70_000)
    assert TERMS.most == usd(40_000)


def test_both_sides_see_the_bonus_at_most_beside_the_fee() -> None:
    offer = SimpleNamespace(
        fee=usd(40_000),
        shares=SHARES,
        deliverables=[{"bonus_cap_minor": 15_001}, {"bonus_cap_minor": 14_999}],
    )
    most = bonus_money(offer)

    assert most is not None
    assert (most.fee, most.brand_pays, most.creator_receives) == (
        usd(30_000),
        usd(33_000),
        usd(28_500),
    )
    assert bonus_money(SimpleNamespace(**vars(offer) | {"deliverables": [{}]})) is None


def test_an_offer_without_a_bonus_says_so() -> None:
    assert terms_problems(TERMS, budget=BUDGET, shares=SHARES, today=TODAY) == {}
    assert TERMS.deliverables == (VIDEO,)
    assert Bonus(rate=usd(500), cap=usd(30_000), days=14) == BONUS
