"""The best plan there is, for small markets: whole programs under more and more planes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.program import relaxed, whole
from marketplace.matching.rules.planner.reach import reach_of
from marketplace.matching.rules.planner.tangents import tangent

EXACT_UP_TO: Final = 200
"""Larger markets would take minutes."""
GAP: Final = 1e-4
ROUNDS: Final = 40
SECONDS: Final = 20.0
RELAXED_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best plan found and its reach; at_most: no plan reaches more people."""

    picks: tuple[int, ...]
    people: float
    at_most: float


def best_possible(
    among: Candidates,
    limits: Limits,
    plan: Sequence[int],
    *,
    gap: float = GAP,
    seconds: float = SECONDS,
) -> Optimum:
    """Return the best plan within the limits, up to a gap, beginning with a good one.

    seconds: for one program; at_most is larger than people by more than the gap only where the
    time or the rounds ran out.
    """
    best, people, at_most = tuple(plan), reach_of(among, plan), np.inf
    weights = np.zeros(among.count)
    weights[list(plan)] = 1.0
    tangents = [tangent(among, weights)]
    everyone = np.arange(among.count)
    for _ in range(RELAXED_ROUNDS):
        solved = relaxed(among, limits, tangents, everyone)
        at_most = min(at_most, solved.value)
        tangents.append(tangent(among, solved.weights))
    for _ in range(ROUNDS):
        if at_most <= people * (1 + gap):
            break
        found = whole(among, limits, tangents, gap=gap / 4, seconds=seconds)
        if found is None:
            break
        at_most = min(at_most, found.value)
        picks = tuple(np.flatnonzero(found.weights > 0).tolist())
        if (reach := reach_of(among, picks)) > people:
            best, people = picks, reach
        tangents.append(tangent(among, found.weights))
    return Optimum(best, people, max(at_most, people))
