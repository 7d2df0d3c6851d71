"""Overlaps that were observed: what they change, and what they leave as it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.rules.planner.candidates import Candidates, candidates
from marketplace.matching.rules.planner.circles import circles
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import best_plan
from marketplace.matching.rules.planner.problem import Problem
from marketplace.matching.rules.planner.reach import reach_of
from marketplace.matching.rules.planner.uneven import in_two
from tests.factories.planning import (
    in_one_cell,
    make_problem,
    random_problem,
    reordered,
    together,
)

seeds = st.integers(0, 10_000)
PAST_ALL = Limits(budget_minor=2**40)


def all_of(problem: Problem) -> Candidates:
    return candidates(problem, PAST_ALL)


def test_an_overlap_that_was_observed_counts_instead_of_what_the_cells_make_likely() -> None:
    plain = make_problem([10_000, 4_000], [100, 100])
    observed = make_problem([10_000, 4_000], [100, 100], watched_together=[together(1, 0)])

    assert reach_of(all_of(plain), [0, 1]) == pytest.approx(in_one_cell(0.1, 0.04))
    assert reach_of(all_of(observed), [0, 1]) == pytest.approx(12_000, rel=0.002)


def test_an_overlap_smaller_than_chance_is_believed_too() -> None:
    pair = together(0, 1, shared=0)
    observed = make_problem([40_000, 40_000], [100, 100], watched_together=[pair])

    assert reach_of(all_of(observed), [0, 1]) == pytest.approx(80_000, rel=0.002)


def test_what_was_seen_of_few_people_changes_little() -> None:
    def reach(sample: int) -> float:
        pair = together(1, 0, shared=sample // 2, sample=sample)
        problem = make_problem([10_000, 4_000], [100, 100], watched_together=[pair])
        return reach_of(all_of(problem), [0, 1])

    # Chance says 400 in common, the observation 2,000; sixty people stand behind chance. Most of
    # the 800 is then a guess, and of a guess a little more is shared.
    assert reach(20) == pytest.approx(14_000 - (20 * 2_000 + 60 * 400) / 80, rel=0.01)
    assert reach(6_000) == pytest.approx(14_000 - (6_000 * 2_000 + 60 * 400) / 6_060, rel=0.002)


def test_both_directions_count_by_how_many_were_looked_at() -> None:
    pairs = [
        together(0, 1, shared=90_000, sample=900_000),
        together(1, 0, shared=50_000, sample=100_000),
    ]
    problem = make_problem([10_000, 4_000], [100, 100], watched_together=pairs)

    # One says 1,000 people, seen of 900,000; the other 2,000, seen of 100,000.
    assert reach_of(all_of(problem), [0, 1]) == pytest.approx(14_000 - 1_100, rel=0.002)


def test_three_who_share_the_same_people_are_no_three_pairs() -> None:
    pairs = [together(a, b, shared=800_000) for a in range(3) for b in range(a)]
    among = all_of(make_problem([10_000] * 3, [100] * 3, watched_together=pairs))

    assert 12_000 < reach_of(among, range(3)) < 14_500


def test_everybody_is_reached_as_before_alone_and_with_those_of_whom_nothing_was_seen() -> None:
    plain = make_problem([9_000, 8_000, 7_000, 6_000], [100] * 4)
    observed = make_problem(
        [9_000, 8_000, 7_000, 6_000], [100] * 4, watched_together=[together(0, 1)]
    )

    for picks in ([0], [1], [2]):
        expected = reach_of(all_of(plain), picks)
        assert reach_of(all_of(observed), picks) == pytest.approx(expected, rel=1e-6)
    for picks in ([2, 3], [0, 2], [1, 3]):
        expected = reach_of(all_of(plain), picks)
        assert reach_of(all_of(observed), picks) == pytest.approx(expected, rel=0.01)


def test_people_of_circles_watch_unevenly_as_far_as_overlaps_are_a_guess() -> None:
    def uneven(sample: int) -> float:
        pair = together(0, 1, shared=sample // 2, sample=sample)
        among = all_of(make_problem([9_000, 8_000], [100, 100], watched_together=[pair]))
        assert among.uneven[0] == pytest.approx(3 / 8)
        return float(among.uneven[1])

    assert uneven(60) == pytest.approx(3 / 16)
    assert uneven(540) == pytest.approx(3 / 80)


def test_in_circles_everything_goes_with_fondness() -> None:
    pair = together(0, 1, shared=30, sample=60)
    among = all_of(make_problem([900, 800], [100] * 2, watched_together=[pair]))

    by_chance, by_fondness = in_two(among.watched, 3)

    assert among.uneven[1:] == pytest.approx([3 / 16] * 2)
    assert by_chance.shape == (2, 1)
    assert by_fondness[:, 1:] == pytest.approx((1 - among.seen[:, 1:]) ** (-3 / 16) - 1)


def test_most_of_what_one_observed_pair_shares_with_many_others_is_a_guess() -> None:
    people = [9_000] * 40
    among = all_of(make_problem(people, [100] * 40, watched_together=[together(0, 1)]))

    # The two share 4,500 with each other, and by chance 810 with each of 38 others.
    guess = 2 * 38 * 810 / (2 * 38 * 810 + 2 * 4_500)
    assert among.uneven[1] == pytest.approx(guess * 3 / 8, rel=1e-3)


def test_a_larger_bundle_shares_more_of_the_same_people() -> None:
    problem = make_problem(
        [[2_000.0, 4_000.0], [10_000.0, 0.0]],
        [[100, 200], [100, 0]],
        watched_together=[together(0, 1)],
    )

    among = all_of(problem)

    small, large, other = 0, 1, 2
    assert reach_of(among, [small, other]) == pytest.approx(11_000, rel=0.002)
    assert reach_of(among, [large, other]) == pytest.approx(12_000, rel=0.002)


def test_what_was_observed_stands_instead_of_the_crowd_and_the_crowd_for_the_others() -> None:
    crowd = np.array([7, 7, 7, -1])
    plain = make_problem([10_000, 4_000, 4_000, 3_000], [100] * 4, crowd=crowd)
    observed = make_problem(
        [10_000, 4_000, 4_000, 3_000], [100] * 4, crowd=crowd, watched_together=[together(1, 3)]
    )

    among = all_of(observed)

    assert reach_of(among, [1, 3]) == pytest.approx(5_000, rel=0.01)
    for picks in ([0, 1], [1, 2], [0, 2]):
        assert reach_of(among, picks) == pytest.approx(reach_of(all_of(plain), picks), rel=0.03)
    assert reach_of(among, [2]) == pytest.approx(4_000)


def test_of_two_who_share_half_only_one_is_taken() -> None:
    pairs = [together(0, 1, shared=950_000)]
    problem = make_problem([10_000, 9_900, 6_000], [100] * 3, watched_together=pairs)

    assert best_plan(problem, Limits(budget_minor=200)).bundles == ((0, 0), (2, 0))


@settings(deadline=None, max_examples=30)
@given(seeds)
def test_one_creator_alone_reaches_as_many_as_without_any_observation(seed: int) -> None:
    plain, observed = all_of(random_problem(seed)), all_of(random_problem(seed, observed=25))

    expected = plain.seen @ plain.population
    assert observed.seen @ observed.population == pytest.approx(expected, rel=1e-6)


@settings(deadline=None, max_examples=30)
@given(seeds, st.permutations(range(40)))
def test_the_order_of_the_creators_does_not_matter(seed: int, order: list[int]) -> None:
    problem = random_problem(seed, observed=25)
    limits = Limits(budget_minor=int(np.median(problem.price)) * 6)

    there = best_plan(problem, limits)
    moved = best_plan(reordered(problem, order), limits)

    assert moved.people == pytest.approx(there.people)
    assert sorted(order[row] for row, _ in moved.bundles) == sorted(row for row, _ in there.bundles)


def test_common_audiences_of_many_come_out_as_they_were_observed() -> None:
    chance = np.random.default_rng(4)
    watches = chance.random((30, 2_000)) < chance.beta(1, 6, (30, 1)) * chance.random(2_000)
    size = watches.sum(axis=1).astype(float)
    shared = (watches.astype(float) @ watches.T).astype(float)

    people, inside = circles(size, shared)

    found = inside @ (inside / people).T
    apart = ~np.eye(30, dtype=bool)
    assert inside.sum(axis=1) == pytest.approx(size)
    assert (inside <= 0.98 * people + 1e-9).all()
    assert found[apart].sum() == pytest.approx(shared[apart].sum(), rel=0.02)
    # Sixty rounds that do not go on in the direction of the one before come as near; twenty do not.
    assert np.abs(found - shared)[apart].sum() < 0.025 * shared[apart].sum()


def test_a_circle_without_people_is_no_cell() -> None:
    among = all_of(random_problem(0, observed=25))

    circles_of, cells = among.mix.shape
    observed = {one for pair in among.together for one in (pair.creator, pair.other)}
    assert 0 < circles_of < len(observed)
    assert (among.population[cells:] > 0).all()
