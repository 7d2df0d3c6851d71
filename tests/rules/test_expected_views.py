"""What the next video of a creator can be expected to get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching import columns
from marketplace.matching.columns.views import shown_views, views_of
from marketplace.matching.rules.views import expected, unusual_posts, weighted_quantile
from marketplace.matching.rules.wanted import Wanted
from tests.factories.facts import make_facts, make_market


def test_one_viral_hit_moves_little() -> None:
    usual = expected([1_000, 1_100, 900, 1_050, 950])
    hit = expected([1_000, 5_000_000, 900, 1_050, 950])
    greater_hit = expected([1_000, 500_000_000, 900, 1_050, 950])

    assert usual is not None
    assert hit is not None
    assert greater_hit is not None
    assert (usual.median, hit.median, greater_hit.median) == (986, 986, 986)
    assert usual.high < hit.high < greater_hit.high


def test_the_newest_posts_count_most() -> None:
    rising = expected([400, 300, 200, 100])
    falling = expected([100, 200, 300, 400])

    assert rising is not None
    assert falling is not None
    assert (rising.median, falling.median) == (245, 168)


def test_one_post_says_what_it_got_and_how_wrong_that_may_be() -> None:
    found = expected([1_000])

    assert found is not None
    assert (found.median, found.low, found.high, found.posts) == (1_000, 453, 3_352, 1)


def test_equal_weights_give_the_usual_median() -> None:
    assert weighted_quantile([3, 1, 2], [1, 1, 1], 0.5) == 2
    assert weighted_quantile([4, 1, 2, 3], [1, 1, 1, 1], 0.5) == pytest.approx(2.5)


def test_without_a_post_nothing_is_expected() -> None:
    assert expected([]) is None


def test_no_more_than_thirty_posts_are_looked_at() -> None:
    found = expected([*[10] * 30, *[9_999] * 20])

    assert found is not None
    assert (found.median, found.posts) == (10, 30)


def test_too_many_likes_for_the_views_are_not_counted_as_authentic() -> None:
    views = [1_000] * 9 + [3_000]
    likes = [100, 101, 99, 102, 98, 100, 103, 97, 100, 1_500]

    assert list(unusual_posts(views, likes)) == [9]
    assert unusual_posts(views, likes)[9] > 0
    found = expected(views, likes)
    assert found is not None
    assert found.authentic_bps == 7_500


def test_too_many_views_for_the_likes_have_the_other_sign() -> None:
    assert unusual_posts([1_000] * 9 + [90_000], [100] * 10)[9] < 0


def test_three_posts_are_no_ground_for_a_judgement() -> None:
    assert unusual_posts([1_000, 1_000, 90_000], [100, 100, 100]) == {}


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=40))
def test_the_median_is_within_its_interval(views: list[int]) -> None:
    found = expected(views)

    assert found is not None
    assert 0 <= found.low <= found.median <= found.high


def test_videos_of_the_last_days_count_only_where_there_are_no_others() -> None:
    new, old = (90_000, 9, 0, [], 30), (1_000, 9, 1, [], 30)

    assert views_of(make_facts(videos=[new, old])) == expected([1_000], [9])
    assert views_of(make_facts(videos=[new])) == expected([90_000], [9])


def test_the_bounds_that_pages_show_are_those_of_the_rule_by_less_than_a_step() -> None:
    shown = shown_views(make_facts(videos=[(1_000, 0, 1, [], 30)]))
    market = make_market([make_facts(videos=[(1_000, 0, 1, [], 30)])])
    seen = columns.seen_at(market, columns.target_of(Wanted("USD"), market), [0])

    assert shown is not None
    assert (shown.low, shown.median, shown.high) == (459, 1_000, 3_364)
    assert (seen.views_low.tolist(), seen.views_high.tolist()) == ([459], [3_364])


def test_of_whom_no_views_are_known_none_are_shown() -> None:
    assert shown_views(make_facts(videos=[], median_views=None)) is None
