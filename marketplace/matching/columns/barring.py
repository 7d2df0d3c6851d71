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

from marketplace.matching.columns.book import Book, Which
from marketplace.matching.columns.facing import Facing
from marketplace.matching.columns.layout import CATEGORY_NUMBERS, Arrays
from marketplace.matching.columns.market import Market
from marketplace.matching.columns.target import EPOCH
from marketplace.matching.rules.left_out import LeftOut

Mask = NDArray[np.bool_]

RULES: Final = tuple(LeftOut)
"""By the number that ``barred_facing`` gives."""
PASSES: Final = -1
NO_CATEGORY: Final = -2
"""One that no brief is in."""
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
) -> NDArray[np.int8]:
    """Return for each brief the place in RULES of the first that leaves the creator out; PASSES.

    seen: the creator of this row of the market, before the briefs.
    """
    found = np.full(seen.book.size, PASSES, np.int8)
    failing = list(_failing(seen, market.arrays, row, promises))
    for rule, fails in reversed(failing):  # so that the first has the last word
        if fails.any():
            np.copyto(found, RULES.index(rule), where=fails)
    return found


def _failing(
    seen: Facing, columns: Arrays, row: int, promises: Sequence[Promise]
) -> Iterator[tuple[LeftOut, Mask]]:
    """Which briefs each rule is broken of, in the order of the rules."""
    rules, works = seen.book.rules, seen.book.work.which
    followers = int(columns["followers"][row])
    for rule, asked, own in (
        (LeftOut.LIVES_ELSEWHERE, rules.homes, columns["home"][row]),
        (LeftOut.OTHER_LANGUAGE, rules.languages, columns["language"][row]),
    ):
        yield rule, _of_each(~asked.passes[:, own], asked.which)
    yield LeftOut.TOO_FEW_FOLLOWERS, rules.fewest > followers
    yield LeftOut.TOO_MANY_FOLLOWERS, rules.most < followers
    yield LeftOut.BLOCKED_TOPIC, (rules.topics & columns["topics"][row]) != 0
    yield LeftOut.AVOIDED_SUBJECT, (rules.subjects & columns["subjects"][row]) != 0
    for promise in promises:
        yield LeftOut.BOUND, _bound(seen.book, promise)
    yield LeftOut.AWAY, rules.free_on <= int(columns["away_until"][row])
    if rules.price_least is not None:
        cheap = np.where(seen.is_asked, seen.asked, NO_PRICE).take(works) < rules.price_least
        yield LeftOut.TOO_CHEAP, cheap
    dear = np.where(seen.is_asked, seen.asked, 0).take(works) > rules.price_most
    yield LeftOut.TOO_DEAR, dear
    if seen.views:  # of whom no views are known, the target says nothing
        yield LeftOut.NOBODY_IN_TARGET, _nobody_there(seen)


def _nobody_there(seen: Facing) -> Mask:
    """Of which briefs' targets the creator brings nobody, as far as is known."""
    book = seen.book
    found = np.full(book.size, not seen.authentic)
    for share, which in (
        (seen.ages, book.ages.which),
        (seen.genders, book.genders.which),
        (seen.countries, book.countries.which),
    ):
        found |= _of_each(share == 0, which)
    return found


def _of_each(here: Mask, which: Which) -> Mask:
    """Say of each brief what is true of what it asks for, which seldom is true of any."""
    return here.take(which) if here.any() else np.zeros(len(which), bool)


def _bound(book: Book, promise: Promise) -> Mask:
    """Which briefs are another brand's in the category of a promise, on one of its days."""
    rules = book.rules
    return np.asarray(
        (rules.category == CATEGORY_NUMBERS.get(promise.category, NO_CATEGORY))
        & (rules.brand != rules.brands.get(promise.brand_id, -1))
        & (rules.starts <= (promise.until_on - EPOCH).days)
        & (rules.ends >= (promise.starts_on - EPOCH).days)
    )
