"""Growth and remaining life of a trend, and whether a brief catches it."""

from __future__ import annotations

from datetime import date
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.trends.rules.growth import (
    FITTED,
    LIFE_MOST,
    WINDOW,
    Phase,
    estimate,
)
from marketplace.trends.rules.timing import Catch, live_between, timing_of

DAY = date(2026, 11, 2)


def course(start: float, daily: float, days: int = WINDOW) -> list[int]:
    """Posts a day that grow or fall by a factor each day."""
    return [round(start * daily**day) for day in range(days)]


def test_a_trend_that_falls_by_a_tenth_a_day_is_measured_and_its_end_told() -> None:
    counts = [2_000] * 14 + course(2_000, 0.9, 14)
    told = estimate(counts)

    assert told.phase is Phase.FADING
    assert told.growth_bps == pytest.approx(-1_000, abs=5)
    # By hand: from the weighted pace down to a tenth of the best week, by ln(1/0.9) a day.
    weights = [0.5 ** ((FITTED - 1 - day) / 4) for day in range(FITTED)]
    recent = counts[-FITTED:]
    mean = sum(w * c for w, c in zip(weights, recent, strict=True)) / sum(weights)
    age = sum(w * (FITTED - 1 - day) for day, w in enumerate(weights)) / sum(weights)
    pace = mean * 0.9**age
    floor = sum(counts[:7]) / 7 / 10
    assert told.days_left == int(log(pace / floor) / log(1 / 0.9)) == 9
    assert told.days_low <= told.days_left
    assert told.days_high is not None
    assert told.days_high >= told.days_left


@pytest.mark.parametrize(("daily", "phase"), [(1.2, Phase.RISING), (1.03, Phase.RISING)])
def test_what_rises_has_a_least_life_and_no_end(daily: float, phase: Phase) -> None:
    told = estimate(course(20, daily))

    assert (told.phase, told.days_left, told.days_high) == (phase, None, None)
    assert told.growth_bps == pytest.approx((daily - 1) * 10_000, abs=60)
    assert told.days_low > 0


def test_no_number_that_stays_the_same_rises_or_fades() -> None:
    """Sums of fractions are rounded: a slope of a billionth of a billionth is none."""
    told = [estimate([count] * WINDOW) for count in range(1, 200)]

    assert {(each.phase, each.growth_bps, each.days_left) for each in told} == {
        (Phase.STEADY, 0, None)
    }


def test_the_same_number_every_day_is_steady_for_as_long_as_we_tell() -> None:
    told = estimate([12] * WINDOW)

    assert (told.phase, told.growth_bps, told.pace_milli) == (Phase.STEADY, 0, 12_000)
    assert (told.days_left, told.days_low, told.days_high) == (None, LIFE_MOST, None)


def test_up_and_down_is_steady_with_a_wide_range() -> None:
    told = estimate([2, 22] * (WINDOW // 2))

    assert told.phase is Phase.STEADY
    assert told.growth_low_bps < 0 < told.growth_high_bps
    assert told.days_low < LIFE_MOST


@pytest.mark.parametrize(
    "counts",
    [[0] * WINDOW, [0] * (WINDOW - 1) + [1], course(4_000, 0.7), [100] * 7 + [1] * 21],
)
def test_what_is_hardly_posted_any_more_is_over(counts: list[int]) -> None:
    told = estimate(counts)

    assert (told.phase, told.days_left, told.days_low, told.days_high) == (Phase.OVER, 0, 0, 0)


@given(st.lists(st.integers(0, 500), min_size=WINDOW, max_size=WINDOW))
def test_every_course_has_one_phase_and_its_ranges_in_order(counts: list[int]) -> None:
    told = estimate(counts)

    assert told.growth_low_bps <= told.growth_bps <= told.growth_high_bps
    assert 0 <= told.days_low <= LIFE_MOST
    if told.days_left is not None:
        assert told.days_low <= told.days_left <= (told.days_high or 0)
    assert told == estimate(counts)


@pytest.mark.parametrize("daily", [0.97, 0.93, 0.88])
def test_the_end_that_is_told_is_close_to_the_real_one(daily: float) -> None:
    """A known decay, told two weeks after its best day: the floor is met within two days."""
    counts = [900] * 14 + course(900, daily, 14)
    told = estimate(counts)
    today = 900 * daily**13
    real = log(today / (900 * 0.1)) / -log(daily)

    assert told.phase is Phase.FADING
    assert told.days_left is not None
    assert abs(told.days_left - min(real, LIFE_MOST)) <= 2
    assert exp(log(1 + told.growth_bps / 10_000)) == pytest.approx(daily, abs=0.002)


@pytest.mark.parametrize("counts", [[], [1] * 27, [1] * 29, [-1] + [1] * 27])
def test_what_are_no_counts_of_four_weeks_is_refused(counts: list[int]) -> None:
    with pytest.raises(ValueError, match="28 counts"):
        estimate(counts)


@pytest.mark.parametrize(
    ("rounds", "soonest", "latest"),
    [(0, date(2026, 11, 9), date(2026, 11, 27)), (2, date(2026, 11, 9), date(2026, 12, 13))],
)
def test_a_post_is_live_between_two_days_by_the_products_clocks(
    rounds: int, soonest: date, latest: date
) -> None:
    assert live_between(begins=DAY, rounds=rounds) == (soonest, latest)


@pytest.mark.parametrize(
    ("left", "low", "catch"),
    [
        (15, 10, Catch.MISSED),
        (16, 10, Catch.TIGHT),
        (30, 24, Catch.TIGHT),
        (30, 25, Catch.IN_TIME),
        (None, 25, Catch.IN_TIME),
        (None, 2, Catch.TIGHT),
        (0, 0, Catch.MISSED),
    ],
)
def test_a_brief_without_rounds_catches_a_trend_or_misses_it(
    left: int | None, low: int, catch: Catch
) -> None:
    told = timing_of(
        between=live_between(begins=DAY, rounds=0), measured_on=DAY, days_left=left, days_low=low
    )

    assert told.catch is catch
    assert told.likely == date(2026, 11, 18)
    assert (told.soonest, told.latest) == live_between(begins=DAY, rounds=0)


def test_more_rounds_never_catch_what_fewer_miss() -> None:
    order = [Catch.IN_TIME, Catch.TIGHT, Catch.MISSED]
    found = [
        order.index(
            timing_of(
                between=live_between(begins=DAY, rounds=rounds),
                measured_on=DAY,
                days_left=40,
                days_low=35,
            ).catch
        )
        for rounds in range(6)
    ]

    assert found == sorted(found)
    assert found[0] == 0
    assert found[-1] == 1
