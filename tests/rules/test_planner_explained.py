"""What a plan says of itself: what each adds, who was nearly in it, other budgets, the interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.rules.planner.curve import curve
from marketplace.matching.rules.planner.explain import NearlyChosen, Pick, Swap, WhyNot, explain
from marketplace.matching.rules.planner.interval import interval
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import best_plan, plan_of
from marketplace.matching.rules.planner.problem import Problem, Size
from tests.factories.planning import in_one_cell, make_problem, random_problem, together

seeds = st.integers(0, 10_000)


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(20_000, 500_000))
def test_what_each_adds_sums_to_the_reach_of_the_plan(seed: int, budget: int) -> None:
    limits = Limits(budget_minor=budget, fewest=0)
    plan = best_plan(random_problem(seed), limits)

    told = explain(plan, limits)

    assert sum(pick.adds for pick in told.picks) == told.people == round(plan.people)
    assert all(pick.only_here - 1 <= pick.adds <= pick.alone + 1 for pick in told.picks)
    assert told.left_minor == budget - plan.cost_minor


def test_each_pick_is_told_with_what_it_adds_shares_and_beats() -> None:
    problem = make_problem([20_000, 10_000, 9_000], [500, 400, 400])
    limits = Limits(budget_minor=900)

    told = explain(best_plan(problem, limits), limits)

    assert told.people == round(in_one_cell(0.2, 0.1)) == 27_542
    assert told.picks == (
        Pick(0, 0, 500, 20_000, 20_000, 17_542, (1, 2_458), None, Swap(2, 0, 9_645)),
        Pick(1, 0, 400, 10_000, 7_542, 7_542, (0, 2_458), None, Swap(2, 0, 750)),
    )
    assert told.nearly == (
        NearlyChosen(
            creator=2,
            bundle=0,
            price_minor=400,
            alone=9_000,
            adds=6_011,
            already=2_989,
            instead_of=1,
            fewer=750,
            why_not=WhyNot.PRICE,
        ),
    )


def test_who_reaches_the_same_people_was_left_out_for_that() -> None:
    problem = make_problem(
        [60_000, 50_000, 3_000], [500, 450, 400], segments=[[1, 0], [1, 0], [0, 1]]
    )
    limits = Limits(budget_minor=900)

    told = explain(best_plan(problem, limits), limits)

    assert [pick.creator for pick in told.picks] == [0, 2]
    assert [(each.creator, each.why_not) for each in told.nearly] == [(1, WhyNot.OVERLAP)]


def test_who_found_no_place_was_left_out_for_that() -> None:
    problem = make_problem([20_000, 10_000], [500, 400])
    limits = Limits(budget_minor=5_000, most=1)

    told = explain(best_plan(problem, limits), limits)

    assert [each.why_not for each in told.nearly] == [WhyNot.PLACES]


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(Limits(budget_minor=5_000, most=1), id="the plan is full"),
        pytest.param(Limits(budget_minor=5_000, mix={Size.NANO: (0, 1)}), id="their size is full"),
    ],
)
def test_a_place_is_one_of_the_plan_and_one_of_their_size(limits: Limits) -> None:
    other = Size.MICRO if limits.most == 1 else Size.NANO
    sizes = np.array([Size.NANO, other], dtype=np.uint8)
    problem = make_problem([20_000, 10_000], [500, 400], size=sizes)

    told = explain(best_plan(problem, limits), limits)

    assert [(each.creator, each.why_not) for each in told.nearly] == [(1, WhyNot.PLACES)]


def test_whom_a_plan_by_hand_has_room_and_money_for_is_told_so() -> None:
    problem, limits = make_problem([20_000, 10_000], [500, 400]), Limits(budget_minor=5_000)

    told = explain(plan_of(problem, limits, [(0, 0)]), limits)

    assert told.left_minor == 4_500
    assert [(each.creator, each.why_not) for each in told.nearly] == [(1, WhyNot.NOTHING)]


def test_nobody_nearly_takes_the_place_of_one_who_must_be_in() -> None:
    problem = make_problem([20_000, 10_000, 9_000], [500, 400, 400])
    limits = Limits(budget_minor=900, must_have=frozenset({2}))

    told = explain(best_plan(problem, limits), limits)

    assert [(pick.creator, pick.beats) for pick in told.picks] == [
        (0, Swap(1, 0, 8_895)),
        (2, None),
    ]
    assert [(each.creator, each.instead_of) for each in told.nearly] == [(1, 0)]


def test_a_plan_of_one_shares_with_nobody_and_an_empty_one_has_nothing_to_tell() -> None:
    problem, limits = make_problem([20_000], [500]), Limits(budget_minor=900)

    alone = explain(best_plan(problem, limits), limits)
    nobody = explain(plan_of(problem, limits, []), limits)

    assert [(pick.shares_with, pick.beats) for pick in alone.picks] == [(None, None)]
    assert (nobody.people, nobody.picks, nobody.left_minor) == (0, (), 900)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_a_larger_budget_never_reaches_fewer(seed: int) -> None:
    problem, limits = random_problem(seed), Limits(budget_minor=150_000)
    plan = best_plan(problem, limits)

    points = curve(problem, limits, plan)

    people = [point.people for point in points]
    assert people == sorted(people)
    assert round(plan.people) <= next(
        point.people for point in points if point.budget_minor == 150_000
    )


def test_budgets_that_pay_for_nobody_are_not_on_the_curve() -> None:
    problem, limits = make_problem([10_000, 10_000], [700, 700]), Limits(budget_minor=1_000)

    points = curve(problem, limits, best_plan(problem, limits), parts=(0.5, 1.0, 2.0))

    assert [(each.budget_minor, each.people, each.creators) for each in points] == [
        (1_000, 10_000, 1),
        (2_000, 18_773, 2),
    ]


def test_a_budget_that_does_not_pay_for_those_who_must_be_in_is_not_on_the_curve() -> None:
    problem = make_problem([10_000, 10_000], [350, 350])
    limits = Limits(budget_minor=1_000, must_have=frozenset({0, 1}))

    points = curve(problem, limits, best_plan(problem, limits), parts=(0.5, 0.7, 1.0))

    assert [(each.budget_minor, each.people, each.creators) for each in points] == [
        (700, 18_773, 2),
        (1_000, 18_773, 2),
    ]


def test_the_interval_goes_from_below_the_plan_to_above_overlap_by_chance() -> None:
    problem = make_problem([20_000, 20_000], [100, 100], segments=[[1, 0], [1, 0]])
    plan = best_plan(problem, Limits(budget_minor=200))

    found = interval(problem, plan, doubt=0.1)

    assert (found.low, found.likely, found.high) == (30_983, 35_219, 43_196)
    assert found.by_chance == 38_000


def test_the_interval_ends_where_there_is_nobody_else() -> None:
    problem = make_problem([90_000, 90_000], [100, 100], segments=[[1, 0], [0, 1]])
    plan = best_plan(problem, Limits(budget_minor=200))

    found = interval(problem, plan, doubt=0.5)

    assert found.likely < found.high == round(float(problem.population.sum())) == 200_000


def test_where_interests_part_the_audiences_chance_is_below_the_plan() -> None:
    problem = make_problem([20_000, 20_000], [100, 100], segments=[[1, 0], [0, 1]])
    plan = best_plan(problem, Limits(budget_minor=200))

    found = interval(problem, plan)

    assert (found.by_chance, found.high) == (38_000, 40_000)


def test_the_spread_of_many_creators_views_evens_out() -> None:
    one = make_problem([1_000], [100])
    many = make_problem([1_000] * 16, [100] * 16, segments=np.eye(16))
    spread = np.full(16, 0.8)

    of_one = interval(one, best_plan(one, Limits(budget_minor=100)), spread=spread)
    of_many = interval(many, best_plan(many, Limits(budget_minor=1_600)), spread=spread)

    assert of_one.high / of_one.likely == pytest.approx(np.exp(1.2816 * 0.8), rel=1e-3)
    assert of_many.high / of_many.likely == pytest.approx(1.3487, rel=1e-3)


def test_a_pick_tells_what_was_observed_of_it_and_another_of_the_plan() -> None:
    mine, theirs = together(1, 0, shared=400, sample=1_000), together(0, 1, shared=90, sample=900)
    weaker, outside = together(1, 2, shared=10, sample=50), together(1, 3, shared=45, sample=50)
    problem = make_problem(
        [10_000, 9_000, 8_000, 10], [100] * 4, watched_together=[theirs, weaker, mine, outside]
    )
    limits = Limits(budget_minor=300)

    told = explain(plan_of(problem, limits, [(0, 0), (1, 0), (2, 0)]), limits)

    assert {pick.creator: pick.observed for pick in told.picks} == {0: theirs, 1: mine, 2: weaker}


def test_where_overlaps_were_observed_chance_no_longer_widens_the_interval() -> None:
    segments = [[1, 0], [1, 0], [1, 0]]
    plain = make_problem([9_000, 8_000, 7_000], [100] * 3, segments=segments)
    pairs = [together(0, 1, shared=100_000), together(0, 2, shared=100_000)]
    some = make_problem([9_000, 8_000, 7_000], [100] * 3, segments=segments, watched_together=pairs)
    every = make_problem(
        [9_000, 8_000, 7_000],
        [100] * 3,
        segments=segments,
        watched_together=[*pairs, together(1, 2, shared=100_000)],
    )
    limits = Limits(budget_minor=300)

    def above(problem: Problem) -> float:
        told = interval(problem, plan_of(problem, limits, [(0, 0), (1, 0), (2, 0)]))
        return (told.high - told.likely) / (told.by_chance - told.likely)

    assert above(plain) == pytest.approx(1)
    assert 0.1 < above(some) < 0.5
    assert above(every) == 0
