"""Finding whoever may be among the best: the highest bounds are looked at whole, then the others.

Whoever uses a word that is asked for stands far above the rest, so where the best bounds do not
lead to the best fits, because hardly anybody uses it, those few are found first. What the others
can reach is then little more than without any word, and few of them have to be looked at.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.bits import Bits, are_in, rows_in
from marketplace.matching.columns.blocks import by_blocks, tasted
from marketplace.matching.columns.bounds import Reals, bounds_of, most_shares, scale
from marketplace.matching.columns.factors import country_parts, most_country_parts, topic_bps
from marketplace.matching.columns.foremost import foremost
from marketplace.matching.columns.layout import TERMS
from marketplace.matching.columns.market import Market, Rows
from marketplace.matching.columns.target import Target
from marketplace.matching.columns.using import has_words, users_of
from marketplace.matching.rules import topics
from marketplace.matching.rules.fit import PartName, weight_of

FEW: Final = 16
"""With fewer than one candidate in so many, they are looked up one by one."""
NEAR: Final = 100
"""So many times the number wanted have a bound worth noting, by some from all over."""
FIRST_LOOK: Final = 4
"""Of them, this many times the number wanted are looked at whole before the others are asked
whether their bound still reaches; then twice as many, and so on."""
TINY: Final = np.float32(1e-30)
"""Below every fit that is more than nothing."""
SLACK: Final = np.float32(1 - 1e-5)
"""More than the error of two dozen operations on 4-byte numbers."""


class Best:
    """The best so far by 4-byte numbers, and what one must reach to be among them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.reach = TINY
        self.rows = np.empty(0, np.intp)
        self._fits = np.empty(0, np.float32)

    def add(self, rows: Rows, fits: Reals) -> None:
        """Keep whoever may be among the best."""
        self.rows = np.concatenate([self.rows, rows])
        self._fits = np.concatenate([self._fits, fits])
        if len(self.rows) >= self.most:
            at = len(self.rows) - self.most
            self.reach = max(TINY, np.partition(self._fits, at)[at] * SLACK)
        kept = self._fits >= self.reach
        self.rows, self._fits = self.rows[kept], self._fits[kept]


def few_of(market: Market, alive: Bits, total: int) -> Rows | None:
    """Return the candidates row by row, of whom there are ``total``; None where they are many."""
    return rows_in(alive, market.count) if total * FEW < market.count else None


def look_through(market: Market, target: Target, alive: Bits, few: Rows | None, most: int) -> Rows:
    """Return the rows of everybody who may be among so many best.

    alive: the candidates. few: the same as :func:`few_of` has them.
    """
    best = Best(most)
    found: tuple[Rows, Reals] | None = None
    if few is not None:
        found = few, bounds_of(market, target, few)
        least = _top(found[1], NEAR * most)
    else:
        if (first := _among_foremost(market, target, alive, most)) is not None:
            return first
        least = _near_the_top(market, target, alive, NEAR * most)

    def between(least: np.float32, above: np.float32) -> tuple[Rows, Reals]:
        if found is None:
            return _between(market, target, alive, least, above)
        here = (found[1] >= least) & (found[1] < above)
        return found[0][here], found[1][here]

    _look_at(market, target, best, *between(least, np.float32(np.inf)))
    if (reached := best.reach / scale(target)) < least and has_words(target):
        users = users_of(market, target)
        rows = rows_in(users & alive, market.count)
        of_users = bounds_of(market, target, rows)
        here = (of_users >= reached) & (of_users < least)
        _look_at(market, target, best, rows[here], of_users[here])
        above, least = least, min(least, best.reach / scale(target) / _most_of_others(target))
        rows, of_others = between(least, above)
        here = ~are_in(users, rows)
        _look_at(market, target, best, rows[here], of_others[here])
    elif reached < least:
        _look_at(market, target, best, *between(reached, least))
    return best.rows


def _among_foremost(market: Market, target: Target, alive: Bits, most: int) -> Rows | None:
    """Return the same of those who come first for the countries, where nobody else can be."""
    kept = foremost(market, target)
    if kept is None:
        return None
    best, whole = Best(most), scale(target)
    users, of_others = None, np.float32(1)
    if has_words(target):
        users, of_others = users_of(market, target), _most_of_others(target)
        places = kept.places_of(target.words, users)
        _look_at(market, target, best, *kept.reaching(TINY, places, target, alive))

    def look_at_others(places: Rows) -> None:
        least = best.reach / whole / of_others
        rows, bounds = kept.reaching(least, places, target, alive)
        if users is not None:
            here = ~are_in(users, rows)
            rows, bounds = rows[here], bounds[here]
        _look_at(market, target, best, rows, bounds)

    look_at_others(kept.in_front())
    each = most_shares(market, target) * whole
    if kept.others * each * of_others >= best.reach * SLACK:
        return None
    if users is not None and kept.others * each >= best.reach * SLACK:
        worth = best.reach * SLACK / each
        rows, bounds = kept.others_reaching(market, target, users, alive, worth)
        here = bounds >= best.reach / whole
        _look_at(market, target, best, rows[here], bounds[here])
    look_at_others(kept.behind(best.reach * SLACK / each / of_others))
    return best.rows


