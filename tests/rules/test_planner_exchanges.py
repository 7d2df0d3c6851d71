"""Plans mended by exchanges: what is given up unseen would not have helped."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.rules.planner.candidates import Candidates, candidates
from marketplace.matching.rules.planner.exchanges import AT_ONCE, Gap, Gaps
from marketplace.matching.rules.planner.greedy import Room, greedy, largest_first
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.problem import Size
from marketplace.matching.rules.planner.reach import Reached
from tests.factories.planning import random_problem

seeds = st.integers(0, 10_000)
LIMITS = Limits(budget_minor=120_000, most=9, mix={Size.MICRO: (1, 3)})


def market(seed: int, *, bundles: int, limits: Limits = LIMITS) -> Candidates:
    return candidates(random_problem(seed, bundles=bundles, observed=seed % 2 * 20), limits)


def gaps(seed: int, bundles: int) -> list[tuple[float, Gap]]:
    """Every gap of one or two picks in a greedy plan, with the people of the whole plan."""
    limits = Limits(budget_minor=120_000)
    among = market(seed, bundles=bundles, limits=limits)
    plan = greedy(among, limits, power=0.7)
    reached, room = Reached(among, plan), Room(among, limits, plan)
    outs = [out for count in (1, 2) for out in combinations(plan, count)]
    found = Gaps(among, outs)
    return [(reached.people, gap) for gap in iter(lambda: found.next(reached, room), None)]


def begun(seed: int) -> tuple[Candidates, list[int]]:
    """A market and a plan in it that is longer than the gaps that are worked out at once."""
    among = market(seed, bundles=1, limits=Limits(budget_minor=400_000))
    plan = greedy(among, Limits(budget_minor=400_000))
    assert len(plan) > AT_ONCE
    return among, plan


def test_every_gap_comes_once_and_in_the_order_in_which_they_were_named() -> None:
    among, plan = begun(3)
    limits = Limits(budget_minor=400_000)
    reached, room = Reached(among, plan), Room(among, limits, plan)
    found = Gaps(among, [(pick,) for pick in plan])

    assert [found.next(reached, room).out[0] for _ in plan] == plan  # type: ignore[union-attr]
    assert found.next(reached, room) is None


def test_gaps_behind_an_exchange_are_those_of_the_plan_as_it_is_then() -> None:
    among, plan = begun(3)
    limits = Limits(budget_minor=400_000)
    found = Gaps(among, [(pick,) for pick in plan])
    found.next(Reached(among, plan), Room(among, limits, plan))
    rest = [pick for pick in plan if pick != plan[2]]
    reached, room = Reached(among, rest), Room(among, limits, rest)

    later = list(iter(lambda: found.next(reached, room), None))

    assert [gap.out[0] for gap in later] == [plan[1], *plan[3:]]
    alone = Gaps(among, [later[0].out]).next(reached, room)
    assert alone is not None
    assert later[0].fillings(3) == alone.fillings(3)
    assert later[0].filled((1.0, ()))[0].people == alone.filled((1.0, ()))[0].people


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 3))
def test_a_gap_that_is_filled_in_vain_is_filled_better_in_no_way(seed: int, bundles: int) -> None:
    for people, gap in gaps(seed, bundles):
        if gap.is_filled_in_vain():
            filled = [gap.filled(each)[0].people for each in gap.fillings(10)]
            assert max(filled) <= people * (1 + 1e-9)


def test_most_gaps_are_known_to_be_filled_in_vain_and_some_are_not() -> None:
    in_vain = [gap.is_filled_in_vain() for seed in range(8) for _, gap in gaps(seed, 1)]

    assert 0.5 < np.mean(in_vain) < 1


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 3), st.data())
def test_a_room_without_some_is_as_if_they_had_never_been_taken(
    seed: int, bundles: int, data: st.DataObject
) -> None:
    among = market(seed, bundles=bundles)
    plan = greedy(among, LIMITS)
    out = data.draw(st.sets(st.sampled_from(plan)) if plan else st.just(set()))
    rest = [pick for pick in plan if pick not in out]

    room, fresh = Room(among, LIMITS, plan).without(sorted(out)), Room(among, LIMITS, rest)

    assert (room.left, room.picks, room.counts) == (fresh.left, fresh.picks, fresh.counts)
    assert room.price.tolist() == fresh.price.tolist()
    assert room.fitting().tolist() == fresh.fitting().tolist()


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 3), st.permutations(range(12)))
def test_who_is_taken_in_at_once_is_reached_to_the_same_figures(
    seed: int, bundles: int, order: list[int]
) -> None:
    among = market(seed, bundles=bundles, limits=Limits(budget_minor=2**40))
    rows = [among.first[np.flatnonzero(among.owner == owner)[0]] for owner in order]

    at_once, one_by_one = Reached(among, rows), Reached(among)
    for row in rows:
        one_by_one.add(row)

    everybody = np.arange(among.count)
    assert at_once.left.tolist() == one_by_one.left.tolist()
    assert at_once.gains(everybody).tolist() == one_by_one.gains(everybody).tolist()


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(2_000, 100_000))
def test_who_is_too_dear_is_not_bounded_and_all_others_as_ever(seed: int, price: int) -> None:
    among = market(seed, bundles=2, limits=Limits(budget_minor=2**40))
    reached = Reached(among, [3, 8])

    some, everybody = reached.gains_at_most(price), reached.gains_at_most()

    assert some == pytest.approx(np.where(among.price <= price, everybody, 0), rel=1e-6)
    assert (some[among.price > price] == 0).all()


@pytest.mark.parametrize(
    ("count", "places"), [(1, [1]), (2, [1, 3]), (3, [1, 3, 0]), (9, [1, 3, 0, 4])]
)
def test_the_largest_come_first_and_of_equal_ones_the_first(count: int, places: list[int]) -> None:
    assert largest_first(np.array([2.0, 5.0, 0.0, 5.0, 2.0]), count) == places
