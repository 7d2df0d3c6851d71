"""Which of the open briefs leave one creator out, and by which rule: the other side of removing.

The same rules in the same order as in :mod:`removing` and in :func:`seeing.left_out_at`, but for
those that concern every brief alike: a closed account, no channel, no views.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.columns.book import Book
from marketplace.matching.columns.facing import Facing
from marketplace.matching.columns.layout import Arrays
from marketplace.matching.columns.market import Market
from marketplace.matching.columns.target import EPOCH
from marketplace.matching.rules.left_out import LeftOut

Mask = NDArray[np.bool_]

RULES: Final = tuple(LeftOut)
"""By the number that ``barred_facing`` gives."""
PASSES: Final = len(RULES)
"""The place behind them all: none is broken."""
NO_PRICE: Final = 2**62
"""More than any."""


class Promise(NamedTuple):
    """Days in a category that a creator has promised to one brand."""

    category: str
    starts_on: date
    until_on: date
    brand_id: UUID


def barred_facing(
    seen: Facing, market: Market, row: int, promises: Sequence[Promise] = ()
) -> NDArray[np.uint8]:
    """Return for each brief the place in RULES of the first that leaves the creator out; PASSES.

    seen: the creator of this row of the market, before the briefs.
    """
    # How far before PASSES the first is: nothing is chosen brief by brief, which takes far longer.
    ahead = np.zeros(seen.book.size, np.uint8)
    for rule, fails in _failing(seen, market.arrays, row, promises):
        np.maximum(ahead, fails.view(np.uint8) * _AHEAD[rule], out=ahead)
    return PASSES - ahead


def _failing(
    seen: Facing, columns: Arrays, row: int, promises: Sequence[Promise]
) -> Iterator[tuple[LeftOut, Mask]]:
    """Which briefs each rule is broken of, in the order of the rules."""
    rules, works = seen.book.rules, seen.book.work.which
    followers = columns["followers"][row]
    for rule, asked, own in (
        (LeftOut.LIVES_ELSEWHERE, rules.homes, columns["home"][row]),
        (LeftOut.OTHER_LANGUAGE, rules.languages, columns["language"][row]),
    ):
        fails = ~asked.passes[:, own]
        if fails.any():
            yield rule, fails.take(asked.which)
    yield LeftOut.TOO_FEW_FOLLOWERS, rules.fewest > followers
    yield LeftOut.TOO_MANY_FOLLOWERS, rules.most < followers
    yield LeftOut.BLOCKED_TOPIC, (rules.topics & columns["topics"][row]) != 0
    if subjects := columns["subjects"][row]:
        yield LeftOut.AVOIDED_SUBJECT, (rules.subjects & subjects) != 0
    for promise in promises:
        yield LeftOut.BOUND, _bound(seen.book, promise)
    if away_until := int(columns["away_until"][row]):
        yield LeftOut.AWAY, rules.free_on <= away_until
    if rules.price_least is not None:
        cheap = np.where(seen.is_asked, seen.asked, NO_PRICE).take(works) < rules.price_least
        yield LeftOut.TOO_CHEAP, cheap
    known = (seen.asked * seen.is_asked).astype(np.uint32)
    yield LeftOut.TOO_DEAR, known.take(works) > rules.price_most
    if seen.views:  # of whom no views are known, the target says nothing
        yield LeftOut.NOBODY_IN_TARGET, _nobody_there(seen)


def _nobody_there(seen: Facing) -> Mask:
    """Of which briefs' targets the creator brings nobody, as far as is known."""
    book = seen.book
    if not seen.authentic:
        return np.ones(book.size, bool)
    found: Mask = ((seen.ages == 0) | (seen.genders == 0)).take(book.people.which)
    found |= (seen.countries == 0).take(book.countries.which)
    return found


def _bound(book: Book, promise: Promise) -> Mask:
    """Which briefs are another brand's in the category of a promise, on one of its days."""
    found = np.zeros(book.size, bool)
    if (there := book.rules.booked.get(promise.category)) is not None:
        found[there.places] = (
            (there.brand != book.rules.brands.get(promise.brand_id, -1))
            & (there.starts <= (promise.until_on - EPOCH).days)
            & (there.ends >= (promise.starts_on - EPOCH).days)
        )
    return found


_AHEAD: Final = {rule: np.uint8(PASSES - place) for place, rule in enumerate(RULES)}
