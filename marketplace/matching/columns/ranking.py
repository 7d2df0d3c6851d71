"""The best of the whole market for a wish: exact, in one pass over the columns.

The market is gone through in blocks that stay in the processor's cache. Hard rules remove first,
and are counted. Then everybody gets a bound in 4-byte numbers: the fit as if topic, format and
reliability were perfect. Only whose bound still reaches the present best is looked at whole.
Whoever may be among the best is computed again in whole numbers, and those decide: so the result is
that of computing every fit exactly, whatever the order of the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.context import MICRO
from marketplace.matching.columns.layout import U4_MOST, WHOLE_STEPS, Flag
from marketplace.matching.columns.market import (
    Market,
    Pick,
    Rows,
    Target,
    age_steps,
    asked_prices,
    country_bps,
    factor_columns,
    factors_at,
    gender_steps,
    target_of,
)
from marketplace.matching.rules.fit import PART_SHARES, Factors, order_of, weight_of
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.wanted import HardRules, Wanted

Reals = NDArray[np.float32]

BEST: Final = 200
BLOCK: Final = 131_072
FIRST_LOOK: Final = 8
"""In the first block, where nothing is known yet, the topic is looked at for this many times the
number wanted."""
TWO_HALVES_FROM: Final = 200_000
"""A market of so many is worth a second thread."""
AT_ONCE: Final = 2_048
"""With so many whose bound reaches, their whole fits are computed."""
TINY: Final = 1e-30
"""Below every fit that is more than nothing."""
SLACK: Final = np.float32(1 - 1e-5)
"""More than the error of a dozen operations on 4-byte numbers."""
SOME_OF_BLOCK: Final = 128
"""So many candidates of a block, or up to twice, evenly: their middle is the market's."""
PICK_BELOW: Final = 0.25
"""With fewer of a block left than this, its creators are looked up one by one."""

MIDDLES_KEPT: Final = 1_024


@dataclass(frozen=True, slots=True)
class Ranked:
    """One creator's place. order: larger for a better fit, see :func:`order_of`."""

    row: int
    factors: Factors
    order: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a look over the market found.

    best: in their order; equal fits stand in the order of the creators' ids. left_out: rule -> how
    many it removed. candidates: how many were left. medians: the middle of each factor over them;
    None when there are none.
    """

    best: Sequence[Ranked]
    candidates: int
    left_out: Mapping[LeftOut, int]
    medians: Factors | None


class _Best:
    """The best so far by 4-byte numbers, and what one must reach to be among them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.reach = np.float32(TINY)
        self.is_full = False
        self._rows: list[Rows] = []
        self._fits: list[Reals] = []
        self._waiting = 0

    def add(self, rows: Rows, fits: Reals) -> None:
        near = fits >= self.reach
        self._rows.append(rows[near])
        self._fits.append(fits[near])
        self._waiting += len(self._rows[-1])
        if self._waiting >= 2 * self.most:
            self.settle()

    def settle(self) -> Rows:
        """Keep whoever may be among the best, and return their rows."""
        rows = np.concatenate(self._rows) if self._rows else np.empty(0, np.intp)
        fits = np.concatenate(self._fits) if self._fits else np.empty(0, np.float32)
        if len(rows) >= self.most:
            at = len(rows) - self.most
            self.reach = np.partition(fits, at)[at] * SLACK
            self.is_full = True
            kept = fits >= self.reach
            rows, fits = rows[kept], fits[kept]
        self._rows, self._fits, self._waiting = [rows], [fits], 0
        return rows


