"""A topic asks for all the words by which videos about it are tagged."""

from __future__ import annotations

import pytest

from marketplace.creators.rules import EMPTY_HASHTAGS, TOPICS
from marketplace.kernel.words import key_of
from marketplace.matching.rules.topic_words import TOPIC_WORDS, spelled_out


def test_every_topic_of_our_list_has_words_and_no_other_has() -> None:
    assert set(TOPIC_WORDS) == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_no_word_of_a_topic_is_empty_or_says_nothing(topic: str) -> None:
    words = TOPIC_WORDS[topic]
    assert len(words) >= 8
    assert all(key_of(word) for word in words)
    assert not EMPTY_HASHTAGS.intersection(words)
    assert topic not in words


def test_a_topic_is_spelled_out_and_another_word_is_left_as_it_is() -> None:
    found = spelled_out(["cooking", "unicycle", "chef"])
    assert found[:3] == ["cooking", "recipe", "recipes"]
    assert "unicycle" in found
    assert found.count("chef") == 1
    assert spelled_out([]) == []


def test_a_topic_is_found_in_other_languages() -> None:
    assert {"kpop", "음악", "音楽"} < set(spelled_out(["music"]))
    assert {"料理", "요리", "receita"} < set(spelled_out(["cooking"]))


@pytest.mark.parametrize(
    ("word", "topic"), [("lol", "comedy"), ("fallfashion", "fashion"), ("model", "fashion")]
)
def test_what_mostly_means_something_else_is_no_word_of_a_topic(word: str, topic: str) -> None:
    """A game, the advertisement of one autumn, and a dog."""
    assert word not in TOPIC_WORDS[topic]
