"""The few thousand bundles among which the best plan is, written out cell by cell.

Nothing of the size (creators, cells) is ever made for the whole market: a bound on what each bundle
reaches, people times the part in the target, chooses the best by reach for the price and the best
by reach, and those are written out. ``bound`` accounts for all who were left here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.contradictions import prices_by_block
from marketplace.matching.rules.planner.crowds import crowds_of
from marketplace.matching.rules.planner.limits import PICKS_MOST, Limits
from marketplace.matching.rules.planner.observed import with_circles
from marketplace.matching.rules.planner.problem import (
    SEEN_MOST,
    Floats,
    Ints,
    Problem,
    Rows,
    Size,
    WatchedTogether,
    in_target,
)
from marketplace.matching.rules.planner.uneven import in_two, popular_part, watched_by

BY_PRICE: Final = 3_000
"""How many are kept for their reach for the price."""
BY_REACH: Final = 1_000
"""How many are kept for their reach alone."""
FOND_LEAST: Final = 1e-12
"""Who is watched less in a cell is watched by nobody there."""
NEVER: Final = 2**62
"""A price for which nobody is asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Bundles of creators, in the order of ``tie`` and then of the bundle; m of them, c cells.

    row, bundle: (m,) where each stands in the problem. price: (m,) minor units. owner: (m,) equal
    for bundles of one creator; first, bundles: (m,) where these begin and how many they are. size:
    (m,). must: (m,) of a creator who must be in the plan.

    seen: (m, c) the part of each cell that watches; circles of people stand behind the cells of
    the target. uneven: (c,) how unevenly the people of each watch. watched: (m, 2 c) how much more,
    by chance and behind it by fondness. apart: (m, 2 c) what each of the two would reach alone, in
    numbers of four bytes. fondest: (c,) the most by fondness in each. population: (c,). mix:
    (circles, cells) from which cells their people are. together: the observations behind them.

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
    size: NDArray[np.intp]
    must: NDArray[np.bool_]
    seen: NDArray[np.float64]
    uneven: NDArray[np.float64]
    watched: NDArray[np.float64]
    apart: NDArray[np.float32]
    fondest: NDArray[np.float64]
    population: NDArray[np.float64]
    mix: NDArray[np.float64]
    together: tuple[WatchedTogether, ...]
    crowd: Rows
    part: NDArray[np.float64]
    crowds: int
    cheapest: tuple[tuple[tuple[int, int], ...], ...]

    def bundles_of(self, place: int) -> Rows:
        """Return the places of all bundles of the same creator; they stand side by side."""
        first = int(self.first[place])
        return np.arange(first, first + int(self.bundles[place]))

    @property
    def several(self) -> bool:
        """True when some creator has more than one bundle."""
        return bool(self.bundles.max(initial=1) > 1)

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
    bundles = problem.bundles
    there = in_target(problem)
    most, worth = _Largest(problem, by_reach), _Largest(problem, by_price)
    cheap = {
        size: _Largest(problem, needed)
        for size in Size
        if (needed := max(limits.fewest_of(size), min(limits.fewest, limits.most_of(size))))
    }
    must = np.zeros(problem.count, dtype=bool)
    must[sorted(limits.must_have)] = True
    kept = []
    for block, price in prices_by_block(problem, limits):
        reach = problem.people[block] * there[block, None] * (price > 0)
        paid = np.maximum(price, 1)
        first = block.start * bundles
        most.look_at(reach, first)
        worth.look_at(reach / paid, first)
        _look_for_cheap(cheap, problem.size[block], np.where(reach > 0, paid, NEVER), first)
        rows = np.flatnonzero(must[block])
        options = (block.start + rows[:, None]) * bundles + np.arange(bundles)
        kept.append(options[reach[rows] > 0])
    kept += [found.places for found in (most, worth, *cheap.values())]
    return np.unique(np.concatenate(kept))


def written_out(problem: Problem, limits: Limits, options: Rows) -> Candidates:
    """Return these bundles cell by cell. options: creator's place x bundles + bundle."""
    row, bundle = np.divmod(options, problem.bundles)
    order = np.lexsort((bundle, row, problem.tie[row]))
    row, bundle = row[order], bundle[order]
    seen = seen_by(problem, row, bundle)
    cells = with_circles(problem, row, seen, popular_by(problem, row, seen))
    crowd, part, crowds = crowds_of(problem, row, cells.is_observed)
    watched = watched_by(cells.seen, cells.popular, cells.uneven)
    by_chance, by_fondness = in_two(watched)
    price = problem.price[row, bundle].astype(np.int64)
    _, first, owner, bundles = np.unique(
        row, return_index=True, return_inverse=True, return_counts=True
    )
    size = problem.size[row].astype(np.intp)
    return Candidates(
        row=row,
        bundle=bundle,
        price=price,
        owner=owner,
        first=first[owner],
        bundles=bundles[owner],
        size=size,
        must=np.isin(row, sorted(limits.must_have)),
        seen=cells.seen,
        uneven=cells.uneven,
        watched=watched,
        apart=np.hstack(
            [-np.expm1(-by_chance), -np.expm1(-np.log1p(by_fondness) / cells.uneven)]
        ).astype(np.float32),
        fondest=by_fondness.max(axis=0, initial=FOND_LEAST),
        population=cells.population,
        mix=cells.mix,
        together=cells.together,
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


def _look_for_cheap(
    cheap: Mapping[Size, _Largest], size: Ints, price: NDArray[np.int64], first: int
) -> None:
    """Look at the options of some creators that may be among the cheapest of their size."""
    most = np.array([cheap[each].price_most if each in cheap else 0 for each in Size])
    near = np.flatnonzero(price <= most[size, None])
    of_size = size[near // price.shape[1]]
    for each, found in cheap.items():
        places = near[of_size == each]
        found.add(first + places, 1 / price.ravel()[places])


class _Largest:
    """The options with the largest values above 0, of all that were looked at until now.

    Of equal ones those first in the order of ``tie`` and then of the bundle.
    """

    def __init__(self, problem: Problem, count: int) -> None:
        self._problem, self._count = problem, count
        self._edge = float(np.finfo(np.float32).tiny)
        self._places = np.zeros(0, np.intp)
        self._values = np.zeros(0)

    @property
    def price_most(self) -> int:
        """Where the values are one over a price, no dearer option is among the largest."""
        return min(NEVER - 1, int(1 / self._edge) + 1)

    @property
    def places(self) -> Rows:
        """Where they stand, in no order."""
        self._leave_out()
        return self._places

    def look_at(self, values: Floats, first: int) -> None:
        """Look at options that stand side by side from a place on."""
        flat = values.ravel()
        near = np.flatnonzero(flat >= self._edge)
        self.add(first + near, flat[near])

    def add(self, places: Rows, values: Floats) -> None:
        """Look at options that stand at these places."""
        self._places = np.concatenate([self._places, places])
        self._values = np.concatenate([self._values, values])
        if self._values.size > 2 * self._count:
            self._leave_out()

    def _leave_out(self) -> None:
        if self._values.size <= self._count:
            return
        self._edge = float(np.partition(self._values, -self._count)[-self._count])
        above = np.flatnonzero(self._values > self._edge)
        equal = np.flatnonzero(self._values == self._edge)
        places = self._places[equal]
        order = np.lexsort((places, self._problem.tie[places // self._problem.bundles]))
        kept = np.concatenate([above, equal[order[: self._count - above.size]]])
        self._places, self._values = self._places[kept], self._values[kept]
