"""How many times as much something is, as readers write and say it."""

from __future__ import annotations

import pytest

from marketplace.matching.rules.labels import percent
from marketplace.web.fits import factor, times, times_words


@pytest.mark.parametrize(
    ("hundredths", "said"),
    [
        (0, "under ×0.01"),
        (1, "×0.01"),
        (60, "×0.6"),
        (180, "×1.8"),
        (1_000, "×10"),
        (15_210.4, "×152"),
        (123_456, "×1,234"),
    ],
)
def test_a_multiple_is_told_without_powers_of_ten(hundredths: float, said: str) -> None:
    assert times(hundredths) == said


@pytest.mark.parametrize(
    ("hundredths", "said"),
    [
        (0, "less than 1\xa0% of"),
        (0.99, "less than 1\xa0% of"),
        (1, "1\xa0% of"),
        (50, "half"),
        (60.4, "60\xa0% of"),
        (94.9, "95\xa0% of"),
        (99.7, "about"),
        (100, "about"),
        (104, "about"),
        (140, "1.4 times"),
        (200, "twice"),
        (337, "3.4 times"),
        (1_000, "10 times"),
        (1_001, "more than 10 times"),
        (10_001, "more than 100 times"),
        (1e9, "more than 100 times"),
    ],
)
def test_a_multiple_is_said_as_people_say_it(hundredths: float, said: str) -> None:
    assert times_words(hundredths) == said


@pytest.mark.parametrize(
    ("hundred_millionths", "said"),
    [
        (100_000_000, "1"),
        (96_248_000, "0.96248"),
        (10_000_000, "0.1"),
        (3_800, "0.000038"),
        (1, "0.00000001"),
        (0, "0"),
    ],
)
def test_what_a_part_multiplies_by_is_told_exactly(hundred_millionths: int, said: str) -> None:
    assert factor(hundred_millionths) == said


@pytest.mark.parametrize(
    ("bps", "said"),
    [
        (10_000, "100\xa0%"),
        (3_750, "37.5\xa0%"),
        (0.38, "0.0038\xa0%"),
        (0.0073, "0.000073\xa0%"),
        (0, "0\xa0%"),
    ],
)
def test_the_smallest_share_is_told_without_powers_of_ten(bps: float, said: str) -> None:
    assert percent(bps) == said
