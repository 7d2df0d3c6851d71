"""The plans that are found: within every rule, and near the best there is."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from marketplace.matching.rules.planner import problem as problems
from marketplace.matching.rules.planner.bound import most_possible
from marketplace.matching.rules.planner.candidates import candidates, worth_a_look
from marketplace.matching.rules.planner.exact import best_possible
from marketplace.matching.rules.planner.greedy import greedy
from marketplace.matching.rules.planner.limits import Limits, PlanRefused
from marketplace.matching.rules.planner.plan import best_plan, broken_rules, plan_of
from marketplace.matching.rules.planner.portfolio import members
from marketplace.matching.rules.planner.problem import Problem, Size
from marketplace.matching.rules.planner.reach import reach_of
from tests.factories.planning import in_one_cell, make_problem, random_problem, reordered

pytestmark = pytest.mark.slow

seeds = st.integers(0, 10_000)
RULES = st.fixed_dictionaries(
    {
        "budget_minor": st.integers(5_000, 400_000),
        "most_each_minor": st.none() | st.integers(3_000, 100_000),
        "most_share_bps": st.sampled_from([2_500, 5_000, 10_000]),
        "fewest": st.integers(1, 4),
        "most": st.integers(4, 12),
        "must_have": st.frozensets(st.integers(0, 19), max_size=2),
        "must_not": st.frozensets(st.integers(0, 19), max_size=5),
        "mix": st.dictionaries(
            st.sampled_from([Size.NANO, Size.MICRO, Size.MID]),
            st.sampled_from([(0, 1), (1, 3), (2, 9)]),
            max_size=2,
        ),
    }
)


@settings(max_examples=60, deadline=None)
@given(seeds, RULES, st.integers(1, 3))
def test_a_plan_obeys_every_rule(seed: int, rules: dict[str, Any], bundles: int) -> None:
    problem, limits = random_problem(seed, bundles=bundles), Limits(**rules)
    try:
        plan = best_plan(problem, limits)
    except PlanRefused:
        assume(False)

    assert broken_rules(problem, limits, plan) == []
    assert len({creator for creator, _ in plan.bundles}) == len(plan.picks)


@settings(max_examples=15, deadline=None)
@given(seeds, st.permutations(range(40)))
def test_the_order_of_the_creators_does_not_matter(seed: int, order: list[int]) -> None:
    problem, limits = random_problem(seed), Limits(budget_minor=100_000)

    plan, other = best_plan(problem, limits), best_plan(reordered(problem, order), limits)

    assert other.people == plan.people
    assert {order[creator] for creator, _ in other.bundles} == {one for one, _ in plan.bundles}


def test_of_creators_who_are_equal_the_one_with_the_smaller_number_is_taken() -> None:
    problem = make_problem([5_000] * 4, [1_000] * 4, tie=np.array([9, 4, 7, 5], dtype=np.uint64))

    assert best_plan(problem, Limits(budget_minor=2_000)).bundles == ((1, 0), (3, 0))


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(20_000, 300_000))
def test_the_plan_reaches_no_fewer_than_any_of_its_members(seed: int, budget: int) -> None:
    problem, limits = random_problem(seed), Limits(budget_minor=budget)
    plan = best_plan(problem, limits)

    assert plan.people >= max(reach for reach, _ in members(plan.among, limits)) - 1e-6


@settings(max_examples=10, deadline=None)
@given(seeds, st.integers(20_000, 200_000))
def test_in_a_small_market_the_exact_program_finds_the_best_of_all_plans(
    seed: int, budget: int
) -> None:
    problem, limits = random_problem(seed, count=10), Limits(budget_minor=budget)
    plan = best_plan_or_skip(problem, limits)
    among = plan.among
    best = max(
        reach_of(among, some)
        for count in range(1, 11)
        for some in combinations(range(among.count), count)
        if among.price[list(some)].sum() <= budget
    )

    found = best_possible(among, limits, plan.picks)

    assert found.people == pytest.approx(best, rel=1e-4)
    assert found.at_most >= best * (1 - 1e-9)


def part_of_the_best(seed: int, budget: int) -> float:
    problem, limits = random_problem(seed, count=25), Limits(budget_minor=budget)
    plan = best_plan_or_skip(problem, limits)

    best = best_possible(plan.among, limits, plan.picks)

    assert best.at_most >= best.people >= plan.people
    return plan.people / best.at_most


@settings(max_examples=40, derandomize=True, deadline=None)
@given(seeds, st.integers(20_000, 400_000))
@example(9_999, 24_742)  # three have to make room for two
@example(0, 63_550)  # four for one
def test_of_forty_markets_the_worst_plan_is_within_two_thousandths_of_the_best(
    seed: int, budget: int
) -> None:
    assert part_of_the_best(seed, budget) >= 0.998


@settings(max_examples=10, deadline=None)
@given(seeds, st.integers(20_000, 400_000))
@example(65_691, 51_201)  # seven for one who costs half of the budget
def test_no_plan_loses_a_hundredth(seed: int, budget: int) -> None:
    assert part_of_the_best(seed, budget) >= 0.99


@settings(max_examples=10, deadline=None)
@given(seeds, st.integers(20_000, 400_000))
def test_with_bundles_to_choose_plans_are_near_the_best(seed: int, budget: int) -> None:
    problem, limits = random_problem(seed, count=20, bundles=2), Limits(budget_minor=budget)
    plan = best_plan_or_skip(problem, limits)

    best = best_possible(plan.among, limits, plan.picks)

    assert best.at_most >= best.people >= plan.people >= 0.95 * best.at_most


@settings(max_examples=15, deadline=None)
@given(seeds, RULES)
def test_no_plan_reaches_more_than_the_bound(seed: int, rules: dict[str, Any]) -> None:
    problem, limits = random_problem(seed, count=20, observed=seed % 2 * 20), Limits(**rules)
    plan = best_plan_or_skip(problem, limits)
    best = best_possible(plan.among, limits, plan.picks)

    assert most_possible(problem, limits, plan.among, plan.picks) >= best.people * (1 - 1e-9)


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_the_bound_holds_for_those_who_were_no_candidates(seed: int) -> None:
    problem, limits = random_problem(seed), Limits(budget_minor=150_000)
    plan = best_plan(problem, limits)
    few = candidates(problem, limits, by_price=6, by_reach=2)
    of_few = greedy(few, limits)

    assert most_possible(problem, limits, few, of_few) >= plan.people * (1 - 1e-9)


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(1, 12))
def test_candidates_are_the_same_in_whatever_blocks_they_are_looked_at(
    seed: int, block: int
) -> None:
    drawn = random_problem(seed)
    coarse = replace(drawn, people=np.ceil(drawn.people / 2_000) * 2_000)  # so that many are equal
    rules = Limits(budget_minor=90_000, fewest=2, must_have=frozenset({3}))

    with pytest.MonkeyPatch.context() as patch:
        whole = worth_a_look(coarse, rules, by_price=4, by_reach=2)
        patch.setattr(problems, "BLOCK", block)
        assert worth_a_look(coarse, rules, by_price=4, by_reach=2).tolist() == whole.tolist()


def test_a_dear_creator_who_fills_the_budget_is_not_missed() -> None:
    problem = make_problem([2_100, 40_000], [1_000, 20_000])

    assert best_plan(problem, Limits(budget_minor=20_000)).bundles == ((1, 0),)


def test_a_second_piece_is_bought_where_it_reaches_more_than_another_creator() -> None:
    problem = make_problem([[5_000, 8_000], [500, 600]], [[1_000, 2_000], [1_000, 2_000]])

    assert best_plan(problem, Limits(budget_minor=2_000)).bundles == ((0, 1),)


def test_where_places_are_few_larger_creators_take_them() -> None:
    problem = make_problem([1_000] * 30 + [9_000] * 3, [100] * 30 + [3_000] * 3)

    plan = best_plan(problem, Limits(budget_minor=9_000, most=3))

    assert plan.bundles == ((30, 0), (31, 0), (32, 0))


def test_a_plan_made_by_hand_is_counted_and_told_what_it_breaks() -> None:
    problem = make_problem([10_000, 20_000, 5_000], [500, 900, 100])
    limits = Limits(budget_minor=1_000, most_share_bps=6_000, must_not=frozenset({2}), fewest=4)

    plan = plan_of(problem, limits, [(1, 0), (0, 0), (2, 0)])

    assert plan.people == pytest.approx(in_one_cell(0.1, 0.2, 0.05))
    assert plan.cost_minor == 1_500
    assert [each.sentence for each in broken_rules(problem, limits, plan)] == [
        "This costs USD 5.00 more than the budget.",
        "1 creator costs more than the USD 6.00 that one may cost.",
        "3 creators are fewer than the 4 you ask for.",
        "1 creator you leave out is in the plan.",
    ]


def best_plan_or_skip(problem: Problem, limits: Limits) -> Any:
    try:
        return best_plan(problem, limits)
    except PlanRefused:
        return assume(False)
