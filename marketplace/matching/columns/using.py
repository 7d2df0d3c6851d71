"""Who uses the words of a wish."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from marketplace.matching.columns.bits import WORD, Bits, Mask, are_in, joined, packed
from marketplace.matching.columns.blocks import by_blocks
from marketplace.matching.columns.market import Market, Rows
from marketplace.matching.columns.target import Target
from marketplace.matching.rules import topics
from marketplace.matching.rules.topic_words import spelled_out

WORDS_KEPT: Final = 64
"""Of who uses each of the words asked last: an eighth of a byte a creator each."""


def has_words(target: Target) -> bool:
    """Whether a wish asks for words that anybody uses."""
    return target.terms is not None and len(target.terms.terms) > 0


def uses_words(market: Market, target: Target, rows: Rows) -> Mask:
    """Say of each of some rows whether a word that is asked for is used there."""
    return are_in(users_of(market, target), rows)


def users_of(market: Market, target: Target) -> Bits:
    """Return who uses a word that is asked for, its neighbours aside."""
    found = np.zeros(-(-market.count // WORD), np.uint64)
    for word in target.words:
        found |= market.memo.get("users", word, partial(_who_use, market, word), most=WORDS_KEPT)
    return found


def _who_use(market: Market, word: str) -> Bits:
    asked = topics.query(spelled_out([word]), market.context.vocabulary).own.astype(np.uint16)

    def look(block: slice) -> Bits:
        own = market.arrays["terms"][block]
        found = np.zeros(own.shape, bool)
        for term in asked:
            found |= own == term
        first, second, third = found.view(np.uint32).T  # twelve terms, twelve bytes
        return packed((first | second | third) != 0)

    return joined(by_blocks(market.count, look))
