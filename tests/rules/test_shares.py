"""Shares of an audience count by what they rest on, and countries are alike by who watches both."""

from __future__ import annotations

import numpy as np
import pytest

from marketplace.matching.rules import shares


def test_twenty_viewers_do_not_beat_twenty_thousand() -> None:
    claimed = np.array([[0.9, 0.1], [0.6, 0.4]])
    sample = np.array([20, 20_000])
    prior = np.array([0.3, 0.7])

    shrunk = shares.shrink(claimed, sample, prior, weight=60)

    assert shrunk[0].tolist() == pytest.approx([0.45, 0.55])
    assert shrunk[1].tolist() == pytest.approx([12_018 / 20_060, 8_042 / 20_060])
    assert shrunk[1, 0] > shrunk[0, 0]


def test_nobody_asked_gives_the_prior_of_their_own_row() -> None:
    prior = np.array([[0.2, 0.8], [0.5, 0.5]])

    shrunk = shares.shrink(np.zeros((2, 2)), np.array([0, -3]), prior)

    assert shrunk.tolist() == prior.tolist()


def test_the_interval_narrows_with_the_sample_and_stays_within_the_whole() -> None:
    low, high = shares.interval(np.array([0.5, 0.5, 0.0, 1.0]), np.array([0, 100, 10, 10]))

    assert low.tolist() == pytest.approx([0, 0.4364, 0, 0.8589], abs=1e-4)
    assert high.tolist() == pytest.approx([1, 0.5636, 0.1411, 1], abs=1e-4)


def test_countries_watched_by_the_same_audiences_are_look_alikes() -> None:
    profiles = np.array([[0.5, 0.5, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 1.0]])

    alike = shares.look_alikes(profiles)

    assert alike.ravel().tolist() == pytest.approx([0, 0.5, 0, 0.5, 0, 0, 0, 0, 0])