def _near_the_top(market: Market, target: Target, alive: Bits, number: int) -> np.float32:
    """Return a bound that about so many reach, by some candidates from all over."""
    rows, step = tasted(market.count)
    return _top(bounds_of(market, target, rows[are_in(alive, rows)]), max(1, number // step))


def _top(found: Reals, number: int) -> np.float32:
    """Return a bound that so many reach; TINY where there are fewer."""
    at = len(found) - number
    return TINY if at < 0 else max(TINY, np.partition(found, at)[at])


def _between(
    market: Market, target: Target, alive: Bits, least: np.float32, above: np.float32
) -> tuple[Rows, Reals]:
    """Return the candidates whose bound is at least one and below another."""

    def look(block: slice) -> tuple[Rows, Reals]:
        here = bounds_of(market, target, block)
        near = here >= least
        if above < np.inf:
            near &= here < above
        places = np.flatnonzero(near)
        rows = places + block.start
        there = are_in(alive, rows)
        return rows[there], here[places[there]]

    rows, found = zip(*by_blocks(market.count, look), strict=True)
    return np.concatenate(rows), np.concatenate(found)


def _most_of_others(target: Target) -> np.float32:
    """What the topic counts at most for whoever uses none of the words that are asked for."""
    assert target.terms is not None
    weight = weight_of(PartName.TOPIC) / BPS_WHOLE
    near = topics.most_of_neighbours(target.terms, width=TERMS)
    return np.float32(1 - weight + weight * min(1.0, near + 1 / BPS_WHOLE))


def _look_at(market: Market, target: Target, best: Best, rows: Rows, bounds: Reals) -> None:
    """Compute the whole fits of those whose bounds reach the best, the highest bounds first.

    The topic first, as it tells most apart; the countries as they are of whoever still reaches.
    """
    whole = scale(target)
    at_once = FIRST_LOOK * best.most
    bounds = bounds * _most_topic_parts(market, target, rows)
    while len(rows):
        now, here, rows, bounds = _highest(rows, bounds, at_once)
        here = here * _topic_parts(market, target, now)
        for most in (best.most, len(now)):
            some, there, now, here = _highest(now, here, most)
            best.add(some, there * _country_parts(market, target, some) * whole)
            near = here >= best.reach / whole
            now, here = now[near], here[near]
        near = bounds >= best.reach / whole
        rows, bounds = rows[near], bounds[near]
        at_once *= 2


def _highest(rows: Rows, bounds: Reals, number: int) -> tuple[Rows, Reals, Rows, Reals]:
    """Part so many with the highest bounds from the others."""
    others = max(0, len(rows) - number)
    if others:
        order = np.argpartition(bounds, others)
        rows, bounds = rows[order], bounds[order]
    return rows[others:], bounds[others:], rows[:others], bounds[:others]


def _topic_parts(market: Market, target: Target, rows: Rows) -> Reals | np.float32:
    """What the topic as it is makes of each bound."""
    if not has_words(target):
        return np.float32(1)
    weight = weight_of(PartName.TOPIC) / BPS_WHOLE
    near = topic_bps(market, target, rows) * (weight / BPS_WHOLE)
    return np.asarray((1 - weight + near) / _most_topic_parts(market, target, rows), np.float32)


def _most_topic_parts(market: Market, target: Target, rows: Rows) -> Reals | np.float32:
    """What the topic makes of each at most: less of whoever uses none of the words."""
    if not has_words(target):
        return np.float32(1)
    uses = are_in(users_of(market, target), rows)
    return np.where(uses, np.float32(1), _most_of_others(target))


def _country_parts(market: Market, target: Target, rows: Rows) -> Reals | np.float32:
    """What the countries as they are make of each bound."""
    if target.countries is None:
        return np.float32(1)
    there = country_parts(market, target, rows).astype(np.float32)
    return np.asarray(there / most_country_parts(market, target, rows))
