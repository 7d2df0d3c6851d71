"""What the next video of a creator can be expected to get."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.rules.views import expected, unusual_posts


def test_one_viral_hit_moves_nothing() -> None:
    usual = expected([1_000, 1_100, 900, 1_050, 950])
    hit = expected([1_000, 5_000_000, 900, 1_050, 950])

    assert usual is not None
    assert hit is not None
    assert (usual.median, hit.median) == (1_000, 1_000)
    assert hit.high > usual.high


def test_without_a_post_nothing_is_expected() -> None:
    assert expected([]) is None


def test_the_newest_five_posts_count() -> None:
    found = expected([10, 10, 10, 10, 10, *[9_999] * 20])

    assert found is not None
    assert (found.median, found.posts) == (10, 25)


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
