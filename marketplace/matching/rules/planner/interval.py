"""Between which numbers the reach of a plan will be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from marketplace.matching.rules.planner.candidates import seen_by
from marketplace.matching.rules.planner.plan import Plan
from marketplace.matching.rules.planner.problem import SEEN_MOST, Floats, Problem

EIGHTY: Final = 1.2816
"""Standard deviations on each side that hold 80 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole people: low and high hold the truth in about four of five plans.

    by_chance: if audiences overlapped only as chance has it, whatever they are interested in.
    """

    low: int
    likely: int
    high: int
    by_chance: int


def interval(
    problem: Problem, plan: Plan, *, spread: Floats | None = None, doubt: float = 0.0
) -> Interval:
    """Return the reach of a plan with what is unknown about it.

    Upwards stands overlap by chance alone, as far as nothing was observed of it; to both sides go
    the spread of the views and what was left between finished campaigns and what was expected; but
    nobody reaches more people than there are.

    spread: (n,) the standard deviation of the logarithm of a creator's next views; None for none.
    doubt: the same of what campaigns reached beside what was expected; 0 while none was counted.
    """
    chance = reach_by_chance(problem, plan)
    wide = float(np.exp(EIGHTY * np.hypot(_spread_of_plan(plan, spread), doubt)))
    low = plan.people / wide
    unsure = 1 - observed_part(plan)
    high = (plan.people + unsure * max(chance - plan.people, 0.0)) * wide
    everybody = float(problem.population.sum(dtype=np.float64))
    high = max(plan.people, min(high, everybody))
    return Interval(round(low), round(plan.people), round(high), round(chance))


def reach_by_chance(problem: Problem, plan: Plan) -> float:
    """Return the reach if viewers were spread over the interests of each cell by chance."""
    among = plan.among
    segments = problem.segment.shape[1]
    population = problem.population.astype(np.float64).reshape(-1, segments)
    picks = list(plan.picks)
    seen = seen_by(problem, among.row[picks], among.bundle[picks])
    seen = seen.reshape(len(picks), *population.shape)
    cell = population.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(cell > 0, (seen * population).sum(axis=2) / cell, 0.0)
    missed = np.exp(np.log1p(-np.minimum(share, SEEN_MOST)).sum(axis=0))
    return float(cell @ (1 - missed))


def observed_part(plan: Plan) -> float:
    """Return how much of what the picks share rests on observations: a part from 0 to 1."""
    among, picks = plan.among, list(plan.picks)
    seen = among.seen[picks]
    common = np.triu((seen * among.population) @ seen.T, 1)
    pairs = {(each.creator, each.other) for each in among.together}
    rows = among.row[picks].tolist()
    known = [[(one, other) in pairs or (other, one) in pairs for other in rows] for one in rows]
    whole = float(common.sum())
    return (
        float(common[np.array(known, bool).reshape(common.shape)].sum()) / whole if whole else 0.0
    )


def _spread_of_plan(plan: Plan, spread: Floats | None) -> float:
    """Return the standard deviation of the logarithm of the sum of independent creators."""
    if spread is None or not plan.picks:
        return 0.0
    among, picks = plan.among, list(plan.picks)
    alone = among.seen[picks] @ among.population
    if not alone.any():
        return 0.0
    squares = alone**2 * np.expm1(spread[among.row[picks]].astype(np.float64) ** 2)
    return float(np.sqrt(np.log1p(squares.sum() / alone.sum() ** 2)))
