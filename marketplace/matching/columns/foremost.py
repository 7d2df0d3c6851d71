"""Whose views are worth most in some countries, whatever else is asked: they are looked at first.

Who moves a slider asks for the same countries again, with other ages, words or rules. From the
fourth time on those whose views are worth most there are kept together, one in so many, and with
them what nobody else's reach: where the best of them are above that, nobody else has to be read.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.columns.bits import Bits, are_in, rows_in
from marketplace.matching.columns.blocks import by_blocks, tasted
from marketplace.matching.columns.bounds import (
    Reals,
    priced,
    shares,
    worth_there,
)
from marketplace.matching.columns.market import Market, Rows
from marketplace.matching.columns.target import Target

ONE_IN: Final = 8
EVERY: Final = 4
"""They are looked for when countries are asked so many times, and again after as many where there
was no room to keep them: it takes about as long as two rankings."""
ASKED_KEPT: Final = 256
"""Of so many countries and prices it is known that they were asked before."""
FRONT: Final = 4_096
"""Of them about so many are read before it is asked who of the others can matter."""
WORDS_KEPT: Final = 8
"""Of who of them uses the words asked last."""
OTHERS_KEPT: Final = 2
"""Likewise of who of the others does: eight bytes for each of these."""
KEPT: Final = 8
"""Of a million creators three megabytes each."""


@dataclass(frozen=True, slots=True)
class Foremost:
    """Those whose views are worth most in some countries, in the order of rows.

    worth: their bounds but for age and gender. audiences: their columns of both. front: whoever is
    worth more is read first. others: no other row's worth is more.
    """

    rows: Rows
    worth: Reals
    audiences: Market
    front: np.float32
    others: np.float32

    def places_of(self, words: tuple[str, ...], users: Bits) -> Rows:
        """Return the places of those who use words, worked out once."""
        return self.audiences.memo.get(
            "users", words, lambda: np.flatnonzero(are_in(users, self.rows)), most=WORDS_KEPT
        )

    def in_front(self) -> Rows:
        """Return the places of those who are read first, worked out once."""
        return self.audiences.memo.get(
            "front", None, lambda: np.flatnonzero(self.worth > self.front), most=1
        )

    def behind(self, worth: np.float32) -> Rows:
        """Return the places of the others who are worth at least so much."""
        return np.flatnonzero((self.worth >= worth) & (self.worth <= self.front))

    def reaching(
        self, least: np.float32, places: Rows, target: Target, alive: Bits
    ) -> tuple[Rows, Reals]:
        """Return the candidates at some places whose bounds reach so high, and these."""
        bounds = shares(self.audiences, target, places)
        bounds *= self.worth[places]
        rows = self.rows[places]
        there = (bounds >= least) & are_in(alive, rows)
        return rows[there], bounds[there]

    def others_reaching(
        self, market: Market, target: Target, users: Bits, alive: Bits, worth: np.float32
    ) -> tuple[Rows, Reals]:
        """Return the candidates among the others who use words and are worth at least so much.

        With their bounds.
        """
        others, worths = self.audiences.memo.get(
            "other users",
            target.words,
            lambda: self._others_among(market, target, rows_in(users, market.count)),
            most=OTHERS_KEPT,
        )
        near = np.flatnonzero(worths >= worth)
        rows = others[near].astype(np.intp)
        here = are_in(alive, rows)
        rows = rows[here]
        return rows, shares(market, target, rows) * worths[near[here]]

    def _others_among(
        self, market: Market, target: Target, rows: Rows
    ) -> tuple[NDArray[np.uint32], Reals]:
        """Return who of some rows of the market is none of these, and what each is worth."""
        worth = worth_there(market, target, rows)
        here = worth <= self.others
        return rows[here].astype(np.uint32), worth[here]


def foremost(market: Market, target: Target) -> Foremost | None:
    """Return whoever comes first for the countries of a target; None where that is not known."""
    times = partial(count, 1)
    asked: Hashable = (priced(target), target.where)
    kept: Foremost | None = market.memo.known("foremost", asked)
    if kept or next(market.memo.get("asked there", asked, times, most=ASKED_KEPT)) % EVERY:
        return kept
    return market.memo.get("foremost", asked, lambda: _foremost(market, target), most=KEPT)


def _foremost(market: Market, target: Target) -> Foremost:
    rows, step = tasted(market.count)
    some = np.sort(worth_there(market, target, rows))
    others, front = (
        some[max(0, len(some) - 1 - many)] for many in (len(some) // ONE_IN, FRONT // step)
    )
    parts = by_blocks(market.count, lambda block: _above(market, target, block, others))
    rows, worth, age, gender = (np.concatenate(each, axis=-1) for each in zip(*parts, strict=True))
    audiences = {"age": age, "gender": gender, "authentic": market.arrays["authentic"][rows]}
    of_them = replace(market, count=len(rows), arrays=audiences)
    return Foremost(rows, worth, of_them, front, others)


def _above(
    market: Market, target: Target, block: slice, others: np.float32
) -> tuple[Rows, Reals, NDArray[np.uint8], NDArray[np.uint8]]:
    """Those of a block who are worth more than others, their worth and their audiences."""
    worth = worth_there(market, target, block)
    here = np.flatnonzero(worth > others)
    rows = here + block.start
    age, gender = (market.arrays[name].take(rows, axis=1) for name in ("age", "gender"))
    return rows, worth[here], age, gender
