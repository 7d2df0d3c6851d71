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
JOINERS: Final = frozenset("\u200c\u200d\u200e\u200f\u061c")
"""What joins and parts letters and emoji, or says which way one is read: not seen, but needed."""
UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Categories of signs that have no picture. What is too new to have a category may have one."""
FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and signs by their category, of which nothing is seen."""
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


def is_blank(name: str) -> bool:
    """True where nothing of a name is seen."""
    return not any(
        unicodedata.category(sign) not in UNSEEN
        and unicodedata.category(sign)[0] not in "MZ"
        and sign not in FILLERS
        for sign in name
    )


def can_be_shown(name: str) -> bool:
    """False for a name with control signs, or with signs that turn round the line it stands in."""
    return all(
        sign in JOINERS or "\U000e0020" <= sign <= "\U000e007f"  # flags of regions end in these
        for sign in name
        if unicodedata.category(sign) in UNSEEN
    )


def _parted(text: str) -> list[str]:
    shown = OPTIONAL_MARKS.sub("", text)
    apart = (each if unicodedata.category(each)[0] in "LNM" else " " for each in shown)
    return keys_of("".join(apart).split())
