"""What other brands' outcomes add to how alike brands and creators are."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.brands import Fold, Pairs, fold_of, fold_within, taught, with_outcomes
from benchmarks.quality.figures import folds
from benchmarks.quality.likeness import by_shares, by_vectors
from benchmarks.quality.outcomes import Learned, Lists, learn, traits

KINDS = np.array([[1.0, 0.0], [0.0, 1.0]])
ASKED = Lists(KINDS, KINDS, np.zeros((2, 2)))


def crosswise(count: int) -> tuple[Lists, np.ndarray]:
    """Return brands and creators of two kinds; each works with those of the other kind."""
    kind = np.arange(count) % 2
    lists = Lists(KINDS[kind], KINDS[kind], np.zeros((count, count)))
    return lists, kind[:, None] != kind[None, :]


def test_who_works_with_whom_is_learned_for_brands_that_were_never_seen() -> None:
    *_, learned = learn(*crosswise(20), [5.0])

    assert learned.scores(ASKED).argmax(axis=1).tolist() == [1, 0]


def test_few_outcomes_and_a_strong_pull_teach_less() -> None:
    def told(count: int, strength: float) -> float:
        *_, learned = learn(*crosswise(count), [strength])
        return float(learned.scores(ASKED)[0] @ [-1, 1])

    assert 0 < told(4, 100.0) < told(40, 100.0) < told(40, 10.0)


def test_creators_that_all_work_with_are_told_from_others() -> None:
    lists, _ = crosswise(20)
    first = np.tile(np.arange(20) % 2 == 0, (20, 1))

    *_, learned = learn(lists, first, [5.0])

    assert learned.alone[0] - learned.alone[1] > 1
    assert learned.scores(ASKED).argmax(axis=1).tolist() == [0, 0]


def test_likeness_is_trusted_as_far_as_it_told_who_worked_with_whom() -> None:
    lot = np.random.default_rng(0)
    alike = lot.normal(size=(40, 40))
    told = Lists(np.zeros((40, 1)), np.zeros((40, 1)), alike)

    *_, true = learn(told, alike > 1.5)
    *_, chance = learn(told, lot.random((40, 40)) < 0.07)

    assert true.trust > 1
    assert chance.trust == pytest.approx(0, abs=0.15)


def test_the_parts_sum_to_the_score_and_are_told_by_hand() -> None:
    learned = Learned(0.5, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 20.0]))
    lists = Lists(np.array([[1.0, 1.0]]), np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([[6.0, 8]]))

    alike, together, alone = learned.parts(lists)

    assert alike.tolist() == [[3, 4]]
    assert together.tolist() == [[4, 5]]
    assert alone.tolist() == [[10, 15]]
    assert learned.scores(lists).tolist() == [[17, 24]]


def test_the_order_of_brands_and_creators_does_not_matter() -> None:
    lot = np.random.default_rng(1)
    lists = Lists(lot.normal(size=(9, 3)), lot.normal(size=(12, 2)), lot.normal(size=(9, 12)))
    worked = lot.random((9, 12)) < 0.3
    rows, columns = lot.permutation(9), lot.permutation(12)
    turned = Lists(lists.brands[rows], lists.creators[columns], lists.alike[np.ix_(rows, columns)])

    *_, one = learn(lists, worked, [5.0])
    *_, other = learn(turned, worked[np.ix_(rows, columns)], [5.0])

    assert other.scores(lists) == pytest.approx(one.scores(lists), abs=1e-3)


def test_brands_without_outcomes_teach_nothing() -> None:
    lists, worked = crosswise(20)
    idle = Lists(
        np.vstack([lists.brands, [[5.0, 5.0]]]),
        lists.creators,
        np.vstack([lists.alike, np.ones((1, 20))]),
    )

    *_, same = learn(idle, np.vstack([worked, np.zeros((1, 20), bool)]), [5.0])
    *_, learned = learn(lists, worked, [5.0])
    (nothing,) = learn(lists, np.zeros_like(worked), [5.0])

    assert same.scores(ASKED).tolist() == learned.scores(ASKED).tolist()
    assert nothing.scores(ASKED).tolist() == ASKED.alike.tolist()


def test_traits_side_by_side_sum_to_the_cosines_in_spreads() -> None:
    lot = np.random.default_rng(2)
    shares, vectors = lot.random((30, 4)), lot.normal(size=(30, 3))
    described = [by_shares(shares), by_vectors(vectors)]

    brands, creators = traits(described, [shares[:5], vectors[:5]])

    apart = [
        one.brands(rows[:5]) @ one.creators.T / one.scale
        for one, rows in zip(described, (shares, vectors), strict=True)
    ]
    assert brands @ creators.T == pytest.approx(apart[0] + apart[1])


def market(worked: np.ndarray) -> Pairs:
    lot = np.random.default_rng(3)
    brands, creators = worked.shape
    return Pairs(
        brand_topics=lot.random((brands, 3)),
        brand_words=lot.normal(size=(brands, 4)),
        topics=lot.random((creators, 3)),
        words=lot.normal(size=(creators, 4)),
        worked=worked,
    )


def test_nothing_of_the_judged_brands_teaches_or_chooses() -> None:
    worked = np.random.default_rng(4).random((24, 60)) < 0.1
    pairs = market(worked)
    fold = fold_of(pairs, np.arange(6))
    other = worked.copy()
    other[np.ix_(fold.brands, fold.shown)] ^= True

    found = with_outcomes(pairs, fold)
    changed = with_outcomes(market(other), fold)

    assert changed.tolist() == found.tolist()
    for held in folds(len(fold.other_brands), 3, seed=0):
        inner = fold_within(pairs, fold, held)
        assert not set(inner.brands) & set(fold.brands)
        assert not set(inner.brands) & set(inner.other_brands)
        assert not set(inner.others) & set(inner.shown)
        assert not (set(inner.others) | set(inner.shown)) & set(fold.shown)


def test_learning_nothing_is_one_of_the_choices() -> None:
    worked = np.random.default_rng(5).random((12, 40)) < 0.1
    pairs = market(worked)
    fold: Fold = fold_of(pairs, np.arange(4))

    found = taught(pairs, fold)

    chosen = with_outcomes(pairs, fold).tolist()
    assert len(found) == 12
    assert chosen in [each.tolist() for each in found]
