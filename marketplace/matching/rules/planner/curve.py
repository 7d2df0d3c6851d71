"""How many people each budget would reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from marketplace.matching.rules.planner.candidates import Candidates, candidates
from marketplace.matching.rules.planner.greedy import greedy
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import Plan
from marketplace.matching.rules.planner.portfolio import is_whole, must_haves
from marketplace.matching.rules.planner.problem import Problem
from marketplace.matching.rules.planner.reach import reach_of

PARTS: Final = (0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.25, 1.5, 2.0)
"""Of the plan's budget."""
POWERS: Final = (1.0, 0.7, 0.0)


@dataclass(frozen=True, slots=True)
class Point:
    """What a budget reaches, with how many creators."""

    budget_minor: int
    people: int
    creators: int


def curve(
    problem: Problem, limits: Limits, plan: Plan, *, parts: Sequence[float] = PARTS
) -> list[Point]:
    """Return what smaller and larger budgets reach under the same rules, in rising order.

    Budgets that do not pay for a plan within the rules are left out. A larger budget never reaches
    fewer: what a smaller one pays for, it pays for too. At the plan's own budget stands the plan.
    """
    largest = replace(limits, budget_minor=int(limits.budget_minor * max(parts)))
    among = candidates(problem, largest)
    start = must_haves(among)
    points: list[Point] = []
    best = Point(0, 0, 0)
    for part in sorted(parts):
        at = replace(limits, budget_minor=int(limits.budget_minor * part))
        if part == 1.0:
            found = Point(at.budget_minor, round(plan.people), len(plan.picks))
            best = max(best, found, key=lambda point: point.people)
        elif _pays_for(among, at, start):
            for power in POWERS:
                picks = greedy(among, at, start=start, power=power)
                if picks and is_whole(among, at, picks):
                    reach = round(reach_of(among, picks))
                    best = max(best, Point(0, reach, len(picks)), key=lambda point: point.people)
        if not best.creators:
            continue
        points.append(replace(best, budget_minor=at.budget_minor))
    return points


def _pays_for(among: Candidates, limits: Limits, start: Sequence[int]) -> bool:
    """True when these limits allow those who must be in the plan."""
    price = among.price[list(start)]
    return int(price.sum()) <= limits.budget_minor and not (price > limits.cap_minor).any()
