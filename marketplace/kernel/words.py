"""Hashtags and words as one key, whatever the script, the case and the spelling. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

KEY_MOST: Final = 60
"""Longer ones are sentences without spaces, which nobody else uses."""
BREAKS: Final = re.compile("[,;\\r\\n，；、،]|(?=[#＃])")
"""What begins another word or hashtag in what somebody types: a comma, a new line, each #."""
FOLDED_SCRIPTS: Final = ("LATIN", "GREEK")
"""Where an accent changes the spelling, not the letter: café is cafe, but й is not и."""
OPTIONAL_MARKS: Final = re.compile(
    "[\u064b-\u0652\u0670\u0640\u0591-\u05c7\u200b-\u200f\ufe00-\ufe0f]"
)
"""Arabic and Hebrew vowel points, the Arabic stroke that stretches a word, invisible signs."""
SAME_LETTERS: Final = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ё": "е",
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i",
    }
)  # fmt: skip
"""Letters that are written for each other in hashtags."""


@lru_cache(maxsize=100_000)
def key_of(word: str) -> str:
    """Return what two spellings of one hashtag or topic have in common; empty when nothing is left.

    "#TrailRunning", "trail running" and "TRAIL_RUNNING" are one key, so are "Café" and "cafe", full
    and half width, and Arabic with and without its vowel points. Letters, digits and the marks
    that other scripts are written with stay; punctuation and emoji go.
    """
    text = unicodedata.normalize("NFKC", word).casefold()
    text = OPTIONAL_MARKS.sub("", text)
    kept = []
    base_is_folded = False
    for sign in unicodedata.normalize("NFD", text):
        category = unicodedata.category(sign)
        if category[0] == "M":
            if not base_is_folded:
                kept.append(sign)
        elif category[0] in "LN":
            base_is_folded = unicodedata.name(sign, "").startswith(FOLDED_SCRIPTS)
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept)).translate(SAME_LETTERS)[:KEY_MOST]


def keys_of(words: Iterable[str]) -> list[str]:
    """Return the keys of the words in their order, without the empty ones; repeats stay."""
    return [key for key in map(key_of, words) if key]


def words_in(text: str) -> tuple[str, ...]:
    """Return the words and hashtags that somebody typed in a row, each once, without their #.

    "trail running" is one word and stays readable. Of two spellings of one key the first stays;
    what has no key stays too, for somebody to refuse.
    """
    found: dict[str, str] = {}
    for part in BREAKS.split(text):
        word = " ".join(part.lstrip(" \t#＃").lower().split())
        if word:
            found.setdefault(key_of(word) or word, word)
    return tuple(found.values())
