"""What each creator asks for each way to be asked, from the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.currencies import exponent
from marketplace.matching.columns.encode import OFFERED
from marketplace.matching.columns.factors import prices
from marketplace.matching.columns.market import Market, Rows
from marketplace.matching.columns.target import Target, asked_for
from marketplace.matching.rules.planner.ways import Way
from marketplace.matching.rules.wanted import Wanted


def offered_prices(
    market: Market, target: Target, wanted: Wanted, ways: Sequence[Way], rows: Rows
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (rows, ways) what each asks in minor units, 0 where not offered; and what is known.

    The third is (rows,) True of whoever offers anything.
    Who has named a rate is asked for nothing that they have not offered. What nobody named is
    estimated. Nothing dearer than the highest fee of the brief is asked for.
    """
    found = np.zeros((rows.size, len(ways)), np.int64)
    known = np.zeros(found.shape, np.bool_)
    some = np.zeros(rows.size, np.bool_)
    named = market.arrays["prices"][:, rows].any(axis=0)
    offers = market.arrays["formats"][:, rows] == OFFERED
    for place, way in enumerate(ways):
        asked = asked_for(target, market.context, wanted.currency, dict(way.pieces))
        price, is_known = prices(market, asked, rows)
        price = np.where(is_known, price, _in_whole_units(price, wanted.currency))
        offered = ~named | np.all([offers[each] for each, _ in asked.pieces], axis=0)
        if wanted.rules.price_most_minor is not None:
            offered &= price <= wanted.rules.price_most_minor
        price = np.where(offered, price, 0)
        found[:, place], known[:, place] = price, is_known
        some |= price > 0
    return found, known, some


def only_fixed(
    market: Market,
    price: NDArray[np.int64],
    rows: Rows,
    ways: Sequence[Way],
    fixed: Mapping[UUID, Way],
) -> NDArray[np.int64]:
    """Return the prices without all other bundles of those of whom one way is asked."""
    price = price.copy()
    for row, way in zip(market.rows_of(list(fixed)), fixed.values(), strict=True):
        if row >= 0:
            others = np.array([each != way for each in ways])
            price[np.ix_(rows == row, others)] = 0
    return price


def _in_whole_units(price: NDArray[Any], currency: str) -> NDArray[np.int64]:
    """Round up: an estimate is not as exact as a cent, and it is what is suggested."""
    unit = 10 ** exponent(currency)
    return np.asarray(-(-price.astype(np.int64) // unit) * unit)
