"""The hard rules over a whole market: who is left, and how many each of them removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import AGES, GENDERS
from marketplace.matching.columns.bits import Bits, Mask, count, joined, packed
from marketplace.matching.columns.blocks import by_blocks, in_turn
from marketplace.matching.columns.elsewhere import elsewhere
from marketplace.matching.columns.factors import asked_prices
from marketplace.matching.columns.layout import DENSE_COUNTRIES, Flag
from marketplace.matching.columns.market import Market, Rows
from marketplace.matching.columns.target import Target
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.wanted import HardRules

Who: TypeAlias = Callable[[slice], Mask]
"""Says of each row of a block whether it is in a set."""

Look: TypeAlias = Callable[[int, Callable[[slice], Bits]], list[Bits]]
"""Looks at every block of so many rows."""

SETS_KEPT: Final = len(AGES) + len(GENDERS) + DENSE_COUNTRIES + 3
"""One for each label of an audience, and those that no wish changes: 125 kB each of a million."""


RULES_KEPT: Final = 32
"""Of whom the rules remove that were asked last, as the next look often asks for the same: as much
each."""


def candidates(
    market: Market, target: Target, rules: HardRules, left_out: Counter[LeftOut]
) -> Bits:
    """Say who is left by every rule, and count whom each removes."""
    alive = left_by_rules(market, target, rules, left_out)
    for rule, fails in _failing_by_price(market, target, rules):
        alive = _without(alive, rule, fails, left_out)
    return _without(alive, LeftOut.NOBODY_IN_TARGET, ~_in_target(market, target), left_out)


def left_by_rules(
    market: Market, target: Target, rules: HardRules, left_out: Counter[LeftOut]
) -> Bits:
    """Say who is left by the rules that need no price and no target, and count whom each removes.

    Whoever fails several is counted under the first.
    """
    alive = _kept(market, "everybody", lambda at: np.ones(at.stop - at.start, bool))
    for rule, fails in _failing(market, target, rules):
        alive = _without(alive, rule, fails, left_out)
    return alive


def _without(alive: Bits, rule: LeftOut, fails: Bits, left_out: Counter[LeftOut]) -> Bits:
    removed = alive & fails
    if number := count(removed):
        left_out[rule] += number
        return alive ^ removed
    return alive


def _failing(market: Market, target: Target, rules: HardRules) -> Iterator[tuple[LeftOut, Bits]]:
    """Who fails each rule that is asked, in the order of the rules."""
    columns = market.arrays
    flags, homes, languages = columns["flags"], target.homes, target.languages
    fewest, most = rules.followers_least, rules.followers_most

    def asked(rule: LeftOut, question: Hashable, who: Who) -> tuple[LeftOut, Bits]:
        look = partial(_set_of, market, who)
        return rule, market.memo.get("rule", (rule, question), look, most=RULES_KEPT)

    yield asked(LeftOut.ACCOUNT_CLOSED, None, lambda at: (flags[at] & Flag.CLOSED) != 0)
    yield asked(LeftOut.NO_CHANNEL, None, lambda at: (flags[at] & Flag.CHANNEL) == 0)
    yield asked(LeftOut.NO_VIEWS, None, lambda at: columns["views"][at] == 0)
    if homes is not None:
        yield asked(
            LeftOut.LIVES_ELSEWHERE, rules.lives_in, lambda at: ~homes.take(columns["home"][at])
        )
    if languages is not None:
        yield asked(
            LeftOut.OTHER_LANGUAGE,
            rules.languages,
            lambda at: ~languages.take(columns["language"][at]),
        )
    if fewest:
        yield asked(LeftOut.TOO_FEW_FOLLOWERS, fewest, lambda at: columns["followers"][at] < fewest)
    if most is not None:
        yield asked(LeftOut.TOO_MANY_FOLLOWERS, most, lambda at: columns["followers"][at] > most)
    if mask := target.topic_mask:
        yield asked(LeftOut.BLOCKED_TOPIC, mask, lambda at: (columns["topics"][at] & mask) != 0)
    if subjects := target.subject_mask:
        yield asked(
            LeftOut.AVOIDED_SUBJECT, subjects, lambda at: (columns["subjects"][at] & subjects) != 0
        )
    if len(target.bound):
        yield asked(LeftOut.BOUND, rules.booking, lambda at: _among(target.bound, at))
    if target.free_on >= 0:
        yield asked(
            LeftOut.AWAY, target.free_on, lambda at: columns["away_until"][at] >= target.free_on
        )


def _failing_by_price(
    market: Market, target: Target, rules: HardRules
) -> Iterator[tuple[LeftOut, Bits]]:
    """Who is known to ask less or more than is looked for."""
    for rule, bound, sign in (
        (LeftOut.TOO_CHEAP, rules.price_least_minor, -1),
        (LeftOut.TOO_DEAR, rules.price_most_minor, 1),
    ):
        if bound is not None:
            question = rule, (target.currency, target.pieces, bound)
            who = partial(_beyond, market, target, bound, sign)
            look = partial(_set_of, market, who, by=by_blocks)
            yield rule, market.memo.get("rule", question, look, most=RULES_KEPT)


def _beyond(market: Market, target: Target, bound: int, sign: int, at: slice) -> Mask:
    asked, known = asked_prices(market, target, at)
    known &= asked > bound if sign > 0 else asked < bound
    return known


def _in_target(market: Market, target: Target) -> Bits:
    """Who has an authentic view in the target, as far as is known."""
    found = _kept(market, "authentic", lambda at: market.arrays["authentic"][at] != 0)
    if target.ages is not None:
        found = found & _any(market, "age", target.ages)
    if target.genders is not None:
        found = found & _any(market, "gender", target.genders)
    if target.countries is not None:
        found = found & _somewhere(market, target)
    return found


def _somewhere(market: Market, target: Target) -> Bits:
    """Who has a share in a country that counts: a wanted one, or one that is like it.

    Where every country counts, as in a large market, that is the same set for all targets.
    """
    columns, there = market.arrays["country"], target.counts[market.context.numbers]
    if there.all():
        found = _kept(market, "country", partial(_is_any, columns), by=by_blocks)
    else:
        found = _any(market, "country", tuple(np.flatnonzero(there).tolist()))
    return found | elsewhere(market).who_in(target.counts)


def _kept(market: Market, name: str, who: Who, *, by: Look = in_turn) -> Bits:
    """A set that is worked out once while the columns stay as they are."""
    return market.memo.get("set", name, lambda: _set_of(market, who, by=by), most=SETS_KEPT)


def _any(market: Market, name: str, places: tuple[int, ...]) -> Bits:
    """Who has a share in one of these columns."""
    columns = market.arrays[name]
    found = np.zeros(-(-market.count // 64), np.uint64)
    for place in places:
        found |= _kept(market, f"{name} {place}", partial(_is_some, columns[place]))
    return found


def _set_of(market: Market, who: Who, *, by: Look = in_turn) -> Bits:
    """Work out a set; by: all processors at once, for what takes long to read."""
    return joined(by(market.count, lambda at: packed(who(at))))


def _is_some(steps: NDArray[np.uint8], at: slice) -> Mask:
    return np.asarray(steps[at] != 0)


def _is_any(steps: NDArray[np.uint8], at: slice) -> Mask:
    return np.asarray(np.bitwise_or.reduce(steps[:, at], axis=0) != 0)


def _among(rows: Rows, at: slice) -> Mask:
    found = np.zeros(at.stop - at.start, bool)
    found[rows[(rows >= at.start) & (rows < at.stop)] - at.start] = True
    return found
