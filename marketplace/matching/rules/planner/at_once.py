"""A bound on every plan that costs nothing: how far from the best possible at most, at once.

Reach is submodular, so no plan reaches more than this one and what its members would each add to
it. Within a budget that is at most a knapsack that may be cut: the best gains for the price until
the money is spent. Whoever is not a candidate counts as an endless supply at the best reach for the
price among them. ``bound`` gives a closer one, for some work.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.offers import Offers
from marketplace.matching.rules.planner.plan import Plan
from marketplace.matching.rules.planner.problem import Problem
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
    offers, bundles = Offers(problem, limits), problem.bundles
    foremost = offers.with_most_worth(among.count + 1)
    others = np.setdiff1d(foremost, among.row * bundles + among.bundle)
    row, bundle = np.divmod(others, bundles)
    best = offers.worth(row)[np.arange(row.size), bundle].max(initial=0.0)
    return float(best) * float(unseen.max(initial=0.0))
