"""The planner's input from the columns: everybody whom no rule of the wish removes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import AGES, GENDERS
from marketplace.matching.columns.bits import rows_in
from marketplace.matching.columns.layout import NO_COUNTRY, SPREAD_STEPS, WHOLE_STEPS, Flag
from marketplace.matching.columns.market import Market, Rows
from marketplace.matching.columns.peopling import the_people
from marketplace.matching.columns.plan_prices import offered_prices, only_fixed
from marketplace.matching.columns.removing import left_by_rules
from marketplace.matching.columns.target import Target, target_of
from marketplace.matching.rules.planner.interval import EIGHTY
from marketplace.matching.rules.planner.problem import Problem, sizes_of
from marketplace.matching.rules.planner.ways import Way
from marketplace.matching.rules.wanted import Wanted

COUNTRIES_APART: Final = 5
"""So many countries of a target have cells of their own, by their people; the others share one."""
NO_ONE: Final[Mapping[UUID, Way]] = MappingProxyType({})

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plannable:
    """A problem, and where its creators stand in the market.

    ways: what each bundle of a creator is. price: (n, ways) of all that each offers, also where the
    problem has but the one that was fixed. price_known: (n, ways) False where it is estimated.
    rows: (n,) in the market. ids: (2, n) of the creators. spread: (n,) of the logarithm of their
    views.

    All of it is a copy: a plan that was begun ends well whatever happens to the columns meanwhile.
    """

    problem: Problem
    ways: Sequence[Way]
    rows: Rows
    ids: NDArray[np.uint64]
    price: NDArray[np.int64]
    price_known: NDArray[np.bool_]
    spread: Floats32

    def id_at(self, place: int) -> UUID:
        """The creator at a place of the problem."""
        high, low = self.ids[:, place].tolist()
        return UUID(int=(high << 64) | low)

    def places_of(self, rows: Rows) -> Rows:
        """Return the places in the problem of market rows; -1 of those who are not in it."""
        if not self.rows.size:
            return np.full(rows.size, -1)
        place = np.minimum(np.searchsorted(self.rows, rows), self.rows.size - 1)
        return np.where(self.rows[place] == rows, place, -1)


def have_joined(market: Market, rows: Rows) -> NDArray[np.bool_]:
    """Of which of these somebody has signed up, so that a brand can invite them."""
    found: NDArray[np.bool_] = (market.arrays["flags"][rows] & Flag.JOINED) != 0
    return found


def plannable(
    market: Market,
    wanted: Wanted,
    ways: Sequence[Way],
    *,
    among: Collection[UUID] | None = None,
    joined: bool = False,
    fixed: Mapping[UUID, Way] = NO_ONE,
    factor: float = 1.0,
) -> Plannable:
    """Return the problem of a wish: one bundle a creator for each way to be asked.

    among: nobody but these. joined: nobody but those whom a brand can invite. fixed: creators of
    whom nothing else is asked. factor: what finished campaigns reached of what was predicted.
    Look-alike countries do not count here: their people are not in the target.
    """
    target = target_of(wanted, market)
    left = rows_in(left_by_rules(market, target, wanted.rules, Counter()), market.count)
    if among is not None:
        left = np.intersect1d(left, market.rows_of(sorted(among)))
    if joined:
        left = left[have_joined(market, left)]
    price, known, offered = offered_prices(market, target, wanted, ways, left)
    rows = left
    if not offered.all():
        rows, price, known = left[offered], price[offered], known[offered]
    segment = market.arrays["segments"][rows]
    problem = _problem(
        market,
        target,
        wanted,
        rows,
        [way.people_each for way in ways],
        only_fixed(market, price, rows, ways, fixed) if fixed else price,
        interest=segment.sum(axis=0, dtype=np.float64),
        factor=factor,
    )
    ids = market.arrays["ids"][:, rows]
    return Plannable(problem, ways, rows, ids, price, known, _spread(market, rows))


def delivered(
    market: Market, wanted: Wanted, made: Mapping[UUID, Way]
) -> tuple[Problem, Rows, list[tuple[int, int]]]:
    """Return the problem of those who took part, whatever the rules say; their rows and bundles.

    Who is not in the market, or has no views in it, is left away. Nothing is corrected.
    """
    found = dict(zip(made, market.rows_of(list(made)).tolist(), strict=True))
    views = market.arrays["views"]
    rows = np.array(sorted(row for row in found.values() if row >= 0 and views[row]), np.intp)
    ways = sorted(set(made.values()), key=lambda way: way.pieces)
    bundle_of = {found[creator_id]: ways.index(way) for creator_id, way in made.items()}
    problem = _problem(
        market,
        target_of(wanted, market),
        wanted,
        rows,
        [way.people_each for way in ways],
        np.ones((rows.size, len(ways)), np.int64),
        interest=market.arrays["segments"].sum(axis=0, dtype=np.float64),
    )
    return problem, rows, [(place, bundle_of[row]) for place, row in enumerate(rows.tolist())]


def _problem(
    market: Market,
    target: Target,
    wanted: Wanted,
    rows: Rows,
    people_each: Sequence[float],
    price: NDArray[np.int64],
    *,
    interest: NDArray[np.float64],
    factor: float = 1.0,
) -> Problem:
    """Return the problem of some creators. interest: what all who could be in it are about.

    factor: so many times as many people watch, and live there, as we would expect: whoever is
    reached, the reach is so many times as large.
    """
    columns = market.arrays
    age, age_people = _ages(market, target, rows)
    gender, gender_people = _genders(market, target, rows)
    country, country_people = _countries(market, target, wanted, rows)
    segment = np.ascontiguousarray(columns["segments"][rows])
    interests = interest / interest.sum() if interest.any() else np.full(interest.size, 1 / 12)
    home = columns["home"][rows].astype(np.int64)
    viewers = columns["views"][rows] * (columns["authentic"][rows] / np.float32(WHOLE_STEPS))
    return Problem(
        people=np.multiply.outer(
            viewers.astype(np.float32), np.multiply(people_each, factor).astype(np.float32)
        ),
        price=price,
        age=age,
        gender=gender,
        country=country,
        segment=segment,
        population=(
            np.einsum("a,g,c,s->agcs", age_people, gender_people, country_people, interests)
            * factor
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


def _spread(market: Market, rows: Rows) -> Floats32:
    """Return the standard deviation of the logarithm of the next views."""
    columns = market.arrays
    steps = columns["views_low"][rows].astype(np.float32) + columns["views_high"][rows]
    return steps * np.float32(np.log(2) / SPREAD_STEPS / 2 / EIGHTY)


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
        [the_people().part_of_age([label]) for label in labels]
    )


def _genders(market: Market, target: Target, rows: Rows) -> tuple[Floats32, NDArray[np.float64]]:
    if target.genders is None:
        return np.ones((rows.size, 1), np.float32), np.ones(1)
    labels = [GENDERS[place] for place in target.genders]
    return _shares(market.arrays["gender"], target.genders, rows), np.array(
        [the_people().part_of_gender([label]) for label in labels]
    )


def _countries(
    market: Market, target: Target, wanted: Wanted, rows: Rows
) -> tuple[Floats32, NDArray[np.float64]]:
    """Return the shares of the largest countries wanted, and of all others together."""
    names = market.context.countries
    if target.countries is None:
        return np.ones((rows.size, 1), np.float32), np.array([the_people().watching(names) or 1.0])
    columns = market.arrays["country"]
    by_people = sorted(target.countries, key=lambda place: -the_people().watching([names[place]]))
    apart, rest = tuple(by_people[:COUNTRIES_APART]), tuple(by_people[COUNTRIES_APART:])
    found = [columns[place][rows] / np.float32(WHOLE_STEPS) for place in apart]
    counts = [the_people().watching([names[place]]) for place in apart]
    others = wanted.country.difference(names[place] for place in apart)
    if others:
        shared = np.zeros(rows.size, np.float32)
        for place in rest:
            shared += columns[place][rows] / np.float32(WHOLE_STEPS)
        if target.rare is not None:
            shared += target.rare[rows] / np.float32(WHOLE_STEPS)
        found.append(np.minimum(shared, 1))
        counts.append(the_people().watching(others))
    return np.stack(found, axis=1).astype(np.float32), np.array(counts)
