"""What an explanation needs to know of some creators, from their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np

from marketplace.matching.columns.counting import Whole
from marketplace.matching.columns.factors import asked_prices, factor_columns
from marketplace.matching.columns.layout import SOURCES, Flag
from marketplace.matching.columns.market import Market, Rows
from marketplace.matching.columns.target import Target
from marketplace.matching.columns.views import bounds
from marketplace.matching.rules.fit import PartName
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.seen import Seen, SeenAll
from marketplace.matching.rules.wanted import HardRules

Words: TypeAlias = Callable[[int], tuple[str, ...]]

_SAID: Final = {
    PartName.AGE: Flag.AGE,
    PartName.GENDER: Flag.GENDER,
    PartName.COUNTRY: Flag.COUNTRY,
}


def seen_at(
    market: Market,
    target: Target,
    rows: Sequence[int] | Rows,
    *,
    factors: Sequence[Whole] | None = None,
) -> SeenAll:
    """Return what is known of the creators of some rows; nothing is read of them later.

    factors: theirs, where somebody knows them already.
    """
    at = np.asarray(rows, np.intp)
    columns = market.arrays
    if factors is None:
        factors = factor_columns(market, target, at)
    flags = columns["flags"][at]
    words, near = _words(market, target, at)
    low, high = bounds(factors[0], columns["views_low"][at], columns["views_high"][at])
    return SeenAll(
        factors=factors,
        views_low=low,
        views_high=high,
        people=columns["sample"][at].astype(np.int64),
        source=[SOURCES[number] for number in (flags // Flag.SOURCE % 8).tolist()],
        price_is_estimated=~asked_prices(market, target, at)[1],
        words=words,
        near=near,
        has_record=(flags & Flag.RECORD) != 0,
        said={part: (flags & flag) != 0 for part, flag in _SAID.items()},
        described=columns["described"][at].astype(np.int64),
    )


def left_out_at(
    market: Market, target: Target, rules: HardRules, seen: Seen, row: int
) -> LeftOut | None:
    """Return the first rule that removes the creator of a row; None for a candidate."""
    return next(iter(failing_at(market, target, rules, seen, row)), None)


def failing_at(
    market: Market, target: Target, rules: HardRules, seen: Seen, row: int
) -> list[LeftOut]:
    """Return every rule that the creator of a row fails, in their order."""
    columns = market.arrays
    flags, followers = int(columns["flags"][row]), int(columns["followers"][row])
    factors = seen.factors
    fails = {
        LeftOut.ACCOUNT_CLOSED: bool(flags & Flag.CLOSED),
        LeftOut.NO_CHANNEL: not flags & Flag.CHANNEL,
        LeftOut.NO_VIEWS: not factors.views,
        LeftOut.LIVES_ELSEWHERE: target.homes is not None
        and not target.homes[int(columns["home"][row])],
        LeftOut.OTHER_LANGUAGE: target.languages is not None
        and not target.languages[int(columns["language"][row])],
        LeftOut.TOO_FEW_FOLLOWERS: followers < (rules.followers_least or 0),
        LeftOut.TOO_MANY_FOLLOWERS: rules.followers_most is not None
        and followers > rules.followers_most,
        LeftOut.BLOCKED_TOPIC: bool(int(columns["topics"][row]) & target.topic_mask),
        LeftOut.AVOIDED_SUBJECT: bool(int(columns["subjects"][row]) & target.subject_mask),
        LeftOut.BOUND: row in target.bound,
        LeftOut.AWAY: 0 <= target.free_on <= int(columns["away_until"][row]),
        LeftOut.TOO_CHEAP: rules.price_least_minor is not None
        and not seen.price_is_estimated
        and factors.price < rules.price_least_minor,
        LeftOut.TOO_DEAR: rules.price_most_minor is not None
        and not seen.price_is_estimated
        and factors.price > rules.price_most_minor,
        LeftOut.NOBODY_IN_TARGET: not all(factors[1:5]),
    }
    return [rule for rule in LeftOut if fails[rule]]


def _words(market: Market, target: Target, rows: Rows) -> tuple[Words, Words]:
    """Return which words asked for the creator at a place uses, or which of their neighbours.

    Words as the creator uses them most, neighbours the nearest first where there is none.
    """
    terms = market.context.vocabulary.terms
    used = market.arrays["terms"].take(rows, axis=0).tolist()
    asked: dict[int, float] = {}
    if target.terms is not None:
        asked = dict(zip(target.terms.terms.tolist(), target.terms.weights.tolist(), strict=True))
    own = {term for term, weight in asked.items() if weight >= 1}

    def words(place: int) -> tuple[str, ...]:
        return tuple([terms[each] for each in used[place] if each in own])

    def near(place: int) -> tuple[str, ...]:
        if not own.isdisjoint(used[place]):
            return ()
        there = [each for each in used[place] if each in asked]
        return tuple([terms[each] for each in sorted(there, key=lambda each: -asked[each])])

    return words, near
