"""Shares of an audience count by what they rest on, and add up to a share of the target."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.rules import shares

ANY = np.zeros(3, bool)


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

    assert alike.ravel().tolist() == pytest.approx([0, 0.5**0.5, 0, 0.5**0.5, 0, 0, 0, 0, 0])


def test_what_was_counted_two_months_ago_counts_half() -> None:
    counts = np.array([[[8.0, 0.0], [0.0, 0.0], [4.0, 2.0]]])

    assert shares.recent(counts, half_life=2).tolist() == [[10, 1]]


def test_in_target_is_the_product_of_three_sums() -> None:
    found = shares.in_target(
        age=np.array([[0.2, 0.5, 0.3]]),
        gender=np.array([[0.6, 0.4, 0.0]]),
        country=np.array([[0.5, 0.3, 0.2]]),
        wanted_age=np.array([True, True, False]),
        wanted_gender=np.array([True, False, False]),
        wanted_country=np.array([True, False, False]),
        look_alike=np.array([[0.0, 0.5, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 0.0]]),
        spill=0.1,
    )

    assert found.tolist() == pytest.approx([0.7 * 0.6 * (0.5 + 0.1 * 0.5 * 0.3)])


def test_who_asks_for_anybody_gets_everybody() -> None:
    unknown = np.zeros((2, 3), np.float32)

    found = shares.in_target(
        age=unknown,
        gender=unknown,
        country=unknown,
        wanted_age=ANY,
        wanted_gender=ANY,
        wanted_country=ANY,
    )

    assert found.tolist() == [1, 1]


@given(
    st.lists(st.floats(0, 1 / 3), min_size=9, max_size=9),
    st.integers(0, 8),
    st.floats(0, 0.2),
)
def test_more_of_a_wanted_share_never_lowers_the_target_share(
    drawn: list[float], place: int, more: float
) -> None:
    def found(values: list[float]) -> float:
        rows = np.array(values).reshape(3, 1, 3)
        wanted = np.array([True, True, False])
        return float(
            shares.in_target(
                age=rows[0],
                gender=rows[1],
                country=rows[2],
                wanted_age=wanted,
                wanted_gender=wanted,
                wanted_country=wanted,
                look_alike=np.full((3, 3), 0.5),
            )[0]
        )

    richer = [value + more * (place % 3 < 2 and at == place) for at, value in enumerate(drawn)]

    assert found(richer) >= found(drawn)
