"""How many different people several creators reach together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.unions import (
    LEAST,
    MOST,
    Learned,
    evenness_by_overlaps,
    how_alike,
    learn,
    union,
)

PEOPLE = np.array([100.0, 100.0])
parts = st.lists(st.floats(0, 0.9), min_size=2, max_size=2)


def test_one_creator_reaches_what_they_reach_whatever_the_evenness() -> None:
    alone = np.array([[0.3, 0.1]])

    assert union(alone, PEOPLE) == pytest.approx(40)
    assert union(alone, PEOPLE, 0.5) == pytest.approx(40)


def test_two_halves_reach_three_quarters_by_chance_and_less_when_the_same_people_watch() -> None:
    halves = np.array([[0.5, 0.0], [0.5, 0.0]])

    assert union(halves, PEOPLE) == pytest.approx(75)
    assert union(halves, PEOPLE, 1) == pytest.approx(100 * (1 - 1 / 3))
    assert union(halves, PEOPLE, MOST) == pytest.approx(75, abs=0.2)


def test_audiences_in_other_segments_add_up() -> None:
    assert union(np.array([[0.5, 0.0], [0.0, 0.5]]), PEOPLE, 1) == pytest.approx(100)


def test_how_alike_is_the_mean_cosine_of_each_two() -> None:
    same, other = [0.2, 0.0], [0.0, 0.4]

    assert how_alike(np.array([same, same]), PEOPLE) == pytest.approx(1)
    assert how_alike(np.array([same, same, other]), PEOPLE) == pytest.approx(1 / 3)
    assert how_alike(np.array([same]), PEOPLE) == 0


def test_observed_overlaps_give_the_evenness_that_has_them() -> None:
    halves = np.array([[0.5, 0.0], [0.5, 0.0]])

    assert evenness_by_overlaps(halves, PEOPLE, 100 / 3) == pytest.approx(1, abs=1e-3)
    assert evenness_by_overlaps(halves, PEOPLE, 10) == MOST
    assert evenness_by_overlaps(halves, PEOPLE, 50) == LEAST


def test_what_was_counted_is_learned() -> None:
    lot = np.random.default_rng(0)
    truth = Learned(1.5, -2.0)
    groups = [lot.uniform(0, 0.5, (count, 2)) * lot.integers(0, 2, 2) for count in [2, 3, 5] * 8]
    groups = [each for each in groups if each.any()]
    counted = [
        (each, union(each, PEOPLE, truth.evenness(how_alike(each, PEOPLE)))) for each in groups
    ]

    found = learn(counted, PEOPLE)

    for each, whole in counted:
        guess = union(each, PEOPLE, found.evenness(how_alike(each, PEOPLE)))
        assert guess == pytest.approx(whole, rel=0.01)


@given(parts, parts, parts, st.floats(0.05, 50))
def test_one_more_never_lowers_the_union_and_adds_the_less_the_more_there_are(
    first: list[float], second: list[float], third: list[float], evenness: float
) -> None:
    def of(*rows: list[float]) -> float:
        return union(np.array(rows), PEOPLE, evenness)

    little, much = of(first, third) - of(first), of(first, second, third) - of(first, second)

    assert little >= much - 1e-6
    assert much >= -1e-6
    assert of(first, second) <= of(first) + of(second) + 1e-6
