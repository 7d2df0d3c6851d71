"""Who uses the words of a wish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.columns.bits import WORD, Bits, Mask, are_in, joined, packed
from marketplace.matching.columns.blocks import by_blocks
from marketplace.matching.columns.market import Market, Rows
from marketplace.matching.columns.target import Target
from marketplace.matching.rules import topics
from marketplace.matching.rules.topic_words import spelled_out

WORDS_KEPT: Final = 64
"""Of who uses each of the words asked last: an eighth of a byte a creator each."""
AT_ONCE: Final = 16_384
"""The terms of so many rows stay in the processor's cache while every word is compared with them:
a topic of our list asks for up to thirty."""


def has_words(target: Target) -> bool:
    """Whether a wish asks for words that anybody uses."""
    return target.terms is not None and len(target.terms.terms) > 0


def uses_words(market: Market, target: Target, rows: Rows) -> Mask:
    """Say of each of some rows whether a word that is asked for is used there."""
    return are_in(users_of(market, target), rows)


def users_of(market: Market, target: Target) -> Bits:
    """Return who uses a word that is asked for, its neighbours aside."""
    found = np.zeros(-(-market.count // WORD), np.uint64)
    for users in who_use(market, target.words):
        found |= users
    return found


def who_use(market: Market, words: Sequence[str]) -> Sequence[Bits]:
    """Return who uses each of some words; those that are new are looked up in one pass."""
    found: dict[str, Bits] = {}
    for word in words:
        if (users := market.memo.known("users", word)) is not None:
            found[word] = users
    new = [word for word in words if word not in found]
    for word, users in zip(new, _look_up(market, new) if new else (), strict=True):
        found[word] = users
        market.memo.keep("users", word, users, most=WORDS_KEPT)
    return [found[word] for word in words]


def _look_up(market: Market, words: Sequence[str]) -> Sequence[Bits]:
    asked = [_own_terms(market, word) for word in words]

    def look(block: slice) -> Sequence[Bits]:
        every = market.arrays["terms"][block]
        parts = [
            [_use(every[begin : begin + AT_ONCE], terms) for terms in asked]
            for begin in range(0, len(every), AT_ONCE)
        ]
        return [packed(np.concatenate(masks)) for masks in zip(*parts, strict=True)]

    parts = by_blocks(market.count, look)
    return [joined([part[at] for part in parts]) for at in range(len(words))]


def _own_terms(market: Market, word: str) -> NDArray[np.uint16]:
    return topics.query(spelled_out([word]), market.context.vocabulary).own.astype(np.uint16)


def _use(every: NDArray[np.uint16], terms: NDArray[np.uint16]) -> Mask:
    found = np.zeros(every.shape, bool)
    for term in terms:
        found |= every == term
    first, second, third = found.view(np.uint32).T  # twelve terms, twelve bytes
    return np.asarray((first | second | third) != 0)
