"""What a plan of channels reaches, where only overlaps of two are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.channels import beyond, market_of, most_possible, union_bounds, within
from benchmarks.quality.pairs import Channels

people = st.sets(st.integers(0, 30), min_size=1)


def of_sets(sets: list[set[int]]) -> tuple[np.ndarray, np.ndarray]:
    sizes = np.array([float(len(each)) for each in sets])
    common = np.array([[float(len(one & other)) for other in sets] for one in sets])
    np.fill_diagonal(common, 0)
    return sizes, common


@given(st.lists(people, min_size=1, max_size=7), st.floats(0, 1), st.floats(0, 10))
def test_the_union_is_within_the_bounds_however_little_is_known(
    sets: list[set[int]], known: float, more: float
) -> None:
    sizes, common = of_sets(sets)

    fewest, most = union_bounds(sizes, common * known, common + more * (1 - np.eye(len(sets))))

    assert fewest - 1e-9 <= len(set().union(*sets)) <= most + 1e-9


def test_two_whose_overlap_is_known_leave_no_doubt() -> None:
    sizes, common = of_sets([{1, 2, 3}, {3, 4}])

    assert union_bounds(sizes, common, common) == pytest.approx((4, 4))


def test_three_of_the_same_people_are_told_from_three_who_meet_in_pairs() -> None:
    same = of_sets([{1, 2, 3}] * 3)

    assert union_bounds(*same, same[1]) == pytest.approx((3, 3))
    assert union_bounds(np.full(3, 2.0), *[1.0 - np.eye(3)] * 2) == pytest.approx((3, 4))


def test_a_guess_is_off_by_what_it_leaves_the_bounds() -> None:
    assert beyond(100, 90, 110) == 0
    assert beyond(121, 90, 110) == pytest.approx(0.1)
    assert beyond(81, 90, 110) == pytest.approx(0.1)


CHANNELS = Channels(
    np.array([100.0, 80.0, 60.0, 50.0, 40.0, 30.0]),
    np.array([[0, 1], [1, 2], [3, 4]]),
    np.array([70.0, 20.0, 10.0]),
)


def test_the_most_possible_is_that_of_the_best_of_all_plans() -> None:
    price = np.array([10, 8, 7, 6, 5, 4])

    # All of 22: the first, the third and the fifth, who share nothing that was published.
    assert most_possible(CHANNELS, price, 22) == pytest.approx(200, rel=1e-3)


def test_pairs_that_were_not_published_share_at_most_what_would_have_been() -> None:
    market = market_of(CHANNELS, np.full((6, 6), 5.0))

    assert within(market, [0, 1]) == pytest.approx((110, 110))
    assert within(market, [0, 3]) == pytest.approx((145, 150))
    assert market.known[0, 1] + market.known[1, 2] + market.known[3, 4] < 100
    assert market.common[0, 1] == market.common[1, 0] == 70
