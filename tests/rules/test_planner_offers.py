"""The best of a market, beside a look at everything in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.offers import Offers
from marketplace.matching.rules.planner.problem import Problem, Size
from tests.factories.planning import make_problem, random_problem, wild_problem

LIMITS = Limits(budget_minor=40_000, must_not=frozenset({1, 7}))


def coarse(seed: int, bundles: int) -> Problem:
    """A market in which many are equal and some bundles are not offered."""
    drawn, chance = random_problem(seed, count=60, bundles=bundles), np.random.default_rng(seed)
    offered = chance.random(drawn.price.shape) < 0.8
    return replace(
        drawn,
        people=np.ceil(drawn.people / 5_000) * 5_000 * (chance.random((60, 1)) < 0.9),
        price=-(-drawn.price // 9_000) * 9_000 * offered,
    )


problems = st.builds(coarse, st.integers(0, 10_000), st.integers(1, 3)) | st.builds(
    wild_problem, st.integers(0, 10_000), bundles=st.integers(1, 3)
)


def first(
    problem: Problem, limits: Limits, value: Callable[[float, int], float], count: int
) -> list[int]:
    """The options with the largest values by a look at each; of people in the target, and price."""
    found = []
    for row in range(problem.count):
        for bundle in range(problem.bundles):
            people, price = problem.people[row, bundle], int(problem.price[row, bundle])
            reach = np.multiply(people, problem.there[row])
            if reach > 0 and 0 < price <= limits.cap_minor and row not in limits.must_not:
                option = row * problem.bundles + bundle
                found.append((-value(reach, price), int(problem.tie[row]), option))
    return sorted(option for *_, option in sorted(found)[:count])


@settings(max_examples=60, deadline=None)
@given(problems, st.integers(1, 40))
def test_the_best_options_are_those_of_a_look_at_each(problem: Problem, count: int) -> None:
    offers = Offers(problem, LIMITS)

    most_reach, most_worth = offers.with_most_reach(count), offers.with_most_worth(count)

    assert sorted(most_reach.tolist()) == first(
        problem, LIMITS, lambda reach, _: float(reach), count
    )
    assert sorted(most_worth.tolist()) == first(
        problem, LIMITS, lambda reach, price: float(reach / np.int64(price)), count
    )


@settings(max_examples=60, deadline=None)
@given(problems, st.integers(1, 5), st.sampled_from(Size))
def test_the_cheapest_of_a_size_are_those_of_a_look_at_each(
    problem: Problem, count: int, size: Size
) -> None:
    others = frozenset(np.flatnonzero(problem.size != size).tolist())
    of_size = replace(LIMITS, must_not=LIMITS.must_not | others)

    found = Offers(problem, LIMITS).cheapest(size, count)

    assert sorted(found.tolist()) == first(problem, of_size, lambda _, price: -price, count)


def test_of_each_creator_the_lowest_price_that_reaches_somebody_is_known() -> None:
    problem = make_problem(
        [[0, 500, 900], [10, 20, 30], [5, 0, 7], [1, 2, 3]],
        [[100, 700, 600], [0, 0, 50], [0, 90, 0], [10, 20, 30]],
        age=np.array([[1], [1], [1], [0]], dtype=np.float32),
    )

    assert problem.lowest.tolist() == [600, 50, 0, 0]
    assert problem.widest.tolist() == [900, 30, 7, 3]
    assert problem.there == pytest.approx([1, 1, 1, 0])
