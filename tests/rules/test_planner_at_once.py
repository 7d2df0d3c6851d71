"""The bound that costs nothing: no plan at all reaches more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.rules.planner import problem as problems
from marketplace.matching.rules.planner.at_once import most_at_once
from marketplace.matching.rules.planner.bound import most_possible
from marketplace.matching.rules.planner.candidates import candidates
from marketplace.matching.rules.planner.exact import best_possible
from marketplace.matching.rules.planner.limits import Limits, PlanRefused
from marketplace.matching.rules.planner.plan import Plan, best_plan
from marketplace.matching.rules.planner.reach import reach_of
from tests.factories.planning import make_problem, random_problem


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(20_000, 400_000), st.integers(1, 3))
def test_no_plan_reaches_more(seed: int, budget: int, bundles: int) -> None:
    problem = random_problem(seed, count=20, bundles=bundles)
    limits = Limits(budget_minor=budget)
    try:
        plan = best_plan(problem, limits)
    except PlanRefused:
        return

    best = best_possible(plan.among, limits, plan.picks, seconds=2)

    assert most_at_once(problem, limits, plan) >= best.people * (1 - 1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(50_000, 200_000))
def test_who_is_not_a_candidate_counts_too(seed: int, budget: int) -> None:
    problem, limits = random_problem(seed, count=40), Limits(budget_minor=budget)
    among = candidates(problem, limits, by_price=4, by_reach=2)
    poor = Plan(among, (), reach_of(among, ()))

    assert most_at_once(problem, limits, poor) >= best_plan(problem, limits).people * (1 - 1e-9)


def test_two_who_share_nobody_are_bounded_exactly() -> None:
    problem = make_problem([10_000, 5_000], [1_000, 1_000], segments=[[1, 0], [0, 1]])
    limits = Limits(budget_minor=2_000)
    plan = best_plan(problem, limits)

    assert plan.people == pytest.approx(15_000)
    assert most_at_once(problem, limits, plan) == pytest.approx(15_000)
    assert most_possible(problem, limits, plan.among, plan.picks) == pytest.approx(15_000)


def test_the_close_bound_knows_who_must_be_in_the_plan() -> None:
    problem = make_problem([10_000, 1_000], [1_000, 1_000], segments=[[1, 0], [0, 1]])
    limits = Limits(budget_minor=1_000, must_have=frozenset({1}))
    plan = best_plan(problem, limits)

    assert most_possible(problem, limits, plan.among, plan.picks) == pytest.approx(1_000)


def test_the_bound_is_the_same_in_whatever_blocks_the_market_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem, limits = random_problem(3, count=40), Limits(budget_minor=90_000)
    few = candidates(problem, limits, by_price=6, by_reach=2)
    poor = Plan(few, (), 0.0)
    whole = most_at_once(problem, limits, poor)

    monkeypatch.setattr(problems, "BLOCK", 7)

    assert most_at_once(problem, limits, poor) == whole


def test_the_closer_bound_is_closer() -> None:
    problem, limits = random_problem(7, count=400), Limits(budget_minor=200_000)
    plan = best_plan(problem, limits)

    closer = most_possible(problem, limits, plan.among, plan.picks)

    assert plan.people <= closer <= most_at_once(problem, limits, plan)
