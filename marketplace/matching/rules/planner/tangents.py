"""Planes above the reach: what linear programs need to know of it.

The reach of a cell is a concave growing function of how much it is watched by chance and how much
by fondness, and for each crowd ``max(b) <= t + sum of (b - t)+`` whatever t is. So a plane that
touches the reach at one plan is above it at every other plan. ``bound`` and ``exact`` stand on
nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.problem import Rows
from marketplace.matching.rules.planner.uneven import in_two, reached_by

Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Tangent:
    """For each cell: reach <= base + sum over the candidates taken of slope x.

    steep: (t + cells,) the people reached for each further bit of watching at the point it touches,
    by chance and by fondness; thresholds: (crowds + 1, t + cells).
    """

    base: NDArray[np.float64]
    steep: NDArray[np.float64]
    thresholds: NDArray[np.float64]

    def slopes(self, among: Candidates, rows: Rows) -> NDArray[np.float64]:
        """Return (rows, cells)."""
        return _added(among, self.steep * _lengths(among, rows, self.thresholds))


def tangent(among: Candidates, weights: Weights) -> Tangent:
    """Return the planes that touch at a plan, or at a mixture of plans.

    weights: (m,) the part of each candidate that is taken, from 0 to 1.
    """
    taken = np.flatnonzero(weights > 0)
    thresholds = np.zeros((among.crowds + 1, among.watched.shape[1]))
    for crowd in np.unique(among.crowd[taken]):
        if crowd < among.crowds:
            thresholds[crowd] = _threshold(among, taken, weights[taken], int(crowd))
    constant = thresholds.sum(axis=0)
    watched = constant + weights[taken] @ _lengths(among, taken, thresholds)
    reached = among.population * reached_by(watched, among.uneven)
    left = among.population - reached
    by_chance, by_fondness = in_two(watched, left.size)
    steep = np.concatenate([left[: by_chance.size], left / (1 + by_fondness) / among.uneven])
    return Tangent(reached + _added(among, steep * (constant - watched)), steep, thresholds)


def _added(among: Candidates, figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what comes by chance and by fondness together."""
    by_chance, by_fondness = in_two(figures, among.population.size)
    added: NDArray[np.float64] = by_fondness.copy()
    added[..., : by_chance.shape[-1]] += by_chance
    return added


def _lengths(among: Candidates, rows: Rows, thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    watched = among.watched[rows]
    part = among.part[rows, None]
    lengths: NDArray[np.float64] = (1 - part) * watched
    lengths += np.maximum(part * watched - thresholds[among.crowd[rows]], 0)
    return lengths


def _threshold(among: Candidates, taken: Rows, weights: Weights, crowd: int) -> NDArray[np.float64]:
    """Return for each cell the value above which the members taken add up to one."""
    members = np.flatnonzero(among.crowd[taken] == crowd)
    values = among.part[taken[members], None] * among.watched[taken[members]]
    order = np.argsort(-values, axis=0, kind="stable")
    above = np.cumsum(weights[members][order], axis=0) >= 1 - 1e-9
    sorted_values = np.take_along_axis(values, order, axis=0)
    first = above.argmax(axis=0)
    there = np.take_along_axis(sorted_values, first[None], axis=0)[0]
    return np.where(above.any(axis=0), there, 0.0)
