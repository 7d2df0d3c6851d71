"""What was foretold beside what came."""

from __future__ import annotations

from math import log

import pytest

from marketplace.matching.rules.calibration import (
    Band,
    bands,
    brier,
    calibration,
    given_bps,
    skill_bps,
)

SAID = [(2_000, False), (2_500, True), (2_900, False), (8_000, True), (10_000, True)]


def test_a_brier_score_is_the_mean_square_of_the_distances() -> None:
    # .04 + .5625 + .0841 + .04 + 0, over five.
    assert brier(SAID) == pytest.approx(0.14532)
    assert brier([(10_000, True), (0, False)]) == 0
    assert brier([(5_000, True), (5_000, False)]) == 0.25
    assert brier([(0, True)]) == 1
    assert brier([]) is None


def test_the_chance_given_to_what_came_is_the_geometric_mean() -> None:
    assert given_bps(log(2)) == 5_000
    assert given_bps(-(log(0.9) + log(0.4)) / 2) == 6_000
    assert (given_bps(0), given_bps(800)) == (10_000, 0)


def test_bands_are_tenths_of_what_was_said_and_none_is_empty() -> None:
    assert bands(SAID) == (
        Band(number=2, count=3, happened=1, said_bps=2_467),
        Band(number=8, count=1, happened=1, said_bps=8_000),
        Band(number=9, count=1, happened=1, said_bps=10_000),
    )
    assert [each.happened_bps for each in bands(SAID)] == [3_333, 10_000, 10_000]
    assert [each.number for each in bands([(999, True), (1_000, True), (0, True)])] == [0, 1]
    assert bands([]) == ()


def test_chance_alone_leaves_a_range_that_many_outcomes_narrow() -> None:
    """Wilson's interval, as tables of it have it."""
    assert Band(5, count=10, happened=5, said_bps=5_000).range_bps == (2_366, 7_634)
    assert Band(5, count=100, happened=50, said_bps=5_000).range_bps == (4_038, 5_962)
    assert Band(0, count=10, happened=0, said_bps=500).range_bps == (0, 2_775)
    assert Band(9, count=10, happened=10, said_bps=9_500).range_bps == (7_225, 10_000)


def test_skill_is_held_against_always_saying_the_base_rate() -> None:
    found = calibration(SAID, base_bps=6_000)
    # .36 + .16 + .36 + .16 + .16, over five.
    assert found.brier_base == pytest.approx(0.24)
    assert skill_bps(found.brier, found.brier_base) == 3_945
    assert found.bands == bands(SAID)
    always = calibration([(6_000, came) for _, came in SAID], base_bps=6_000)
    assert skill_bps(always.brier, always.brier_base) == 0
    wrong = calibration([(0, True), (10_000, False)], base_bps=5_000)
    assert skill_bps(wrong.brier, wrong.brier_base) == -30_000


def test_without_outcomes_or_without_an_error_there_is_no_skill() -> None:
    nothing = calibration([], base_bps=5_000)
    assert (nothing.brier, nothing.brier_base, nothing.bands) == (None, None, ())
    assert skill_bps(nothing.brier, nothing.brier_base) is None
    assert skill_bps(None, 0.25) is None
    sure = calibration([(9_000, True)], base_bps=10_000)
    assert skill_bps(sure.brier, sure.brier_base) is None
