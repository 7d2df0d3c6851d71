"""What creators talk about, and how near it is to a brief."""

from __future__ import annotations

from typing import Any

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
    ["beauty", "makeup", "once", "fyp"],
    ["#FYP"],
]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.fit(MARKET)


def columns(words: list[str], vocabulary: Vocabulary) -> tuple[Any, Any]:
    """One creator as the market's store keeps them: a few terms, weights in levels."""
    found = list(topics.weights(words, vocabulary).items())[:8]
    ids = np.full((1, 8), NO_TERM, np.uint16)
    weights = np.zeros((1, 8))
    ids[0, : len(found)] = [term for term, _ in found]
    weights[0, : len(found)] = [weight for _, weight in found]
    return ids, topics.in_levels(weights)


def near(asked: list[str], words: list[str], vocabulary: Vocabulary) -> float:
    found = topics.similarity(topics.query(asked, vocabulary).table(), *columns(words, vocabulary))
    return float(found[0])


def test_the_terms_are_all_that_say_something_most_used_first(vocabulary: Vocabulary) -> None:
    assert vocabulary.terms == (
        "makeup", "running", "beauty", "marathon", "outdoors", "skincare", "once", "trail"
    )  # fmt: skip
    assert vocabulary.used_by.tolist() == [3, 3, 2, 2, 2, 2, 1, 1]


def test_newer_posts_count_more_and_a_word_counts_once_a_post() -> None:
    uses = topics.recent_uses([["run", "#Run", "gym"], *[["gym"]] * 7, ["run"]])

    assert uses["run"] == 1.5
    assert uses["gym"] == pytest.approx(sum(0.5 ** (place / 8) for place in range(8)))


def test_weights_are_uses_and_those_that_others_use_are_kept_first(vocabulary: Vocabulary) -> None:
    uses = {"makeup": 6.0, "skincare": 6.0, "beauty": 3.0, "unheard": 9.0, "Beauty!": 1.0}

    named = [
        (vocabulary.terms[term], weight)
        for term, weight in topics.weights(uses, vocabulary).items()
    ]

    assert named == [("makeup", 0.5), ("skincare", 0.5), ("beauty", pytest.approx(1 / 3))]


def test_what_few_others_use_is_kept_behind_what_many_do() -> None:
    many = Vocabulary.fit([*[["gym"]] * 60, *[["aerial", "gym"]] * 15, ["mine", "aerial", "gym"]])
    uses = {"gym": 1.0, "aerial": 2.0, "mine": 12.0}

    kept = [many.terms[term] for term in topics.weights(uses, many)]

    # 2 × 16 / 46, 1 × 76 / 106, 12 × 1 / 31
    assert kept == ["gym", "aerial", "mine"]


def test_uses_are_kept_in_fifteen_levels_two_in_a_byte() -> None:
    weights = np.array([[0, 0.05 / 12, 0.1 / 12, 1 / 12], [1, 2 / 12, 6 / 12, 20 / 12]])

    kept = topics.in_levels(weights)

    assert kept.tolist() == [[0x10, 0x81], [0xAF, 0xFD]]
    assert topics.uses_in(kept, np.array([0, 1, 2, 3, 4, 5, 6])).tolist() == pytest.approx(
        [0, 0.1, 0.1, 1.0954, 12, 2.1708, 6.0556], abs=1e-4
    )


def test_the_order_of_the_creators_does_not_matter(vocabulary: Vocabulary) -> None:
    turned = Vocabulary.fit(MARKET[::-1])

    assert turned.terms == vocabulary.terms
    assert turned.neighbours.tolist() == vocabulary.neighbours.tolist()
    assert turned.nearness.tolist() == vocabulary.nearness.tolist()


def test_terms_of_the_same_creators_are_neighbours(vocabulary: Vocabulary) -> None:
    running = vocabulary.ids["running"]

    found = {
        vocabulary.terms[term]: nearness
        for term, nearness in zip(*vocabulary.near(running), strict=True)
    }

    assert found == pytest.approx(
        {"outdoors": 2 / 6**0.5, "marathon": 2 / 6**0.5, "trail": 1 / 3**0.5}, abs=0.002
    )


