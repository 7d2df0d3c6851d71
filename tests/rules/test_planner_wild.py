"""What always holds of plans, in markets as odd as the figures allow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from marketplace.matching.rules.planner.at_once import most_at_once
from marketplace.matching.rules.planner.bound import most_possible
from marketplace.matching.rules.planner.candidates import Candidates, candidates
from marketplace.matching.rules.planner.curve import curve
from marketplace.matching.rules.planner.explain import explain
from marketplace.matching.rules.planner.interval import interval
from marketplace.matching.rules.planner.limits import Limits, PlanRefused
from marketplace.matching.rules.planner.plan import Plan, best_plan, broken_rules
from marketplace.matching.rules.planner.problem import Problem
from marketplace.matching.rules.planner.reach import Reached, reach_of
from tests.factories.planning import make_problem, reordered, together, wild_problem

wild = st.builds(
    wild_problem,
    st.integers(0, 10_000),
    bundles=st.integers(1, 2),
    observed=st.sampled_from([0, 10]),
)
budgets = st.sampled_from([1, 500, 70_000, 3 * 10**9, 2**42])
FAR_TOO_MUCH = Limits(budget_minor=2**62)


def some_of(among: Candidates, chance: np.random.Generator, most: int) -> list[int]:
    """Bundles of different creators, in rising order."""
    owners = chance.permutation(int(among.owner.max()) + 1)[: chance.integers(0, most + 1)]
    return sorted(int(chance.choice(np.flatnonzero(among.owner == owner))) for owner in owners)


@settings(max_examples=60, deadline=None)
@given(wild, st.integers(0, 10_000))
def test_whoever_is_added_lowers_nothing_and_adds_the_less_the_more_are_there(
    problem: Problem, seed: int
) -> None:
    among, chance = candidates(problem, FAR_TOO_MUCH), np.random.default_rng(seed)
    assume(among.count)
    many = some_of(among, chance, 8)
    few = [each for each in many if chance.random() < 0.5]
    outside = np.flatnonzero(~np.isin(among.owner, among.owner[many]))
    assume(outside.size)
    one = int(chance.choice(outside))

    to_few, to_many = Reached(among, few).gain(one), Reached(among, many).gain(one)

    assert reach_of(among, [*many, one]) == pytest.approx(reach_of(among, many) + to_many, abs=1e-6)
    assert 0 <= to_many <= to_few * (1 + 1e-9) + 1e-6
    assert Reached(among, few).gains_at_most()[one] >= to_few - 1e-6


@settings(max_examples=40, deadline=None)
@given(wild)
def test_everybody_alone_reaches_their_viewers_in_the_target(problem: Problem) -> None:
    among = candidates(problem, FAR_TOO_MUCH)

    alone = [reach_of(among, [one]) for one in range(among.count)]

    assert alone == pytest.approx((among.seen @ among.population).tolist(), abs=1e-3)
    assert max(alone, default=0) <= problem.population.sum(dtype=np.float64) * (1 + 1e-6)


@settings(max_examples=40, deadline=None)
@given(wild, budgets, st.integers(0, 3))
@example(wild_problem(8, bundles=2), 2**42, 0)
def test_a_plan_is_within_its_rules_its_bounds_and_its_words(
    problem: Problem, budget: int, fewest: int
) -> None:
    limits = Limits(budget_minor=budget, fewest=fewest, most=6)
    plan = planned(problem, limits)

    told, likely = explain(plan, limits), interval(problem, plan)
    people = [point.people for point in curve(problem, limits, plan)]

    assert broken_rules(problem, limits, plan) == []
    assert sum(pick.adds for pick in told.picks) == told.people == round(plan.people)
    assert likely.low <= likely.likely <= likely.high
    assert people == sorted(people)
    assert most_possible(problem, limits, plan.among, plan.picks) >= plan.people
    assert most_at_once(problem, limits, plan) >= plan.people * (1 - 1e-9)


@settings(max_examples=25, deadline=None)
@given(wild, budgets, st.permutations(range(16)))
def test_the_order_of_the_creators_does_not_matter(
    problem: Problem, budget: int, order: list[int]
) -> None:
    limits = Limits(budget_minor=budget, most=6)
    plan = planned(problem, limits)

    other = best_plan(reordered(problem, order), limits)

    assert other.people == pytest.approx(plan.people)
    assert sorted(order[row] for row, _ in other.bundles) == sorted(row for row, _ in plan.bundles)


def test_where_nobody_is_of_an_interest_observed_overlaps_count_all_the_same() -> None:
    """As in a market none of whose creators make anything of it."""
    problem = make_problem(
        [10_000, 4_000, 3_000],
        [100] * 3,
        segments=[[1, 0], [1, 0], [0, 0]],
        population=np.array([100_000.0, 0.0]).reshape(1, 1, 1, 2),
        watched_together=[together(1, 0)],
    )

    among = candidates(problem, FAR_TOO_MUCH)

    assert reach_of(among, [0, 1]) == pytest.approx(12_000, rel=0.005)
    assert reach_of(among, [2]) == pytest.approx(3_000)


def test_who_reaches_nearly_everybody_is_in_no_circle_more_than_once() -> None:
    """Nine of ten people of a small country, and the niche that somebody observed is of."""
    problem = make_problem(
        [9_000_000, 100, 80],
        [100] * 3,
        crowd=np.array([7, 7, -1]),
        watched_together=[together(1, 2)],
    )

    among = candidates(problem, FAR_TOO_MUCH)

    assert among.seen.max() <= 0.98
    assert reach_of(among, [0]) == pytest.approx(90_000)
    assert 90_000 < reach_of(among, [0, 1]) < 90_100


def planned(problem: Problem, limits: Limits) -> Plan:
    try:
        return best_plan(problem, limits)
    except PlanRefused:
        return assume(False)
