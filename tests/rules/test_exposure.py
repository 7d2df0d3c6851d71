"""How attention is shared over a market."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.rules.exposure import (
    FRESH_EVERY,
    FRESH_POOL,
    Placing,
    Spread,
    attention_bps,
    cost_bps,
    drawn,
    fair_order,
    is_fresh,
    learned_every,
    spread_of,
)

IDS = [number.to_bytes(16) for number in range(200)]


@pytest.mark.parametrize(
    ("lists", "bps"), [(0, 10_000), (1, 8_187), (3, 5_488), (20, 183), (99, 183), (-1, 10_000)]
)
def test_each_list_of_the_week_takes_a_fifth(lists: int, bps: int) -> None:
    assert attention_bps(lists) == bps


def test_somebody_nearly_as_good_comes_up_beside_somebody_shown_often() -> None:
    assert fair_order([100, 90, 10], [1, 0, 0], []) == [
        Placing(1, False),
        Placing(0, False),
        Placing(2, False),
    ]
    assert fair_order([100, 80, 10], [1, 0, 0], [])[0].at == 0


def test_the_last_of_every_ten_places_goes_to_the_fresh() -> None:
    found = fair_order(list(range(30, 0, -1)), [0] * 30, [29, 28, 3])

    assert [place.at for place in found[:10]] == [*range(9), 29]
    assert [number for number, place in enumerate(found, start=1) if place.is_fresh] == [10, 20]
    assert found[19].at == 28
    assert sorted(place.at for place in found) == list(range(30))


def test_other_numbers_of_places_than_ten_work_alike() -> None:
    found = fair_order(list(range(30, 0, -1)), [0] * 30, [29, 28, 27, 26], every=5)

    assert [number for number, place in enumerate(found, start=1) if place.is_fresh] == [
        5, 10, 15, 20,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fresh", "others", "every"),
    [
        pytest.param((0, 0), (0, 0), 10, id="nobody was shown"),
        pytest.param((900, 0), (9_000, 0), 10, id="nobody was chosen"),
        pytest.param((100_000, 1_000), (900_000, 9_000), 10, id="as often as the others"),
        pytest.param((100_000, 2_000), (900_000, 9_000), 5, id="twice as often"),
        pytest.param((100_000, 50_000), (900_000, 9_000), 5, id="never more than one in five"),
        pytest.param((100_000, 500), (900_000, 9_000), 20, id="half as often"),
        pytest.param((100_000, 0), (900_000, 9_000), 20, id="never less than one in twenty"),
        pytest.param((10, 1), (90, 3), 8, id="few move it little"),
    ],
)
def test_how_many_places_the_hardly_seen_get_is_learned_from_who_is_chosen(
    fresh: tuple[int, int], others: tuple[int, int], every: int
) -> None:
    assert learned_every(fresh=fresh, others=others) == every


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.integers(0, 1_000), st.integers(0, 1_000))
def test_more_chosen_of_the_hardly_seen_never_gives_them_fewer_places(
    shown: int, chosen: int, shown_else: int, chosen_else: int
) -> None:
    fresh, others = (shown + chosen, chosen), (shown_else + chosen_else, chosen_else)
    more = (shown + chosen + 1, chosen + 1)

    assert learned_every(fresh=more, others=others) <= learned_every(fresh=fresh, others=others)


def test_the_first_places_are_the_same_when_only_they_are_asked_for() -> None:
    orders, lists = list(range(30, 0, -1)), [0, 3, 0] * 10
    whole = fair_order(orders, lists, [29, 28])
    assert [fair_order(orders, lists, [29, 28], most=n) for n in (0, 11, 99)] == [
        [],
        whole[:11],
        whole,
    ]


def test_whoever_came_by_fit_does_not_come_again_as_fresh() -> None:
    found = fair_order(list(range(12, 0, -1)), [0] * 12, [0, 1, 11])
    assert found[9] == Placing(11, True)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 30)), max_size=60),
    st.lists(st.integers(0, 59), max_size=10, unique=True),
)
def test_everybody_has_one_place_and_the_fresh_have_at_most_one_in_ten(
    creators: list[tuple[int, int]], fresh: list[int]
) -> None:
    creators.sort(reverse=True)
    orders, lists = [each[0] for each in creators], [each[1] for each in creators]
    found = fair_order(orders, lists, [at for at in fresh if at < len(orders)])

    assert sorted(place.at for place in found) == list(range(len(orders)))
    assert sum(place.is_fresh for place in found) <= len(orders) // FRESH_EVERY
    by_rule = [
        (orders[place.at] * attention_bps(lists[place.at]), -place.at)
        for place in found
        if not place.is_fresh
    ]
    assert by_rule == sorted(by_rule, reverse=True)


def test_a_lot_is_the_same_while_a_list_is_read_and_another_next_week() -> None:
    first = drawn(IDS, lot="campaign 2026-W48")
    assert first == drawn(IDS, lot="campaign 2026-W48")
    assert first != drawn(IDS, lot="campaign 2026-W49")
    assert sorted(first) == [*range(FRESH_POOL)]
    assert sorted(drawn(IDS[:3], lot="x")) == [0, 1, 2]


def test_over_many_weeks_the_lot_gives_everybody_in_the_pool_a_turn() -> None:
    turns = {drawn(IDS, lot=f"campaign {week}")[0] for week in range(500)}
    assert len(turns) > 0.9 * FRESH_POOL


def test_who_was_in_two_lists_is_still_fresh_and_in_three_no_more() -> None:
    assert [is_fresh(lists) for lists in (0, 2, 3)] == [True, True, False]


def test_even_impressions_have_no_gini_and_a_straight_curve() -> None:
    even = spread_of([5] * 100, creators=100)
    assert (even.gini_bps, even.top_bps, even.unseen_bps, even.impressions) == (0, 100, 0, 500)
    for creators in (1, 30, 100, 133):
        assert spread_of([5] * creators, creators=creators).curve == tuple(range(0, 10_001, 500))


def test_when_one_has_everything_the_curve_is_flat_to_the_end() -> None:
    one = spread_of([7], creators=100)
    assert (one.gini_bps, one.top_bps, one.unseen_bps) == (9_900, 10_000, 9_900)
    assert one.curve == (*[0] * 20, 10_000)


def test_a_known_spread() -> None:
    """Sorted 0, 0, 1, 3: 2 × (3×1 + 4×3) / (4 × 4) - 5/4 = 0.625."""
    assert spread_of([3, 1], creators=4).gini_bps == 6_250


def test_the_curve_goes_straight_within_the_part_of_one_creator() -> None:
    """Of three, the least shown half are the first and half of the second: 1 + 3/2 of 10."""
    assert spread_of([6, 1, 3], creators=3).curve[10] == 2_500


def test_a_market_that_nobody_has_looked_at() -> None:
    none = spread_of([], creators=3)
    assert (none.gini_bps, none.top_bps, none.unseen_bps) == (0, 0, 10_000)
    assert spread_of([], creators=0).unseen_bps == 0


@given(st.lists(st.integers(1, 1000), max_size=50), st.integers(0, 50))
def test_a_curve_rises_and_stays_below_the_even_one(counts: list[int], unseen: int) -> None:
    found = spread_of(counts, creators=len(counts) + unseen)
    assert list(found.curve) == sorted(found.curve)
    assert found.curve[-1] == 10_000
    assert all(share <= 500 * step for step, share in enumerate(found.curve))
    assert 0 <= found.gini_bps < 10_000


def test_what_the_rule_costs_is_the_fit_lost_in_the_first_places() -> None:
    placings = [Placing(1, False), Placing(3, True), Placing(0, False)]
    assert cost_bps([100, 80, 60, 20], placings, first=2) == 4_444
    assert cost_bps([100, 80], [Placing(0, False), Placing(1, False)], first=2) == 0
    assert cost_bps([], [], first=10) == 0


def week_of_lists(*, is_fair: bool) -> tuple[Spread, float]:
    """Sixty campaigns look at three hundred creators, of whom a few fit nearly everything best.

    Returns how even the first ten places are spread, and the mean fit on a page.
    """
    lot = Random(7)
    quality = [lot.lognormvariate(0, 0.5) for _ in range(300)]
    lists: Counter[int] = Counter()
    shown: Counter[int] = Counter()
    total = 0
    for campaign in range(60):
        fits = {one: round(1_000 * each * lot.uniform(0.6, 1)) for one, each in enumerate(quality)}
        best = sorted(fits, key=lambda one: -fits[one])[:200]
        if is_fair:
            fresh = [place for place, one in enumerate(best) if lists[one] <= 2]
            turns = drawn([IDS[place] for place in fresh], lot=str(campaign))
            order = fair_order(
                [fits[one] for one in best],
                [lists[one] for one in best],
                [fresh[turn] for turn in turns],
                most=10,
            )
            page = [best[place.at] for place in order]
        else:
            page = best[:10]
        lists.update(page)
        shown.update(page)
        total += sum(fits[one] for one in page)
    return spread_of(shown.values(), creators=300), total / 600


def test_the_top_hundredth_does_not_take_the_lists_and_what_that_costs() -> None:
    """The worst week: everybody is after the same few, who could not take that much work."""
    alone, fit = week_of_lists(is_fair=False)
    shared, fit_shared = week_of_lists(is_fair=True)

    assert (alone.top_bps, alone.gini_bps, alone.unseen_bps) == (2_800, 9_564, 9_366)
    assert (shared.top_bps, shared.gini_bps, shared.unseen_bps) == (416, 5_446, 3_333)
    assert round(100 * fit_shared / fit) == 61
