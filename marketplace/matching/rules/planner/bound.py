"""How much more any plan at all could reach: a bound that holds for the whole market.

A linear program over the most promising candidates, with planes above the reach, gives a worth to
each plane and each limit. In these worths every creator who is not in the program can add at most
what their slope is more than their price; with all of these added up, the bound holds for
everybody. More planes and candidates are taken in until it hardly falls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.candidates import (
    Candidates,
    popular_by,
    seen_by,
    segments_of,
)
from marketplace.matching.rules.planner.crowds import CROWD_PART
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.offers import Offers
from marketplace.matching.rules.planner.problem import SEEN_MOST, Problem, Rows
from marketplace.matching.rules.planner.program import Priced, limit_rows, relaxed
from marketplace.matching.rules.planner.reach import Reached, reach_of
from marketplace.matching.rules.planner.tangents import Tangent, tangent
from marketplace.matching.rules.planner.uneven import UNEVEN, in_two, watched_by

ROUNDS: Final = 6
CLOSE: Final = 2e-4
"""Less than this part is not worth another round."""
COLUMNS: Final = 400
"""Candidates in the first program; others join as they are worth it."""
JOINING: Final = 200
CHUNK: Final = 65_536


def most_possible(
    problem: Problem,
    limits: Limits,
    among: Candidates,
    plan: Sequence[int],
    *,
    tell: Callable[[float], None] | None = None,
) -> float:
    """Return a number of people that no plan within the limits reaches more than.

    plan: a good one within them, where the planes begin. tell: called with the part of the work
    that is done.
    """
    weights = np.zeros(among.count)
    weights[list(plan)] = 1.0
    tangents = [tangent(among, weights)]
    columns = _promising(among, plan)
    bound, before = np.inf, np.inf
    for number in range(ROUNDS):
        if tell is not None:
            tell(number / ROUNDS)
        solved = relaxed(among, limits, tangents, columns)
        beyond = _beyond(among, limits, tangents, solved)
        beyond[columns] = 0.0
        if solved.value + beyond.sum() < bound:
            bound, best = solved.value + float(beyond.sum()), (tangents, solved)
        if max(before - solved.value, beyond.sum()) < CLOSE * solved.value:
            break
        before = solved.value
        joining = np.argsort(-beyond, kind="stable")[:JOINING]
        columns = np.union1d(columns, joining[beyond[joining] > 0])
        tangents = [*tangents, tangent(among, solved.weights)]
    # Of very large and very small figures HiGHS may lose the last ones.
    return max(bound + _outside(problem, limits, among, *best), reach_of(among, plan))


def _promising(among: Candidates, plan: Sequence[int]) -> Rows:
    """Return the plan, those who must be in it, and those who add most for the price."""
    worth = Reached(among, plan).gains_at_most() / among.price
    best = np.argsort(-worth, kind="stable")[:COLUMNS]
    return np.unique(np.concatenate([list(plan), np.flatnonzero(among.must), best]).astype(np.intp))


def _beyond(
    among: Candidates, limits: Limits, tangents: Sequence[Tangent], solved: Priced
) -> NDArray[np.float64]:
    """Return (m,) the most that each candidate could add to the value of a program without it."""
    everyone = np.arange(among.count)
    worth = np.zeros(among.count)
    for each, planes in zip(tangents, solved.planes, strict=True):
        if planes.any():
            worth += each.slopes(among, everyone) @ planes
    costs = limit_rows(among, limits, everyone)[0].T @ solved.rows
    beyond: NDArray[np.float64] = np.maximum(worth - costs, 0.0)
    return beyond


def _outside(
    problem: Problem,
    limits: Limits,
    among: Candidates,
    tangents: Sequence[Tangent],
    solved: Priced,
) -> float:
    """Return the most that all who are not candidates could add to the value of a program.

    Nearly all are ruled out by the bound on their reach, and most others by one on their worth; who
    is left is written out cell by cell. Where there are circles, the bound on their worth counts.
    """
    population = problem.population.astype(np.float64).ravel()
    steep = np.zeros(among.watched.shape[1])
    for each, planes in zip(tangents, solved.planes, strict=True):
        steep += each.steep * np.concatenate([planes[: population.size], planes])
    by_chance, by_fondness = in_two(steep, among.population.size)
    most = by_fondness * among.uneven
    np.maximum(most[: population.size], by_chance, out=most[: population.size])
    left = among.in_cells(most)
    with np.errstate(divide="ignore", invalid="ignore"):
        unseen = np.where(population > 0, left / population, 0.0)
        circles = (most / among.population)[population.size :]
    crowded = CROWD_PART if circles.size else 0.0
    if circles.size:
        # A crowd's part of an audience is in circles, and may find more people unreached there.
        densest = np.nanmax(circles, initial=0.0)
        unseen = np.maximum(unseen, (1 - CROWD_PART) * unseen + CROWD_PART * densest)
    price = Offers(problem, limits).prices(np.arange(problem.count))
    reach = problem.people * problem.there[:, None]
    counts = solved.rows[1:].reshape(-1, 2) @ (1.0, -1.0)
    costs = price * solved.rows[0] + (counts[0] + counts[1:])[problem.size][:, None]
    possible = (price > 0) & (reach * (_steepness(SEEN_MOST) * unseen.max(initial=0.0)) > costs)
    possible[among.row, among.bundle] = False
    total, options = 0.0, np.argwhere(possible)
    for start in range(0, len(options), CHUNK):
        row, bundle = options[start : start + CHUNK].T
        worth = _worth_at_most(
            problem, row, bundle, unseen.reshape(problem.population.shape), crowded
        )
        near = np.flatnonzero(worth > costs[row, bundle])
        if not circles.size:
            worth[near] = _worth(problem, row[near], bundle[near], steep)
        total += float(np.maximum(worth - costs[row, bundle], 0.0)[near].sum())
    return total


def _worth(
    problem: Problem, row: Rows, bundle: Rows, steep: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what each bundle would add at most, cell by cell, if it shared no crowd."""
    seen = seen_by(problem, row, bundle)
    worth: NDArray[np.float64] = np.hstack(watched_by(seen, popular_by(problem, row, seen))) @ steep
    return worth


def _worth_at_most(
    problem: Problem, row: Rows, bundle: Rows, unseen: NDArray[np.float64], crowded: float
) -> NDArray[np.float64]:
    """Return the people whom each bundle would add at most, where so much of each cell is left.

    crowded: the part of a circle that an audience may have on top of what it has of the cells.
    """
    share = np.einsum(
        "na,ng,nc->nagc", problem.age[row], problem.gender[row], problem.country[row]
    ).reshape(row.size, -1)
    segment = segments_of(problem, row)
    people = problem.people[row, bundle].astype(np.float64)
    by_segment = share @ unseen.reshape(share.shape[1], -1)
    population = problem.population.reshape(share.shape[1], -1).astype(np.float64)
    smallest = np.where(population > 0, population, np.inf).min(axis=1)
    densest = people * (share / smallest).max(axis=1) * segment.max(axis=1)
    densest = np.clip(densest + crowded, 1e-9, SEEN_MOST)
    by_reach = people * (by_segment * segment).sum(axis=1)
    worth: NDArray[np.float64] = by_reach * _steepness(densest)
    return worth


def _steepness(seen: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return how much more a cell is watched than this part of it, in what it counts at most.

    By fondness alone: the same part by chance is less, and by both is between them.
    """
    by_fondness: NDArray[np.float64] = np.expm1(-UNEVEN * np.log1p(-np.asarray(seen)))
    return by_fondness / UNEVEN / seen