def rank(market: Market, wanted: Wanted, *, most: int = BEST) -> Ranking:
    """Return the best creators of a market for a wish; see the module.

    A large market is gone through in two halves at once.
    """
    target = target_of(wanted, market)
    parts = 1 if market.count < TWO_HALVES_FROM else 2
    ends = [market.count * number // parts for number in range(parts + 1)]
    look = partial(_look_through, market, target, wanted.rules, most)
    if parts == 1:
        halves = [look(0, market.count)]
    else:
        with ThreadPoolExecutor(parts) as threads:
            halves = list(threads.map(look, ends[:-1], ends[1:]))
    left_out = sum((half.left_out for half in halves), Counter[LeftOut]())
    return Ranking(
        best=_exactly(market, target, np.concatenate([half.rows for half in halves]), most),
        candidates=sum(half.candidates for half in halves),
        left_out={rule: left_out[rule] for rule in LeftOut if left_out[rule]},
        medians=_medians(market, target, [rows for half in halves for rows in half.some]),
    )


@dataclass(frozen=True, slots=True)
class _Half:
    """What one look through a part of the market found. some: candidates from all over it."""

    rows: Rows
    candidates: int
    left_out: Counter[LeftOut]
    some: Sequence[Rows]


def _look_through(
    market: Market, target: Target, rules: HardRules, most: int, first: int, last: int
) -> _Half:
    best = _Best(most)
    waiting = _Waiting(market, target, best)
    left_out: Counter[LeftOut] = Counter()
    some: list[Rows] = []
    candidates = 0
    for begin in range(first, last, BLOCK):
        block = slice(begin, min(begin + BLOCK, last))
        alive = keep_by_rules(market, target, rules, block, left_out)
        count = int(np.count_nonzero(alive))
        if not count:
            continue
        pick: Pick = block
        if count < PICK_BELOW * len(alive):
            pick = np.flatnonzero(alive) + block.start
            alive = np.ones(len(pick), bool)
        bounds = _bounds(market, target, rules, pick, alive, left_out)
        left = int(np.count_nonzero(alive))
        candidates += left
        step = max(1, left // SOME_OF_BLOCK)
        some.append(_rows(pick, np.flatnonzero(alive[::step]) * step))
        waiting.take(pick, bounds, alive)
    waiting.look()
    return _Half(best.settle(), candidates, left_out, some)


def middle(market: Market, wanted: Wanted) -> Factors | None:
    """Return the middle of each factor over the candidates of a market; None without candidates.

    It is the same for every creator, so it is worked out once while the columns stay as they are.
    """
    if wanted not in market.middles:
        if len(market.middles) >= MIDDLES_KEPT:
            market.middles.clear()
        market.middles[wanted] = rank(market, wanted, most=1).medians
    return market.middles[wanted]


def cheapest_minor(market: Market, wanted: Wanted) -> int | None:
    """Return the lowest price that a creator asks whom no rule but the price removes.

    None where nobody of them names one.
    """
    target = target_of(wanted, market)
    rules = replace(wanted.rules, price_most_minor=None)
    found: list[int] = []
    for begin in range(0, market.count, BLOCK):
        block = slice(begin, min(begin + BLOCK, market.count))
        alive = keep_by_rules(market, target, rules, block, Counter())
        _bounds(market, target, rules, block, alive, Counter())
        price, known = asked_prices(market, target, block)
        known &= alive
        if known.any():
            found.append(int(price[known].min()))
    return min(found, default=None)


def keep_by_rules(
    market: Market,
    target: Target,
    rules: HardRules,
    block: slice,
    left_out: Counter[LeftOut],
) -> NDArray[np.bool_]:
    """Say who of a block is left by the rules that need no price and no target."""
    columns = market.arrays
    alive = np.ones(block.stop - block.start, bool)

    remove = partial(_remove, left_out, alive)
    flags = columns["flags"][block] & (Flag.CLOSED | Flag.CHANNEL)
    if (flags != Flag.CHANNEL).any():
        remove(LeftOut.ACCOUNT_CLOSED, (flags & Flag.CLOSED) != 0)
        remove(LeftOut.NO_CHANNEL, (flags & Flag.CHANNEL) == 0)
    remove(LeftOut.NO_VIEWS, columns["views"][block] == 0)
    if target.homes is not None:
        remove(LeftOut.LIVES_ELSEWHERE, ~target.homes[columns["home"][block]])
    if target.languages is not None:
        remove(LeftOut.OTHER_LANGUAGE, ~target.languages[columns["language"][block]])
    followers = columns["followers"][block]
    if rules.followers_least:
        remove(LeftOut.TOO_FEW_FOLLOWERS, followers < rules.followers_least)
    if rules.followers_most is not None:
        remove(LeftOut.TOO_MANY_FOLLOWERS, followers > rules.followers_most)
    if target.topic_mask:
        remove(LeftOut.BLOCKED_TOPIC, (columns["topics"][block] & target.topic_mask) != 0)
    if target.subject_mask:
        remove(LeftOut.AVOIDED_SUBJECT, (columns["subjects"][block] & target.subject_mask) != 0)
    if len(target.bound):
        remove(LeftOut.BOUND, _is_among(target.bound, block))
    if target.free_on >= 0:
        remove(LeftOut.AWAY, columns["away_until"][block] >= target.free_on)
    return alive


def _is_among(rows: Rows, block: slice) -> NDArray[np.bool_]:
    found = np.zeros(block.stop - block.start, bool)
    first, last = np.searchsorted(rows, [block.start, block.stop])
    found[rows[first:last] - block.start] = True
    return found


def _remove(
    left_out: Counter[LeftOut],
    alive: NDArray[np.bool_],
    rule: LeftOut,
    fails: NDArray[np.bool_],
) -> None:
    fails &= alive
    if count := int(np.count_nonzero(fails)):
        left_out[rule] += count
        np.logical_xor(alive, fails, out=alive)


def _rows(pick: Pick, places: Rows) -> Rows:
    return places + pick.start if isinstance(pick, slice) else pick[places]


def _bounds(
    market: Market,
    target: Target,
    rules: HardRules,
    pick: Pick,
    alive: NDArray[np.bool_],
    left_out: Counter[LeftOut],
) -> Reals:
    """More than the fit of each can be: as if topic, format and reliability were perfect.

    Whom price or target removes is taken from ``alive``; what stands there for them means nothing.
    """
    columns = market.arrays
    asked, known = asked_prices(market, target, pick)
    bounds = columns["views"][pick].astype(np.float32)
    price = asked.astype(np.float32)
    if not known.all():
        # An estimate is rounded to a whole number; never more than this is taken from it.
        usual = bounds * np.float32(target.cost_micro / MICRO)
        usual -= np.float32(0.5)
        np.clip(usual, 1, U4_MOST, out=usual)
        np.copyto(price, usual, where=~known)
    if rules.price_most_minor is not None:
        known &= asked > rules.price_most_minor
        _remove(left_out, alive, LeftOut.TOO_DEAR, known)
    bounds *= columns["authentic"][pick]
    for steps in (age_steps(market, target, pick), gender_steps(market, target, pick)):
        if steps is not None:
            bounds *= steps
    if target.countries is not None:
        bounds *= country_bps(market, target, pick)
    _remove(left_out, alive, LeftOut.NOBODY_IN_TARGET, bounds == 0)
    bounds /= price
    return bounds


class _Waiting:
    """Creators whose bound reaches the present best; looked at some thousand at a time."""

    def __init__(self, market: Market, target: Target, best: _Best) -> None:
        self.market, self.target, self.best = market, target, best
        self.scale = _scale(target)
        self._rows: list[Rows] = []
        self._bounds: list[Reals] = []
        self._count = 0

    def take(self, pick: Pick, bounds: Reals, alive: NDArray[np.bool_]) -> None:
        """Keep those of a block who may be among the best."""
        near = np.flatnonzero((bounds >= self.best.reach / self.scale) & alive)
        first = FIRST_LOOK * self.best.most
        if not self.best.is_full and len(near) > first:
            order = np.argpartition(bounds[near], len(near) - first)
            _look(self.market, self.target, self.best, _rows(pick, near[order[-first:]]))
            self.best.settle()
            near = near[order[:-first]]
            near = near[bounds[near] >= self.best.reach / self.scale]
        self._rows.append(_rows(pick, near))
        self._bounds.append(bounds[near])
        self._count += len(near)
        if self._count >= AT_ONCE:
            self.look()

    def look(self) -> None:
        """Compute the whole fits of those whose bound still reaches the best."""
        if not self._rows:
            return
        rows, bounds = np.concatenate(self._rows), np.concatenate(self._bounds)
        _look(
            self.market,
            self.target,
            self.best,
            rows[bounds >= self.best.reach / self.scale],
        )
        self.best.settle()
        self._rows, self._bounds, self._count = [], [], 0


def _scale(target: Target) -> np.float32:
    """What a bound has to be multiplied by to be a fit: its shares are not of one."""
    parts = 1 + (target.ages is not None) + (target.genders is not None)
    whole = WHOLE_STEPS**parts * (1 if target.countries is None else BPS_WHOLE)
    return np.float32(1 / whole)


def _look(market: Market, target: Target, best: _Best, rows: Rows) -> None:
    if not len(rows):
        return
    views, *shares, price = factor_columns(market, target, rows)
    fits = views / price
    for share, name in zip(shares, PART_SHARES, strict=True):
        weight = weight_of(name) / BPS_WHOLE
        fits *= 1 - weight + weight / BPS_WHOLE * share
    best.add(rows, fits.astype(np.float32))


def _exactly(market: Market, target: Target, rows: Rows, most: int) -> list[Ranked]:
    """The best in whole numbers. Equal factors are computed once."""
    factors = factors_at(market, target, rows)
    known = {each: order_of(each) for each in set(factors)}
    high, low = (half[rows].tolist() for half in market.arrays["ids"])
    order = sorted(
        range(len(rows)), key=lambda place: (-known[factors[place]], high[place], low[place])
    )
    return [
        Ranked(int(rows[place]), factors[place], known[factors[place]]) for place in order[:most]
    ]


def _medians(market: Market, target: Target, some: Sequence[Rows]) -> Factors | None:
    """The middle of each factor over candidates from all over the market."""
    rows = np.concatenate(some) if some else np.empty(0, np.intp)
    if not len(rows):
        return None
    middle = (len(rows) - 1) // 2
    return Factors(
        *(int(np.partition(each, middle)[middle]) for each in factor_columns(market, target, rows))
    )
