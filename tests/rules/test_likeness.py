"""How alike brands and creators are."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.likeness import (
    Described,
    by_shares,
    by_vectors,
    commonness,
    likeness,
    roots,
    standing,
)

RUNNER, COOK, BOTH = [0.9, 0.1, 0.0], [0.0, 0.1, 0.9], [0.5, 0.0, 0.5]


def test_a_brand_is_most_like_the_creator_with_its_topics() -> None:
    creators = by_shares(roots(np.array([RUNNER, COOK, BOTH])))

    found = likeness([creators], [roots(np.array([RUNNER, COOK]))])

    assert found.argmax(axis=1).tolist() == [0, 1]
    assert found.argmin(axis=1).tolist() == [1, 0]


def test_shares_of_any_sum_are_compared_by_their_parts() -> None:
    assert roots(np.array([[9.0, 16.0], [0.0, 0.0]])).tolist() == [[0.6, 0.8], [0, 0]]


def test_what_all_brands_have_in_common_says_nothing() -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 4))
    brands = vectors[:5]
    creators = by_vectors(vectors)

    same = likeness([creators], [brands + np.array([7.0, 0, 0, -3.0])])

    assert same == pytest.approx(likeness([creators], [brands]))


def test_one_strong_likeness_counts_more_than_two_weak_ones() -> None:
    half = [0.5, 0.75**0.5]
    first = Described(np.array([[1.0, 0.0], half]), np.eye(2), 1.0)
    second = Described(np.array([[0.0, 1.0], half]), np.eye(2), 1.0)
    brands = np.array([[1.0, 0.0], [-1.0, 0.0]])

    found = likeness([first, second], [brands, brands])[0]

    assert found[0] - found[1] == pytest.approx(2 * (np.e**0.5 + 1 - 2 * np.e**0.25))


def test_who_is_like_everybody_is_common() -> None:
    crowd = np.random.default_rng(0).normal([5, 0], 0.1, size=(30, 2))
    creators = by_vectors(np.vstack([crowd, [[0.0, 5.0]], [[-5.0, -5.0]]]))

    found = commonness([creators])

    assert found.argsort()[:2].tolist() in ([30, 31], [31, 30])


def test_a_single_creator_is_not_common() -> None:
    assert commonness([by_shares(np.array([[1.0, 0.0]]))]).tolist() == [0]


def test_half_whitened_axes_have_the_root_of_their_spread() -> None:
    lot = np.random.default_rng(0).normal(size=(5_000, 2)) * np.array([16.0, 1.0])
    turned = (lot - lot.mean(axis=0)) @ by_vectors(lot).turn

    assert sorted(turned.std(axis=0)) == pytest.approx([1, 4], rel=0.05)


def test_the_standing_is_the_part_of_creators_who_are_less_alike() -> None:
    assert standing(np.array([[3.0, 1.0, 2.0, 2.0]])).tolist() == [[1, 0, 1 / 3, 1 / 3]]
