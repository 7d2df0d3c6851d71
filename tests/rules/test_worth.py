"""What is guessed of money in a currency of which little is known, and for how much a fit is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pytest

from marketplace.kernel.currencies import KNOWN
from marketplace.matching import columns
from marketplace.matching.columns.book import OpenWish
from marketplace.matching.rules.explaining import explain_all
from marketplace.matching.rules.feed import NO_MIDDLE
from marketplace.matching.rules.wanted import Wanted
from marketplace.matching.rules.worth import IN_A_DOLLAR, fit_minor, roughly
from tests.factories.facts import make_facts, make_market


def prices(market: columns.Market, **wanted: Any) -> list[int]:
    target = columns.target_of(Wanted(**wanted), market)
    return [each.price for each in columns.factors_at(market, target, list(range(market.count)))]


def test_of_every_currency_it_is_known_what_it_is_roughly_worth() -> None:
    assert IN_A_DOLLAR.keys() == set(KNOWN)
    assert roughly(2_500, "USD", "USD") == 2_500
    assert roughly(2_500, "USD", "HUF") == 837_500
    assert roughly(2_500, "USD", "JPY") == 3_750
    assert roughly(1, "VND", "USD") == 1


@pytest.mark.parametrize(
    ("currency", "minor"),
    [
        ("USD", 10_000), ("EUR", 10_000), ("JPY", 10_000), ("KWD", 10_000), ("CZK", 100_000),
        ("KRW", 100_000), ("TWD", 100_000), ("HUF", 1_000_000), ("VND", 1_000_000),
    ],
)  # fmt: skip
def test_a_fit_is_for_money_that_buys_some_views(currency: str, minor: int) -> None:
    assert fit_minor(currency) == minor


def test_a_price_that_nobody_named_in_a_currency_is_about_that_in_the_others() -> None:
    """A view costs 10 cents here, and a quarter more is taken."""
    views = [(10_000, 800, 1, ["soup"], 30)] * 5
    market = make_market(
        [make_facts(number, videos=views, rates={"video USD": 100_000}) for number in (1, 2)]
    )
    assert prices(market, currency="USD") == [100_000, 100_000]

    euros, forints, crowns = (prices(market, currency=each)[0] for each in ("EUR", "HUF", "CZK"))

    assert (euros, forints, crowns) == (108_750, 41_875_000, 2_625_000)
    assert prices(market, currency="EUR", formats={"story": 1})[0] == 108_750


def test_where_nobody_has_named_any_rate_a_piece_costs_25_dollars_at_least() -> None:
    views = [(100, 8, 1, ["soup"], 30)] * 5
    market = make_market([make_facts(1, videos=views, rates={})])

    assert [prices(market, currency=each)[0] for each in ("USD", "HUF", "JPY")] == [
        2_500, 837_500, 3_750,
    ]  # fmt: skip


def test_both_sides_see_the_fit_for_that_money() -> None:
    market = make_market([make_facts(1, rates={"video HUF": 30_000_000})])
    wanted = Wanted("HUF")
    target = columns.target_of(wanted, market)
    [explained] = explain_all(wanted, columns.seen_at(market, target, [0]), None)
    wish = OpenWish(UUID(int=9), UUID(int=8), wanted, None, NO_MIDDLE)

    facing = columns.face(columns.book_of([wish], market.context), market, 0)

    assert explained.per.minor == 1_000_000
    assert explained.fit > 100
    assert facing.weighed(np.array([0])).fits.tolist() == [explained.fit]
