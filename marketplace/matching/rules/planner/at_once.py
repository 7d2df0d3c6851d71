"""A bound on every plan that costs nothing: how far from the best possible at most, at once.

Reach is submodular, so no plan reaches more than this one and what its members would each add to
it. Within a budget that is at most a knapsack that may be cut: the best gains for the price until
the money is spent. Whoever is not a candidate counts as an endless supply at the best reach for the
price among them. ``bound`` gives a closer one, for some work.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.rules.planner.contradictions import prices_by_block
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import Plan
from marketplace.matching.rules.planner.problem import Problem, in_target
from marketplace.matching.rules.planner.reach import Reached


def most_at_once(problem: Problem, limits: Limits, plan: Plan) -> float:
    """Return a number of people that no plan within the limits reaches more than."""
    among = plan.among
    reached = Reached(among, plan.picks)
    gains = reached.gains_at_most()
    gains[(among.price > limits.cap_minor) | (among.price <= 0)] = 0.0
    gains[list(plan.picks)] = 0.0
    worth = gains / np.maximum(among.price, 1)
    others = _best_outside(problem, limits, plan, reached)
    left, more = float(limits.budget_minor), 0.0
    for place in np.argsort(-worth, kind="stable").tolist():
        if worth[place] <= others or left <= 0:
            break
        spent = min(left, float(among.price[place]))
        more += spent * float(worth[place])
        left -= spent
    people = reached.people + more + max(left, 0.0) * others
    return min(people, float(among.population.sum()))


def _best_outside(problem: Problem, limits: Limits, plan: Plan, reached: Reached) -> float:
    """Return the most that anybody who is not a candidate adds for the price.

    Where a part of the people of a cell is reached already, they add so much less.
    """
    among = plan.among
    unseen = np.zeros(among.population.size)
    np.divide(reached.left, among.population, out=unseen, where=among.population > 0)
    there, best = in_target(problem), 0.0
    for block, price in prices_by_block(problem, limits):
        inside = (among.row >= block.start) & (among.row < block.stop)
        price[among.row[inside] - block.start, among.bundle[inside]] = 0
        asked = np.where(price > 0, price, np.inf)
        worth = problem.people[block] * there[block, None] / asked
        best = max(best, float(worth.max(initial=0.0)))
    return best * float(unseen.max(initial=0.0))
