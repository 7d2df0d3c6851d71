"""How many different people a set of creators reaches: by hand, and what always holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.rules.planner.candidates import Candidates, candidates
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.problem import Problem
from marketplace.matching.rules.planner.reach import Reached, reach_of
from tests.factories.planning import in_one_cell, make_problem, random_problem

markets = st.builds(random_problem, st.integers(0, 10_000), observed=st.sampled_from([0, 25]))
sets = st.sets(st.integers(0, 39), max_size=12)
PAST_ALL = Limits(budget_minor=2**40)


def all_of(problem: Problem) -> Candidates:
    return candidates(problem, PAST_ALL)


def test_one_creator_alone_reaches_their_viewers_in_the_target() -> None:
    problem = make_problem(
        [10_000, 10_000], [100, 100], age=np.array([[0.5], [1.0]], dtype=np.float32)
    )

    among = all_of(problem)

    assert reach_of(among, [0]) == pytest.approx(5_000)
    assert reach_of(among, [1]) == pytest.approx(10_000)


def test_nobody_reaches_more_than_nine_of_ten_people_of_a_cell() -> None:
    assert reach_of(all_of(make_problem([900_000], [100])), [0]) == pytest.approx(90_000)


def test_within_an_interest_two_audiences_share_more_than_by_chance() -> None:
    among = all_of(make_problem([10_000, 20_000], [100, 100]))

    assert reach_of(among, [0, 1]) == pytest.approx(in_one_cell(0.1, 0.2))
    assert in_one_cell(0.1, 0.2) < 100_000 * (1 - 0.9 * 0.8) - 300


def test_two_large_audiences_share_more_than_by_chance_and_two_small_ones_hardly() -> None:
    def shared(people: float) -> float:
        among = all_of(make_problem([people, people], [100, 100]))
        return 2 * people - reach_of(among, [0, 1])

    assert shared(100) == pytest.approx(0.1 * (1 + 0.375 / 21**2), rel=0.002)
    assert shared(2_000) == pytest.approx(40 * (1 + 0.375 / 4), rel=0.01)
    assert shared(20_000) == pytest.approx(4_000 * (1 + 0.375 * (10 / 11) ** 2 * 0.8), rel=0.02)


def test_a_small_audience_shares_with_a_large_one_what_chance_makes() -> None:
    among = all_of(make_problem([100, 20_000], [100, 100]))

    both = 20_100 - reach_of(among, [0, 1])

    assert both == pytest.approx(20 * (1 + 0.375 / 21 * 10 / 11 * 0.89), rel=0.002)


def test_who_is_large_is_said_by_all_people_there_and_not_by_those_of_one_interest() -> None:
    of_one = make_problem([2_000, 2_000], [100, 100], segments=[[1, 0], [1, 0]])

    shared = 4_000 - reach_of(all_of(of_one), [0, 1])

    # They reach two in a hundred of that interest, but one in a hundred of all people.
    assert shared == pytest.approx(40 * (1 + 0.375 / 9), rel=0.01)


def test_people_of_another_country_do_not_make_a_creator_smaller() -> None:
    at_home = np.array([[1.0, 0.0], [1.0, 0.0]], dtype=np.float32)
    there = make_problem([20_000, 20_000], [100, 100])
    two = make_problem(
        [20_000, 20_000],
        [100, 100],
        country=at_home,
        population=np.full((1, 1, 2, 1), 100_000.0),
    )

    assert reach_of(all_of(two), [0, 1]) == pytest.approx(reach_of(all_of(there), [0, 1]))


def test_a_larger_bundle_of_somebody_in_the_plan_adds_what_it_reaches_more() -> None:
    problem = make_problem([[10_000, 16_000], [20_000, 0]], [[100, 200], [300, 0]])
    among = all_of(problem)
    small, large, other = range(3)

    reached = Reached(among, [small, other])

    assert reached.gain(large) == pytest.approx(in_one_cell(0.16, 0.2) - in_one_cell(0.1, 0.2))
    reached.add(large)
    assert reached.people == pytest.approx(in_one_cell(0.16, 0.2))


def test_audiences_with_different_interests_do_not_overlap() -> None:
    problem = make_problem([10_000, 20_000], [100, 100], segments=[[1, 0], [0, 1]])

    assert reach_of(all_of(problem), [0, 1]) == pytest.approx(30_000)


def test_an_unknown_interest_is_spread_as_the_people_are() -> None:
    problem = make_problem([10_000], [100], segments=[[0, 0]])

    assert Reached(all_of(problem), [0]).left == pytest.approx([95_000, 95_000])


@pytest.mark.parametrize("crowd", [0, 7])
def test_of_creators_of_one_niche_and_country_fifteen_percent_are_the_same_people(
    crowd: int,
) -> None:
    problem = make_problem([10_000] * 10, [100] * 10, crowd=np.full(10, crowd))

    reached = reach_of(all_of(problem), range(10))

    popular, times = 0.1 / 0.12, 0.85 * 10 + 0.15
    by_chance = 0.9 ** ((1 - popular) * times)
    by_fondness = (1 + times * (0.9 ** (-0.375 * popular) - 1)) ** (-8 / 3)
    assert reached == pytest.approx(100_000 * (1 - by_chance * by_fondness))


@settings(deadline=None)
@given(markets, sets, st.integers(0, 39))
def test_another_creator_never_lowers_the_reach(market: Problem, some: set[int], one: int) -> None:
    among = all_of(market)

    assert reach_of(among, some | {one}) >= reach_of(among, some) - 1e-6


@settings(deadline=None)
@given(st.integers(0, 10_000), sets, st.integers(0, 39))
def test_a_larger_bundle_never_lowers_the_reach(seed: int, some: set[int], one: int) -> None:
    among = all_of(random_problem(seed, bundles=2))
    others = {2 * each for each in some - {one}}

    assert reach_of(among, others | {2 * one + 1}) >= reach_of(among, others | {2 * one}) - 1e-6


@settings(deadline=None)
@given(markets, sets, sets, st.integers(0, 39))
def test_a_creator_adds_no_more_to_a_larger_plan(
    market: Problem, some: set[int], others: set[int], one: int
) -> None:
    among = all_of(market)
    if one in some | others:
        return

    to_few = Reached(among, sorted(some)).gain(one)
    to_many = Reached(among, sorted(some | others)).gain(one)

    assert to_many <= to_few + 1e-6


@settings(deadline=None)
@given(markets, st.permutations(range(12)))
def test_the_order_of_adding_does_not_matter(market: Problem, order: list[int]) -> None:
    among = all_of(market)

    assert Reached(among, order).people == pytest.approx(reach_of(among, range(12)))


@settings(deadline=None)
@given(markets, sets)
def test_taking_one_out_is_as_if_they_had_never_been_in(market: Problem, some: set[int]) -> None:
    among = all_of(market)
    whole = Reached(among, sorted(some))
    for one in some:
        rest = sorted(some - {one})

        fewer = whole.without(one, np.array(rest, dtype=np.intp))

        assert fewer.left == pytest.approx(Reached(among, rest).left)
        assert fewer.gain(one) == pytest.approx(whole.people - fewer.people)


@settings(deadline=None)
@given(markets, sets)
def test_the_fast_bound_of_a_gain_is_never_less(market: Problem, some: set[int]) -> None:
    among = all_of(market)
    reached = Reached(among, sorted(some))

    exact = reached.gains(np.arange(among.count))

    assert (reached.gains_at_most() >= exact - 1e-6).all()
