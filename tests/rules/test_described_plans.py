"""Plans where interests are read from what creators are about."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.described import by_chance, described, problem, reach_of
from marketplace.matching.columns.layout import SEGMENTS


def two_kinds(people: int, lot: np.random.Generator) -> np.ndarray:
    """Thirty artists of each of two kinds; each kind is heard by a half of the people."""
    heard = np.zeros((60, people), bool)
    heard[:30, : people // 2] = lot.random((30, people // 2)) < 0.5
    heard[30:, people // 2 :] = lot.random((30, people // 2)) < 0.5
    return heard


def test_words_tell_who_of_the_other_people_is_reached() -> None:
    lot = np.random.default_rng(2)
    half = described(two_kinds(80, lot), two_kinds(80, lot))

    share = half.segment / half.segment.sum(axis=1, keepdims=True)
    alike = share @ share.T
    within = (alike[:30, :30].mean() + alike[30:, 30:].mean()) / 2

    assert half.segment.shape == (60, SEGMENTS)
    assert within > 2 * alike[:30, 30:].mean()
    assert half.people.sum() == pytest.approx(80)


def test_who_has_fewer_than_ten_listeners_is_not_judged() -> None:
    lot = np.random.default_rng(2)
    judged = two_kinds(80, lot)
    judged[7] = False
    judged[7, :9] = True

    half = described(two_kinds(80, lot), judged)

    assert len(half.heard) == len(half.segment) == 59


def test_the_market_has_each_artist_at_their_size_and_everybody_once() -> None:
    lot = np.random.default_rng(2)
    half = described(two_kinds(80, lot), two_kinds(80, lot))
    asked = problem(half, np.arange(1, 61))

    assert asked.people[:, 0].tolist() == half.heard.sum(axis=1).tolist()
    assert asked.population.sum() == pytest.approx(80)
    assert reach_of(half, [0, 0]) == half.heard[0].sum()
    assert by_chance(half, [3]) == pytest.approx(half.heard[3].sum())
