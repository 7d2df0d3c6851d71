"""What creators of one brand have in common, learned for brands that are not seen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from benchmarks.quality.fellows import Fellows, coordinates, learn, scores
from benchmarks.quality.figures import Floats
from benchmarks.quality.likeness import by_shares, by_vectors

TOLD_BY = np.array([3.0, 3.0, 0.0, 0.0, 0.0, 0.0])
"""How far brands are apart; around a brand's place everything is spread by 1."""


def companies(count: int, lot: np.random.Generator) -> tuple[Floats, Floats, np.ndarray]:
    """Return brands, eight creators of each, and who worked with whom."""
    places = lot.normal(size=(count, 6)) * TOLD_BY
    creators = np.repeat(places, 8, axis=0) + lot.normal(size=(count * 8, 6))
    worked = np.repeat(np.eye(count, dtype=bool), 8, axis=1)
    return places + lot.normal(size=(count, 6)), creators, worked


def test_creators_of_brands_never_seen_are_told_by_what_other_brands_taught() -> None:
    lot = np.random.default_rng(0)
    learned = learn(*companies(60, lot))
    brands, creators, worked = companies(20, lot)

    found = learned.likelier(brands, creators)

    plain = brands @ creators.T - (creators**2).sum(axis=1) / 2
    assert np.median(found[worked]) > 0.3 > 0 > np.median(found[~worked])
    assert best_are_theirs(found, worked) > best_are_theirs(plain, worked) + 0.05


def best_are_theirs(found: Floats, worked: np.ndarray) -> float:
    best = np.argsort(-found, axis=1)[:, :8]
    return float(np.take_along_axis(worked, best, axis=1).mean())


def test_likelier_is_the_logarithm_of_two_densities() -> None:
    learned = Fellows(np.eye(2), np.array([2.0, 0.5]))
    lot = np.random.default_rng(1)
    first, second = lot.normal(size=(3, 2)), lot.normal(size=(4, 2))

    def by_hand(one: Floats, two: Floats) -> float:
        return sum(
            multivariate_normal(cov=[[s + 1, s], [s, s + 1]]).logpdf([x, y])
            - multivariate_normal(cov=[[s + 1]]).logpdf(x)
            - multivariate_normal(cov=[[s + 1]]).logpdf(y)
            for x, y, s in zip(one, two, (2.0, 0.5), strict=True)
        )

    found = learned.likelier(first, second)

    assert found == pytest.approx(np.array([[by_hand(x, y) for y in second] for x in first]))
    assert learned.likelier(second, first) == pytest.approx(found.T)


def test_what_fellows_differ_in_says_nothing() -> None:
    lot = np.random.default_rng(2)

    learned = learn(*companies(400, lot))

    assert learned.spread[-2:] == pytest.approx([9, 9], rel=0.3)
    assert (learned.spread[:-2] < 0.3).all()


def test_without_outcomes_or_with_one_brand_the_order_stays() -> None:
    lot = np.random.default_rng(3)
    brands, creators, worked = companies(4, lot)
    known = lot.normal(size=(4, 32))
    one = worked & (np.arange(4) == 0)[:, None]

    for taught in (np.zeros_like(worked), one):
        learned = learn(brands, creators, taught)
        among = learned.likelier(creators, creators)
        found = scores(known, learned.likelier(brands, creators), among)
        assert np.argsort(found, axis=1).tolist() == np.argsort(known, axis=1).tolist()


def test_a_creator_whose_fellows_suit_the_brand_stands_higher() -> None:
    known = np.array([[2.0, 0.0, 0.0, -2.0]])
    among = np.zeros((4, 4))
    among[0, 1] = among[1, 0] = 20.0
    among[2, 3] = among[3, 2] = 20.0

    found = scores(known, np.zeros((1, 4)), among)

    assert found[0, 0] > found[0, 1] > found[0, 2] > found[0, 3]


def test_a_creator_who_is_near_to_everybody_stands_lower() -> None:
    known, likely = np.zeros((1, 4)), np.ones((1, 4))
    among = np.zeros((4, 4))
    among[0, :] = among[:, 0] = 3.0

    found = scores(known, likely, among)

    assert found[0, 0] < found[0, 1:].min()


def test_a_single_creator_keeps_the_score() -> None:
    assert scores(np.array([[4.0]]), np.array([[1.0]]), np.zeros((1, 1))).tolist() == [[4.0]]


def test_coordinates_need_no_outcome_and_keep_who_is_alike_near() -> None:
    lot = np.random.default_rng(4)
    kinds = np.eye(4)[np.arange(40) % 4]
    shares = kinds + lot.random((40, 4)) / 4
    vectors = kinds @ lot.normal(size=(4, 6)) + lot.normal(size=(40, 6)) / 4
    described = [by_shares(shares), by_vectors(vectors)]

    brands, creators = coordinates(described, [shares[:8], vectors[:8]])

    near = brands @ creators.T
    assert near.argmax(axis=1).tolist() == list(range(8))
    assert np.linalg.norm(creators, axis=1) == pytest.approx(np.ones(40))
    same = kinds[:8].argmax(axis=1)[:, None] == kinds.argmax(axis=1)[None, :]
    assert near[same].mean() > near[~same].mean() + 0.1


def test_the_order_of_creators_and_brands_does_not_matter() -> None:
    lot = np.random.default_rng(5)
    brands, creators, worked = companies(10, lot)
    rows, columns = lot.permutation(10), lot.permutation(80)

    one = learn(brands, creators, worked)
    other = learn(brands[rows], creators[columns], worked[np.ix_(rows, columns)])

    assert other.likelier(brands, creators) == pytest.approx(one.likelier(brands, creators))
