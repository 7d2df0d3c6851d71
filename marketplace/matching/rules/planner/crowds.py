"""Who shares viewers with whom beyond chance."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.problem import Problem, Rows, WatchedTogether

CROWD_PART: Final = 0.15
"""Of the audience of creators who share niche and country: measured, the union of ten alike is
about 20 % smaller than chance within twelve interests makes it."""
PAIRS_EACH: Final = 4
"""Of the observed overlaps of one creator, the largest count."""
STEPS: Final = 4
"""After so many, a part is exact to far less than a person."""


def crowds_of(
    problem: Problem, row: Rows, seen: NDArray[np.float64]
) -> tuple[Rows, NDArray[np.float64], int]:
    """Return (m, w) the crowds of each bundle, (m, w) their parts of its audience, and how many.

    A crowd of a niche and country takes :data:`CROWD_PART` of each member's audience. A pair that
    was observed is a crowd of two, as large as what was observed beyond what the model says; an
    overlap below that is not believed. Slots without a crowd have its number past the last.
    """
    numbers = problem.crowd[row]
    known, niche = np.unique(numbers, return_inverse=True)
    niche_part = np.where(numbers >= 0, CROWD_PART, 0.0)
    pair_crowd = np.zeros((PAIRS_EACH, row.size), dtype=np.intp)
    pair_part = np.zeros((PAIRS_EACH, row.size))
    used: dict[int, int] = {}
    crowds = len(known)
    for pair in _pairs_among(problem, row):
        both = pair.first, pair.second
        if max(used.get(one, 0) for one in both) == PAIRS_EACH:
            continue
        places = [np.flatnonzero(row == one) for one in both]
        parts = _parts_beyond(problem, pair, *(seen[place[0]] for place in places))
        for one, place, its in zip(both, places, parts, strict=True):
            slot = used.get(one, 0)
            pair_crowd[slot, place], pair_part[slot, place] = crowds, its
            used[one] = slot + 1
        crowds += 1
    slots = 1 + max(used.values(), default=0)
    too_much = np.maximum(pair_part.sum(axis=0) / (1 - niche_part), 1.0)
    part = np.concatenate([niche_part[None], pair_part / too_much])[:slots].T
    crowd = np.concatenate([niche[None], pair_crowd])[:slots].T
    return np.where(part > 0, crowd, crowds), part, crowds


def _pairs_among(problem: Problem, row: Rows) -> list[WatchedTogether]:
    """Return the pairs of which both are there, the largest share first."""
    there = set(row.tolist())
    return sorted(
        (pair for pair in problem.watched_together if pair.first in there and pair.second in there),
        key=lambda pair: (-pair.share, sorted(problem.tie[[pair.first, pair.second]].tolist())),
    )


def _parts_beyond(
    problem: Problem,
    pair: WatchedTogether,
    first: NDArray[np.float64],
    second: NDArray[np.float64],
) -> tuple[float, float]:
    """Return the parts of two audiences that must be one crowd for the observed overlap.

    With the cells watched for a and b, and m shared of them, the overlap is larger than by chance
    by ``sum of N exp(-a - b) (exp(m) - 1)``; m is sought as a part of the smaller of a and b.
    """
    population = problem.population.astype(np.float64).ravel()
    smaller = min(first @ population, second @ population)
    same = problem.crowd[pair.first] == problem.crowd[pair.second] >= 0
    expected = (first * second) @ population + (CROWD_PART * smaller if same else 0.0)
    beyond = pair.share * smaller - expected
    if beyond <= 0:
        return 0.0, 0.0
    missed = population * (1 - first) * (1 - second)
    shared = -np.log1p(-np.minimum(first, second))
    part = float(beyond / (missed @ shared))
    for _ in range(STEPS):
        part = min(1.0, float(part * beyond / (missed @ np.expm1(part * shared))))
    common = part * float(missed @ shared)
    return common / float(missed @ -np.log1p(-first)), common / float(missed @ -np.log1p(-second))