def test_a_neighbour_of_several_words_counts_by_the_nearest(vocabulary: Vocabulary) -> None:
    def of(*words: str) -> float:
        asked = topics.query(words, vocabulary)
        weights = dict(zip(asked.terms.tolist(), asked.weights.tolist(), strict=True))
        return weights.get(vocabulary.ids["outdoors"], 0.0)

    assert of("trail") != of("running") != 0
    assert of("trail", "running") == of("running", "trail") == max(of("trail"), of("running"))


def test_the_room_for_neighbours_is_shared_alike() -> None:
    few = Vocabulary.fit(MARKET, room=15)

    assert [len(few.near(term)[0]) for term in range(len(few.terms))] == [1] * 8


def test_the_word_itself_is_nearer_than_its_neighbour_and_that_than_nothing(
    vocabulary: Vocabulary,
) -> None:
    itself = near(["running"], ["running"], vocabulary)
    neighbour = near(["running"], ["marathon"], vocabulary)
    other = near(["running"], ["makeup"], vocabulary)

    assert itself == pytest.approx(0.523, abs=0.001)  # once is kept as 1.095 times
    assert neighbour == pytest.approx(0.0392, abs=0.001)
    assert other == 0


def test_six_uses_are_nearer_than_two_and_both_words_nearer_than_one(
    vocabulary: Vocabulary,
) -> None:
    asked = ["running", "marathon"]

    assert near(asked, ["running"] * 6, vocabulary) == pytest.approx(6 / 7, abs=0.002)
    assert near(asked, ["running"] * 2, vocabulary) < near(asked, ["running"] * 6, vocabulary)
    assert near(asked, ["running"], vocabulary) < near(asked, asked, vocabulary)


def test_words_that_nobody_uses_ask_for_nothing(vocabulary: Vocabulary) -> None:
    assert not len(topics.query(["nobody", "says", "this"], vocabulary).terms)
    assert near(["nobody"], ["running"], vocabulary) == 0


def test_a_market_without_words_has_no_terms() -> None:
    empty = Vocabulary.fit([[], ["#"]])

    assert empty.terms == ()
    assert not len(topics.query(["running"], empty).terms)


def test_a_creator_without_terms_is_at_nothing(vocabulary: Vocabulary) -> None:
    assert near(["running"], [], vocabulary) == 0


@given(st.lists(st.sampled_from([word for words in MARKET for word in words]), max_size=8))
def test_nearness_is_between_nothing_and_the_whole(words: list[str]) -> None:
    vocabulary = Vocabulary.fit(MARKET)

    assert 0 <= near(["running", "makeup"], words, vocabulary) <= 1


def test_terms_of_one_kind_are_in_one_place(vocabulary: Vocabulary) -> None:
    of_terms = topics.term_vectors(vocabulary)
    described = [
        topics.weights(words, vocabulary)
        for words in (["running"], ["marathon", "outdoors"], ["skincare", "beauty"], [])
    ]

    found = topics.vectors(described, of_terms)

    assert of_terms.shape == (8, topics.DIMENSIONS)
    assert (found**2).sum(axis=1).tolist() == pytest.approx([1, 1, 1, 0])
    assert found[0] @ found[1] > 0.5 > 0.1 > found[0] @ found[2]


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


def test_a_nearer_segment_has_more_of_a_creator_and_not_all() -> None:
    found = topics.segments(np.eye(2), centres=np.array([[1.0, 0.0], [0.6, 0.8]]))

    assert found[0, 0] / found[0, 1] == pytest.approx(np.exp(4 * 0.4), rel=1e-5)
    assert found[1, 1] / found[1, 0] == pytest.approx(np.exp(4 * 0.8), rel=1e-5)


def test_who_is_about_nothing_belongs_to_all_segments_alike() -> None:
    found = topics.segments(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), 2)

    assert found[2].tolist() == [0.5, 0.5]
