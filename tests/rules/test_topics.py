"""What creators talk about, and how near it is to a brief."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.rules import topics
from marketplace.matching.rules.topics import NO_TERM, Vocabulary

MARKET = [
    ["trail", "running", "running", "outdoors"],
    ["Running", "#outdoors", "marathon"],
    ["marathon", "running"],
    ["makeup", "skincare"],
    ["makeup", "skincare", "beauty"],
    ["beauty", "makeup", "once"],
]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.fit(MARKET)


def near(asked: list[str], words: list[str], vocabulary: Vocabulary) -> float:
    found = topics.weights(words, vocabulary)
    ids = np.full((1, 8), NO_TERM, np.uint16)
    weights = np.zeros((1, 8), np.float32)
    ids[0, : len(found)] = list(found)
    weights[0, : len(found)] = list(found.values())
    return float(topics.similarity(topics.query(asked, vocabulary), ids, weights)[0])


def test_the_terms_are_those_of_two_creators_most_used_first(vocabulary: Vocabulary) -> None:
    assert vocabulary.terms == ("makeup", "running", "beauty", "marathon", "outdoors", "skincare")
    assert vocabulary.idf[0] < vocabulary.idf[2]


def test_the_order_of_the_creators_does_not_matter(vocabulary: Vocabulary) -> None:
    turned = Vocabulary.fit(MARKET[::-1])

    assert turned.terms == vocabulary.terms
    assert turned.neighbours.tolist() == vocabulary.neighbours.tolist()


def test_terms_of_the_same_creators_are_neighbours(vocabulary: Vocabulary) -> None:
    running = vocabulary.ids["running"]

    names = [vocabulary.terms[near] for near in vocabulary.neighbours[running] if near != NO_TERM]

    assert set(names) == {"outdoors", "marathon"}


def test_the_word_itself_is_nearer_than_its_neighbour_and_that_than_nothing(
    vocabulary: Vocabulary,
) -> None:
    itself = near(["running"], ["running"], vocabulary)
    neighbour = near(["running"], ["marathon"], vocabulary)
    other = near(["running"], ["makeup"], vocabulary)

    assert 1 >= itself > neighbour > other == 0


def test_words_that_nobody_uses_ask_for_nothing(vocabulary: Vocabulary) -> None:
    assert topics.query(["nobody", "says", "this"], vocabulary) == {}
    assert near(["nobody"], ["running"], vocabulary) == 0


def test_a_market_without_words_has_no_terms() -> None:
    empty = Vocabulary.fit([[], ["#"]])

    assert empty.terms == ()
    assert topics.query(["running"], empty) == {}


def test_a_creator_without_terms_is_at_nothing(vocabulary: Vocabulary) -> None:
    assert near(["running"], [], vocabulary) == 0


@given(st.lists(st.sampled_from([word for words in MARKET for word in words]), max_size=8))
def test_nearness_is_between_nothing_and_the_whole(words: list[str]) -> None:
    vocabulary = Vocabulary.fit(MARKET)

    assert 0 <= near(["running", "makeup"], words, vocabulary) <= 1


def test_segments_part_what_is_far_apart_and_are_the_same_every_time() -> None:
    lot = np.random.default_rng(1)
    vectors = np.repeat(np.eye(3), 20, axis=0) + lot.normal(0, 0.05, (60, 3))

    found = topics.segments(vectors, 3)

    assert found.shape == (60, 3)
    assert found.sum(axis=1).tolist() == pytest.approx([1] * 60, abs=1e-5)
    own = found.argmax(axis=1)
    assert [len(set(own[at : at + 20])) for at in (0, 20, 40)] == [1, 1, 1]
    assert len(set(own)) == 3
    assert (topics.segments(vectors, 3) == found).all()


def test_who_is_about_nothing_belongs_to_all_segments_alike() -> None:
    found = topics.segments(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), 2)

    assert found[2].tolist() == [0.5, 0.5]
