"""The few thousand bundles among which the best plan is, written out cell by cell.

Nothing of the size (creators, cells) is ever made for the whole market: a bound on what each bundle
reaches, people times the part in the target, chooses the best by reach for the price and the best
by reach, and those are written out. ``bound`` accounts for all who were left here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.crowds import crowds_of
from marketplace.matching.rules.planner.limits import PICKS_MOST, Limits
from marketplace.matching.rules.planner.observed import with_circles
from marketplace.matching.rules.planner.offers import Offers
from marketplace.matching.rules.planner.problem import (
    SEEN_MOST,
    Problem,
    Rows,
    Size,
    WatchedTogether,
)
from marketplace.matching.rules.planner.uneven import popular_part, watched_by

BY_PRICE: Final = 3_000
"""How many are kept for their reach for the price."""
BY_REACH: Final = 1_000
"""How many are kept for their reach alone."""
FOND_LEAST: Final = 1e-12
"""Who is watched less in a cell is watched by nobody there."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Bundles of creators, in the order of ``tie`` and then of the bundle; m of them, c cells.

    row, bundle: (m,) where each stands in the problem. price: (m,) minor units. owner: (m,) equal
    for bundles of one creator; first, bundles: (m,) where these begin and how many they are;
    several: whether any creator has more than one. size: (m,). must: (m,) of a creator who must be
    in the plan.

    seen: (m, c) the part of each cell that watches; circles of people stand behind the cells of
    the target. uneven: (c,) how unevenly the people of each watch. watched: (m, t + c) how much
    more, by chance in the t cells of the target and behind it by fondness; people of circles are
    not found by chance. fondest: (c,) the most by fondness in each. population: (c,). mix:
    (circles, cells) from which cells their people are. together: the observations behind them.

    by_price: (m,) the places in the order of rising prices. apart: (m, t + c) what each of the two
    would reach alone, in numbers of four bytes and in that order: those who are not too dear stand
    together.

    crowd: (m,) the crowd of each, ``crowds`` for none; part: (m,) the part of the audience that is
    the crowd's.

    cheapest: for each size, (price, owner) in rising order, as many as a plan could ever need.
    """

    row: Rows
    bundle: Rows
    price: NDArray[np.int64]
    owner: Rows
    first: Rows
    bundles: Rows
    several: bool
    size: NDArray[np.intp]
    must: NDArray[np.bool_]
    seen: NDArray[np.float64]
    uneven: NDArray[np.float64]
    watched: NDArray[np.float64]
    fondest: NDArray[np.float64]
    population: NDArray[np.float64]
    mix: NDArray[np.float64]
    together: tuple[WatchedTogether, ...]
    by_price: Rows
    apart: NDArray[np.float32]
    crowd: Rows
    part: NDArray[np.float64]
    crowds: int
    cheapest: tuple[tuple[tuple[int, int], ...], ...]

    def bundles_of(self, place: int) -> Rows:
        """Return the places of all bundles of the same creator; they stand side by side."""
        first = int(self.first[place])
        return np.arange(first, first + int(self.bundles[place]))

    @property
    def count(self) -> int:
        return int(self.row.size)

    def in_cells(self, people: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return people of cells and circles (c,) as people of the cells of the target."""
        cells = self.mix.shape[1]
        found: NDArray[np.float64] = people[:cells] + people[cells:] @ self.mix
        return found


def candidates(
    problem: Problem,
    limits: Limits,
    *,
    also: Iterable[tuple[int, int]] = (),
    by_price: int = BY_PRICE,
    by_reach: int = BY_REACH,
) -> Candidates:
    """Return those worth a closer look under these limits, written out.

    also: (creator, bundle) that are written out whatever the limits say.
    """
    options = worth_a_look(problem, limits, by_price=by_price, by_reach=by_reach)
    named = np.array([row * problem.bundles + bundle for row, bundle in also], dtype=np.intp)
    return written_out(problem, limits, np.union1d(options, named))


