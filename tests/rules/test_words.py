"""One key for all the spellings of a hashtag."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.words import KEY_MOST, key_of, keys_of, words_in


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


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Trail running, #Ultra", ("trail running", "ultra")),
        ("#trail #ultra  #Berglauf", ("trail", "ultra", "berglauf")),
        ("trail   running;\nfell running\r\n", ("trail running", "fell running")),
        ("マラソン、＃登山，走る", ("マラソン", "登山", "走る")),
        ("TrailRunning, trail running, trail-running", ("trailrunning",)),
        ("soup, !!!, soup", ("soup", "!!!")),
        (" , ##, ", ()),
        ("", ()),
    ],
)
def test_what_is_typed_in_a_row_is_told_apart(typed: str, words: tuple[str, ...]) -> None:
    assert words_in(typed) == words


@given(st.text(max_size=80))
def test_what_is_read_back_is_the_same(typed: str) -> None:
    words = words_in(typed)
    assert words_in(", ".join(words)) == words
    assert len(set(map(key_of, words)) - {""}) == len([word for word in words if key_of(word)])
