"""Names and handles as the words by which somebody is found. Pure.

Folded as hashtags are (``kernel.words``): neither case nor accents matter, nor what stands between
the words. What is typed finds a name in which something begins with each word of it.
"""

from __future__ import annotations

import unicodedata
from itertools import accumulate
from typing import Final

from marketplace.kernel.words import KEY_MOST, OPTIONAL_MARKS, keys_of

WITHOUT_SPACES: Final = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts that put no space between words, so that one may begin at any sign."""
TYPED_MOST: Final = 12
"""Each is one more question to an index, and nobody has a longer name."""


def words_typed(text: str) -> tuple[str, ...]:
    """Return the first words of a text, each once: "@anna_runs" has anna and runs, "!?" none."""
    return tuple(dict.fromkeys(_parted(text)))[:TYPED_MOST]


def beginnings_in(name: str) -> tuple[str, ...]:
    """Return what follows in a name from each beginning of a word on, in one.

    "Zoë O’Brien" has zoeobrien, obrien and brien: each word typed begins one of them, and so does
    what others write in one. In scripts without spaces a word may begin at each sign.
    """
    words = _parted(name)
    whole = "".join(words)
    places = {*accumulate(map(len, words[:-1]), initial=0)} if words else set()
    for place, sign in enumerate(whole):
        if unicodedata.name(sign, "").startswith(WITHOUT_SPACES):
            places.add(place)
    return tuple(dict.fromkeys(whole[place : place + KEY_MOST] for place in sorted(places)))


def _parted(text: str) -> list[str]:
    shown = OPTIONAL_MARKS.sub("", text)
    apart = (each if unicodedata.category(each)[0] in "LNM" else " " for each in shown)
    return keys_of("".join(apart).split())
