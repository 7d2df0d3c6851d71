"""The planner's input from the columns: everybody whom no rule of the wish removes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import AGES, GENDERS
from marketplace.kernel.currencies import exponent
from marketplace.matching.columns.layout import NO_COUNTRY, SPREAD_STEPS, WHOLE_STEPS
from marketplace.matching.columns.market import Market, Rows, Target, prices, target_of
from marketplace.matching.columns.ranking import keep_by_rules
from marketplace.matching.rules.planner import people
from marketplace.matching.rules.planner.interval import EIGHTY
from marketplace.matching.rules.planner.problem import Problem, sizes_of
from marketplace.matching.rules.wanted import Wanted

NEW_AGAIN: Final = 0.6
"""Of as many people as one piece reaches, the next of the same creator finds so many new."""
COUNTRIES_APART: Final = 5
"""So many countries of a target have cells of their own, by their people; the others share one."""

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plannable:
    """A problem, and where its creators stand in the market.

    rows: (n,) in the market. price_known: (n,) False where the price is estimated. spread: (n,) of
    the logarithm of the views.
    """

    problem: Problem
    rows: Rows
    price_known: NDArray[np.bool_]
    spread: Floats32

    def places_of(self, rows: Rows) -> Rows:
        """Return the places in the problem of market rows; -1 of those who are not in it."""
        if not self.rows.size:
            return np.full(rows.size, -1)
        place = np.minimum(np.searchsorted(self.rows, rows), self.rows.size - 1)
        return np.where(self.rows[place] == rows, place, -1)


def plannable(market: Market, wanted: Wanted) -> Plannable:
    """Return the problem of a wish: one bundle a creator, all that the brief asks for.

    Look-alike countries do not count here: their people are not in the target.
    """
    target = target_of(wanted, market)
    whole = slice(0, market.count)
    alive = keep_by_rules(market, target, wanted.rules, whole, Counter())
    price, known = prices(market, target, whole)
    price = np.where(known, price, _in_whole_units(price, wanted.currency))
    if wanted.rules.price_most_minor is not None:
        alive &= ~(known & (price > wanted.rules.price_most_minor))
    rows = np.flatnonzero(alive)
    columns = market.arrays
    age, age_people = _ages(market, target, rows)
    gender, gender_people = _genders(market, target, rows)
    country, country_people = _countries(market, target, wanted, rows)
    segment = np.ascontiguousarray(columns["segments"][rows])
    interest = segment.sum(axis=0, dtype=np.float64)
    interest = interest / interest.sum() if interest.any() else np.full(segment.shape[1], 1 / 12)
    home = columns["home"][rows].astype(np.int64)
    viewers = columns["views"][rows] * (columns["authentic"][rows] / np.float32(WHOLE_STEPS))
    problem = Problem(
        people=(viewers * _people_of(wanted)).astype(np.float32)[:, None],
        price=price[rows].astype(np.int64)[:, None],
        age=age,
        gender=gender,
        country=country,
        segment=segment,
        population=np.einsum(
            "a,g,c,s->agcs", age_people, gender_people, country_people, interest
        ).astype(np.float32),
        crowd=np.where(
            (home == NO_COUNTRY) | ~segment.any(axis=1),
            -1,
            home * segment.shape[1] + segment.argmax(axis=1),
        ),
        size=sizes_of(columns["followers"][rows]),
        tie=columns["ids"][1][rows],
        currency=wanted.currency,
    )
    steps = columns["views_low"][rows].astype(np.float32) + columns["views_high"][rows]
    spread = steps * np.float32(np.log(2) / SPREAD_STEPS / 2 / EIGHTY)
    return Plannable(problem, rows, known[rows], spread)


def _in_whole_units(price: NDArray[Any], currency: str) -> NDArray[np.int64]:
    """Round up: an estimate is not as exact as a cent, and it is what is suggested."""
    unit = 10 ** exponent(currency)
    return np.asarray(-(-price.astype(np.int64) // unit) * unit)


def _people_of(wanted: Wanted) -> float:
    """Return how many people all pieces reach for each viewer of one."""
    pieces = sum(wanted.pieces.values())
    return float((1 - NEW_AGAIN**pieces) / (1 - NEW_AGAIN))


def _shares(columns: NDArray[np.uint8], places: tuple[int, ...], rows: Rows) -> Floats32:
    parts = [columns[place][rows] / np.float32(WHOLE_STEPS) for place in places]
    return np.stack(parts, axis=1).astype(np.float32)


def _ages(market: Market, target: Target, rows: Rows) -> tuple[Floats32, NDArray[np.float64]]:
    """Return the shares of the ages wanted; where any will do, all who are not children."""
    columns = market.arrays["age"]
    if target.ages is None:
        children = _shares(columns, (AGES.index("13-17"),), rows)
        return 1 - children, np.ones(1)
    labels = [AGES[place] for place in target.ages]
    return _shares(columns, target.ages, rows), np.array(
        [people.part_of_age([label]) for label in labels]
    )


def _genders(market: Market, target: Target, rows: Rows) -> tuple[Floats32, NDArray[np.float64]]:
    if target.genders is None:
        return np.ones((rows.size, 1), np.float32), np.ones(1)
    labels = [GENDERS[place] for place in target.genders]
    return _shares(market.arrays["gender"], target.genders, rows), np.array(
        [people.part_of_gender([label]) for label in labels]
    )


def _countries(
    market: Market, target: Target, wanted: Wanted, rows: Rows
) -> tuple[Floats32, NDArray[np.float64]]:
    """Return the shares of the largest countries wanted, and of all others together."""
    names = market.context.countries
    if target.countries is None:
        return np.ones((rows.size, 1), np.float32), np.array([people.watching(names) or 1.0])
    columns = market.arrays["country"]
    by_people = sorted(target.countries, key=lambda place: -people.watching([names[place]]))
    apart, rest = tuple(by_people[:COUNTRIES_APART]), tuple(by_people[COUNTRIES_APART:])
    found = [columns[place][rows] / np.float32(WHOLE_STEPS) for place in apart]
    counts = [people.watching([names[place]]) for place in apart]
    others = wanted.country.difference(names[place] for place in apart)
    if others:
        shared = np.zeros(rows.size, np.float32)
        for place in rest:
            shared += columns[place][rows] / np.float32(WHOLE_STEPS)
        if target.rare is not None:
            shared += target.rare[rows] / np.float32(WHOLE_STEPS)
        found.append(np.minimum(shared, 1))
        counts.append(people.watching(others))
    return np.stack(found, axis=1).astype(np.float32), np.array(counts)
