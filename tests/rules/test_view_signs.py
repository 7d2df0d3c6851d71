"""How many views of a post its likes, or its comments, do not explain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.authenticity.rules.signs import (
    Count,
    Look,
    is_worth_asking,
    look_at,
    own_comments,
    usual_per_thousand,
)
from marketplace.matching.rules.views import OwnRatio, own_ratio

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
USUAL = OwnRatio(middle=log(0.05), spread=0.2, posts=20)
"""50 likes for 1,000 views."""
LIKE_THE_OTHERS = [(8_000, 400), (12_020, 601), (14_020, 701), (15_040, 752), (15_540, 777)]


def counts(series: list[tuple[int, int]], *, start: datetime = NOON + DAY) -> list[Count]:
    """A reading a day."""
    return [Count(start + age * DAY, views, likes) for age, (views, likes) in enumerate(series)]


def look(series: list[tuple[int, int]], usual: OwnRatio = USUAL) -> Look:
    return look_at(counts(series), usual, begun_at=NOON)


def bought(series: list[tuple[int, int]], views: int, *, on: int) -> list[tuple[int, int]]:
    """The same series with so many views more from a day on, and no likes for them."""
    return [(seen + (views if day >= on else 0), liked) for day, (seen, liked) in enumerate(series)]


def test_a_post_like_the_creators_others_shows_no_sign() -> None:
    assert look(LIKE_THE_OTHERS) == Look(0, ())


def test_views_that_come_in_a_day_without_likes_are_in_question_to_the_view() -> None:
    found = look(bought(LIKE_THE_OTHERS, 20_000, on=3))

    [sign] = found.signs
    assert found.held == 20_000
    assert (sign.since, sign.until) == (NOON + 3 * DAY, NOON + 4 * DAY)
    assert (sign.views, sign.likes, sign.unexplained) == (21_020, 51, 20_000)
    # after 2,000 the day before
    assert sign.times_faster == pytest.approx(10.51)
    # usual are 1,051 likes
    spread = (0.2**2 + 0.45**2 + 1 / 1_051) ** 0.5
    assert sign.spreads == pytest.approx(log(51 / 1_051) / spread)
    assert not sign.is_whole


def test_what_is_in_question_stays_as_it_was_while_the_post_goes_on_as_usual() -> None:
    day_by_day = [look(bought(LIKE_THE_OTHERS, 20_000, on=2)[:days]).held for days in range(1, 6)]

    assert day_by_day == [0, 0, 20_000, 20_000, 20_000]


def test_views_bought_on_two_days_are_in_question_on_both() -> None:
    twice = bought(bought(LIKE_THE_OTHERS, 20_000, on=2), 20_000, on=3)

    found = look(twice)

    assert found.held == 40_000
    assert [sign.unexplained for sign in found.signs] == [20_000, 20_000]


def test_a_post_that_has_hardly_a_like_from_the_first_on_is_in_question_as_a_whole() -> None:
    found = look([(30_010, 300), (40_010, 400)])

    [sign] = found.signs
    assert sign.is_whole
    assert (sign.since, sign.until, sign.views, sign.likes) == (NOON, NOON + 2 * DAY, 40_010, 400)
    # 400 likes are usual for 8,000 views
    assert found.held == 32_010


def test_a_view_is_never_held_twice() -> None:
    found = look(bought(LIKE_THE_OTHERS, 900_000, on=3))

    assert found.held == 900_000
    assert len(found.signs) == 1


@pytest.mark.parametrize(
    "series",
    [
        # a slow day: few views, no matter how few likes
        [(8_000, 400), (12_010, 600), (13_010, 600), (13_100, 600)],
        # slower than the day before, so no burst
        [(8_000, 400), (22_000, 1_100), (30_001, 1_101)],
        # less than a tenth of all views
        [(80_010, 4_000), (80_510, 4_025), (88_010, 4_025)],
        # fewer than a hundred
        [(200, 10), (201, 10), (295, 10)],
        # likes or views that fall
        [(8_000, 400), (12_010, 600), (25_010, 590)],
        [(8_000, 400), (12_010, 600), (11_010, 300)],
        # counts that a platform has rounded
        [(12_000, 600), (13_000, 600), (60_000, 600), (61_000, 600)],
        [],
    ],
)
def test_what_may_be_chance_or_cannot_be_told_is_no_sign(series: list[tuple[int, int]]) -> None:
    assert look(series) == Look(0, ())


def test_a_creator_whose_posts_differ_much_is_given_more_room() -> None:
    burst = bought(LIKE_THE_OTHERS, 20_000, on=3)

    assert look(burst, OwnRatio(log(0.05), 0.8, 20)).held == 0


def test_readings_by_the_hour_make_no_steps_of_an_hour() -> None:
    hour = timedelta(hours=1)
    quiet = [Count(NOON + age * hour, 400 * age + 1, 20 * age) for age in range(1, 48)]
    one_hour = [*quiet, Count(NOON + 48 * hour, 19_999, 940)]

    # 1,198 views came in the hour, 8,399 in the 20 hours with 380 likes, as is usual for 7,600
    assert look_at(one_hour, USUAL, begun_at=NOON).held == 0


def test_a_question_is_asked_again_only_for_a_tenth_more_and_a_hundred_views() -> None:
    assert [is_worth_asking(found, asked=0) for found in (99, 100)] == [False, True]
    assert [is_worth_asking(found, asked=5_000) for found in (5_499, 5_500)] == [False, True]
    assert not is_worth_asking(4_000, asked=5_000)


def test_the_usual_likes_are_told_for_a_thousand_views_with_what_holds_four_of_five() -> None:
    assert usual_per_thousand(USUAL) == pytest.approx((50.0, 38.71, 64.59), abs=0.01)


days = some.lists(some.integers(1, 40_000), min_size=2, max_size=10)


@given(
    days=days, ratios=some.lists(some.floats(0.04, 0.07), min_size=8, max_size=30), per=some.data()
)
def test_a_post_that_goes_like_the_creators_others_is_never_held(
    days: list[int], ratios: list[float], per: some.DataObject
) -> None:
    """However its views come: as long as its likes come as on the other posts."""
    usual = own_ratio([100_000] * len(ratios), [round(100_000 * ratio) for ratio in ratios])
    assert usual is not None
    series, views, likes = [], 0, 0
    for day in days:
        ratio = per.draw(some.sampled_from(ratios))
        views += day
        likes += round(day * ratio)
        series.append((views, likes))

    assert look(series, usual) == Look(0, ())


@given(
    organic=days,
    on=some.integers(0, 9),
    amounts=some.tuples(some.integers(0, 10**6), some.integers(0, 10**6)),
)
def test_more_bought_views_are_never_fewer_held(
    organic: list[int], on: int, amounts: tuple[int, int]
) -> None:
    less, more = sorted(amounts)
    series, views = [], 0
    for day in organic:
        views += day
        series.append((views * 2 + 1, views // 10))  # odd, so never rounded

    fewer, many = (look(bought(series, 2 * each, on=on)).held for each in (less, more))

    assert fewer <= many


TALKED_ABOUT = OwnRatio(middle=log(0.002), spread=0.4, posts=20)
"""2 comments for 1,000 views."""


def look_with(
    comments: list[int | None],
    *,
    more: int = 20_000,
    usual: OwnRatio | None = TALKED_ABOUT,
    rounded_to: int = 1,
) -> Look:
    """A post whose fourth day brought so many views more, with the likes that are usual for them.

    comments: by the day.
    """
    series = [
        (seen + (more if day >= 3 else 0), liked + (more // 20 if day >= 3 else 0))
        for day, (seen, liked) in enumerate(LIKE_THE_OTHERS)
    ]
    counted = [
        replace(count, comments=said if said is None else said * rounded_to)
        for count, said in zip(counts(series), comments, strict=True)
    ]
    return look_at(counted, USUAL, begun_at=NOON, comments=usual)


def test_views_with_bought_likes_are_in_question_where_nobody_talks_about_them() -> None:
    found = look_with([16, 24, 29, 31, 32])

    [sign] = found.signs
    assert (sign.since, sign.until) == (NOON + 3 * DAY, NOON + 4 * DAY)
    assert (sign.views, sign.likes, sign.comments) == (21_020, 1_051, 2)
    assert (found.held, sign.unexplained) == (20_020, 20_020)
    spread = (0.4**2 + 0.45**2 + 1 / 42.04) ** 0.5
    assert sign.spreads == pytest.approx(log(2 / 42.04) / spread)
    assert not sign.is_whole


@pytest.mark.parametrize(
    "comments",
    [
        pytest.param([16, 24, 28, 70, 71], id="talked about as usual"),
        pytest.param([0, 0, 0, 0, 0], id="nobody could comment before either"),
        pytest.param([2, 3, 3, 3, 3], id="hardly talked about before either"),
        pytest.param([16, 24, 28, 27, 27], id="comments were taken away"),
        pytest.param([16, 24, None, 30, 31], id="the platform does not always tell"),
    ],
)
def test_few_comments_are_no_sign(comments: list[int | None]) -> None:
    assert look_with(comments) == Look(0, ())


def test_without_what_is_usual_or_with_rounded_counts_comments_say_nothing() -> None:
    assert look_with([16, 24, 28, 30, 31], usual=None) == Look(0, ())
    often = replace(TALKED_ABOUT, middle=log(0.9))
    assert look_with([80, 110, 128, 130, 132], usual=often, rounded_to=100) == Look(0, ())


def test_of_views_that_lack_both_those_are_in_question_that_leave_most() -> None:
    series = counts(bought(LIKE_THE_OTHERS, 20_000, on=3))
    said = (16, 24, 28, 28, 29)
    told = [replace(each, comments=of_it) for each, of_it in zip(series, said, strict=True)]

    found = look_at(told, USUAL, begun_at=NOON, comments=TALKED_ABOUT)

    assert [(sign.comments, sign.unexplained) for sign in found.signs] == [(0, 21_020)]


def test_the_usual_comments_count_posts_without_any_as_if_they_had_one() -> None:
    many = own_comments([10_000] * 8, [20] * 8)
    few = own_comments([10_000] * 8, [0] * 6 + [20] * 2)

    assert many is not None
    assert few is not None
    assert (many.middle, few.middle) == (pytest.approx(log(0.002)), pytest.approx(log(0.0001)))
    assert many.spread == pytest.approx(0.47 * 5 / 13)
    assert own_comments([10_000] * 7, [20] * 7) is None
