"""One key for all the spellings of a hashtag."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.words import KEY_MOST, key_of, keys_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("#TrailRunning", "trail running"),
        ("TRAIL_RUNNING", "trail-running!"),
        ("Café", "cafe"),
        ("ＦＩＴＮＥＳＳ", "fitness"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Đà Nẵng", "danang"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("ёлка", "елка"),
        ("العَرَبِيَّة", "العربية"),
        ("إيران", "ایران"),
        ("ｶﾜｲｲ", "カワイイ"),
        ("I❤️cats", "icats"),
    ],
)
def test_two_spellings_of_a_hashtag_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)
    assert key_of(one) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("мой", "мои"), ("かき", "かぎ"), ("हिंदी", "हद"), ("ไทย", "ไท"), ("gym2", "gym")],
)
def test_two_words_stay_two_words(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_what_holds_no_letter_has_no_key() -> None:
    assert keys_of(["#", "❤️", "", "a", "  ", "A"]) == ["a", "a"]


@given(st.text(max_size=200))
def test_the_key_of_a_key_is_the_key(word: str) -> None:
    key = key_of(word)

    assert key_of(key) == key
    assert len(key) <= KEY_MOST