def worth_a_look(
    problem: Problem, limits: Limits, *, by_price: int = BY_PRICE, by_reach: int = BY_REACH
) -> Rows:
    """Return the options worth a closer look: creator's place x bundles + bundle.

    Always among them: everyone who must be in the plan, and the cheapest of each size, so that a
    plan with the asked counts exists among them when one exists at all.
    """
    offers = Offers(problem, limits)
    kept = [offers.with_most_reach(by_reach), offers.with_most_worth(by_price)]
    for size in Size:
        needed = max(limits.fewest_of(size), min(limits.fewest, limits.most_of(size)))
        if needed:
            kept.append(offers.cheapest(size, needed))
    kept.append(offers.of(np.array(sorted(limits.must_have), dtype=np.intp)))
    return np.unique(np.concatenate(kept))


def written_out(problem: Problem, limits: Limits, options: Rows) -> Candidates:
    """Return these bundles cell by cell. options: creator's place x bundles + bundle."""
    row, bundle = np.divmod(options, problem.bundles)
    order = np.lexsort((bundle, row, problem.tie[row]))
    row, bundle = row[order], bundle[order]
    seen = seen_by(problem, row, bundle)
    cells = with_circles(problem, row, seen, popular_by(problem, row, seen))
    crowd, part, crowds = crowds_of(problem, row, cells.is_observed)
    by_chance, by_fondness = watched_by(cells.seen, cells.popular, cells.uneven)
    by_chance = by_chance[:, : problem.population.size]
    apart = [-np.expm1(-by_chance), -np.expm1(-np.log1p(by_fondness) / cells.uneven)]
    price = problem.price[row, bundle].astype(np.int64)
    _, first, owner, bundles = np.unique(
        row, return_index=True, return_inverse=True, return_counts=True
    )
    size, by_price = problem.size[row].astype(np.intp), np.argsort(price, kind="stable")
    return Candidates(
        row=row,
        bundle=bundle,
        price=price,
        owner=owner,
        first=first[owner],
        bundles=bundles[owner],
        several=bundles.size < row.size,
        size=size,
        must=np.isin(row, sorted(limits.must_have)),
        seen=cells.seen,
        uneven=cells.uneven,
        watched=np.hstack([by_chance, by_fondness]),
        fondest=by_fondness.max(axis=0, initial=FOND_LEAST),
        population=cells.population,
        mix=cells.mix,
        together=cells.together,
        by_price=by_price,
        apart=np.hstack(apart, dtype=np.float32, casting="same_kind")[by_price],
        crowd=crowd,
        part=part,
        crowds=crowds,
        cheapest=tuple(_cheapest(price, owner, size == each) for each in Size),
    )


def seen_by(problem: Problem, row: Rows, bundle: Rows) -> NDArray[np.float64]:
    """Return (rows, cells) the part of each cell's people that watches each bundle."""
    shares = [
        each[row].astype(np.float64) for each in (problem.age, problem.gender, problem.country)
    ]
    segment = segments_of(problem, row)
    people = problem.people[row, bundle].astype(np.float64)
    cells = np.einsum("n,na,ng,nc,ns->nagcs", people, *shares, segment, optimize=True)
    population = problem.population.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.where(population > 0, cells / population, 0.0)
    return np.minimum(seen, SEEN_MOST).reshape(row.size, population.size)


def popular_by(problem: Problem, row: Rows, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (rows, cells) the popular part, by who watches of all of an age, gender and country.

    seen: (rows, cells). What is seen of an interest says what is seen of all of them, as the
    interests of an audience are known.
    """
    population = problem.population.astype(np.float64)
    everybody = population.sum(axis=-1, keepdims=True)
    segment = segments_of(problem, row)[:, None, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        of_all = seen.reshape(row.size, *population.shape) * (population / everybody) / segment
    popular = popular_part(np.where(segment * everybody > 0, of_all, 0.0))
    return popular.reshape(seen.shape)


def segments_of(problem: Problem, row: Rows) -> NDArray[np.float64]:
    weights = problem.segment[row].astype(np.float64)
    usual = problem.population.astype(np.float64).sum(axis=(0, 1, 2))
    weights[weights.sum(axis=1) == 0] = usual if usual.any() else 1.0
    parts: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return parts


def _cheapest(
    price: NDArray[np.int64], owner: Rows, of_size: NDArray[np.bool_]
) -> tuple[tuple[int, int], ...]:
    places = np.flatnonzero(of_size)
    places = places[np.lexsort((owner[places], price[places]))]
    _, first = np.unique(owner[places], return_index=True)
    places = places[np.sort(first)][: 2 * PICKS_MOST]
    return tuple(zip(price[places].tolist(), owner[places].tolist(), strict=True))
