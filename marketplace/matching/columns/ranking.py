"""The best of the whole market for a wish: exact, in one pass over the columns.

Hard rules remove first, and are counted, as sets of rows. Everybody left gets a bound in 4-byte
numbers: the fit as if the topic were perfect. All of a bound that is the same for every target, the
worth of a creator's views for the money, is worked out once while the columns stay as they are; the
shares of the audience are multiplied in. Those with the highest bounds are looked at whole, and
then whose bound still reaches the best of them. Whoever may be among the best is computed again in
whole numbers, and those decide: so the result is that of computing every fit exactly, whatever the
order of the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.bits import Bits, are_in, count, rows_in
from marketplace.matching.columns.factors import (
    Whole,
    age_steps,
    asked_prices,
    country_bps,
    factor_columns,
    format_bps,
    gender_steps,
    most_country_bps,
    prices,
    topic_bps,
)
from marketplace.matching.columns.layout import WHOLE_STEPS
from marketplace.matching.columns.market import Market, Pick, Rows
from marketplace.matching.columns.removing import candidates
from marketplace.matching.columns.target import Target, target_of
from marketplace.matching.rules.fit import (
    Factors,
    PartName,
    best_first,
    orders_of,
    weight_of,
)
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.wanted import Wanted

Reals = NDArray[np.float32]

BEST: Final = 200
BLOCK: Final = 131_072
"""So many rows at once stay in the processor's cache."""
FEW: Final = 16
"""With fewer than one candidate in so many, they are looked up one by one."""
NEAR: Final = 100
"""So many times the number wanted have a bound worth noting, by some TASTED from all over."""
TASTED: Final = 4_096
FIRST_LOOK: Final = 8
"""Of them, this many times the number wanted are looked at whole before the others are asked
whether their bound still reaches; then twice as many, and so on."""
TINY: Final = np.float32(1e-30)
"""Below every fit that is more than nothing."""
SLACK: Final = np.float32(1 - 1e-5)
"""More than the error of two dozen operations on 4-byte numbers."""
MIDDLE_OF: Final = 512
"""The middle of so many candidates, or up to twice, evenly from all over, is the market's."""
NEIGHBOURS: Final = 8
WORTHS_KEPT: Final = 4
"""Of wishes for other pieces or in another currency: four bytes a creator each."""
MIDDLES_KEPT: Final = 1_024
RANKINGS_KEPT: Final = 16
"""A tenth of a megabyte each."""


class Ranked(NamedTuple):
    """One creator's place. order: larger for a better fit, see :func:`order_of`."""

    row: int
    factors: Factors
    order: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a look over the market found.

    rows: of the best, in their order; equal fits stand in the order of the creators' ids. factors:
    theirs, an array each. left_out: rule -> how many it removed. candidates: how many were left.
    medians: the middle of each factor over them; None when there are none.
    """

    rows: Rows
    factors: Sequence[Whole]
    candidates: int
    left_out: Mapping[LeftOut, int]
    medians: Factors | None

    @property
    def best(self) -> Sequence[Ranked]:
        """The best one by one, made when somebody reads them."""
        each = zip(*(factor.tolist() for factor in self.factors), strict=True)
        orders = orders_of(self.factors)
        return [
            Ranked(row, Factors(*values), order)
            for row, values, order in zip(self.rows.tolist(), each, orders, strict=True)
        ]


class _Best:
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


def rank(market: Market, wanted: Wanted, *, most: int = BEST) -> Ranking:
    """Return the best creators of a market for a wish; see the module."""
    target = target_of(wanted, market)
    left_out: Counter[LeftOut] = Counter()
    alive = candidates(market, target, wanted.rules, left_out)
    total = count(alive)
    best = _Best(most)
    if total:
        _look_through(market, target, alive, total, best)
    rows, factors = _exactly(market, target, best.rows, most)
    return Ranking(
        rows=rows,
        factors=factors,
        candidates=total,
        left_out={rule: left_out[rule] for rule in LeftOut if left_out[rule]},
        medians=_medians(market, target, _some(market, alive, total)),
    )


def ranking_of(market: Market, wanted: Wanted) -> Ranking:
    """Return the same, worked out once while the columns stay as they are.

    A list is read page by page, and again after each creator who was looked at.
    """
    return market.memo.get("ranking", wanted, lambda: rank(market, wanted), most=RANKINGS_KEPT)


def middle(market: Market, wanted: Wanted) -> Factors | None:
    """Return the middle of each factor over the candidates of a market; None without candidates.

    It is the same for every creator, so it is worked out once while the columns stay as they are.
    """

    def work_out() -> Factors | None:
        target = target_of(wanted, market)
        alive = candidates(market, target, wanted.rules, Counter())
        return _medians(market, target, _some(market, alive, count(alive)))

    return market.memo.get("middle", wanted, work_out, most=MIDDLES_KEPT)


def cheapest_minor(market: Market, wanted: Wanted) -> int | None:
    """Return the lowest price that a creator asks whom no rule but the price removes.

    None where nobody of them names one.
    """
    target = target_of(wanted, market)
    rules = replace(wanted.rules, price_most_minor=None)
    rows = rows_in(candidates(market, target, rules, Counter()), market.count)
    price, known = asked_prices(market, target, rows)
    return int(price[known].min()) if known.any() else None


def _worth(market: Market, target: Target) -> Reals:
    """What everybody's views are worth for the money, whatever the target and the topic."""

    def work_out() -> Reals:
        found = np.empty(market.count, np.float32)
        for begin in range(0, market.count, BLOCK):
            block = slice(begin, min(begin + BLOCK, market.count))
            found[block] = _worth_of(market, target, block)
        return found

    asked = (target.currency, target.cost_micro, target.floor_minor, target.pieces, target.forms)
    return market.memo.get("worth", asked, work_out, most=WORTHS_KEPT)


def _worth_of(market: Market, target: Target, block: slice) -> Reals:
    columns = market.arrays
    found = columns["views"][block].astype(np.float32)
    found *= columns["authentic"][block].astype(np.float32)
    for name, share, whole in (
        (PartName.FORMAT, format_bps(market, target, block), BPS_WHOLE),
        (PartName.RELIABILITY, columns["reliability"][block], WHOLE_STEPS),
    ):
        weight = weight_of(name) / BPS_WHOLE
        counted = share.astype(np.float32)
        counted *= np.float32(weight / whole)
        counted += np.float32(1 - weight)
        found *= counted
    found /= prices(market, target, block)[0].astype(np.float32)
    found /= np.float32(WHOLE_STEPS)
    return found


def _look_through(market: Market, target: Target, alive: Bits, total: int, best: _Best) -> None:
    """Look at everybody who may be among the best."""
    if total * FEW < market.count:
        rows = rows_in(alive, market.count)
        _look_at(market, target, best, rows, _bounds(market, target, rows))
        return
    above = np.float32(np.inf)
    least = _near_the_top(market, target, alive, NEAR * best.most)
    while least < above:
        rows, bounds = _between(market, target, least, above)
        here = are_in(alive, rows)
        _look_at(market, target, best, rows[here], bounds[here])
        above, least = least, min(least, best.reach / _scale(target))


def _near_the_top(market: Market, target: Target, alive: Bits, number: int) -> np.float32:
    """Return a bound that about so many reach, by some candidates from all over."""
    step = max(1, market.count // TASTED)
    rows = _spread(market.count, step)
    tasted = _bounds(market, target, rows[are_in(alive, rows)])
    at = len(tasted) - max(1, number // step)
    return TINY if at < 0 else max(TINY, np.partition(tasted, at)[at])


def _between(
    market: Market, target: Target, least: np.float32, above: np.float32
) -> tuple[Rows, Reals]:
    """Return whose bound is at least one and below another."""
    rows, bounds = [], []
    for begin in range(0, market.count, BLOCK):
        here = _bounds(market, target, slice(begin, min(begin + BLOCK, market.count)))
        near = here >= least
        if above < np.inf:
            near &= here < above
        places = np.flatnonzero(near)
        rows.append(places + begin)
        bounds.append(here[places])
    return np.concatenate(rows), np.concatenate(bounds)


def _bounds(market: Market, target: Target, pick: Pick) -> Reals:
    """No less than the fit of each can be; the scale is :func:`_scale`."""
    found = _shares(market, target, pick)
    found *= _worth(market, target)[pick]
    if target.countries is not None:
        found *= most_country_bps(market, target, pick)
    return found


def _shares(market: Market, target: Target, pick: Pick) -> Reals:
    """The part of each audience that is of an age and a gender wanted, in steps of both."""
    ages, genders = age_steps(market, target, pick), gender_steps(market, target, pick)
    if ages is None and genders is None:
        return np.ones(len(market.arrays["authentic"][pick]), np.float32)
    if ages is None or genders is None:
        return np.asarray(genders if ages is None else ages, np.float32)
    return (ages.astype(np.uint16) * genders.astype(np.uint16)).astype(np.float32)


def _scale(target: Target) -> np.float32:
    """What a bound has to be multiplied by to be a fit: its shares are not of one.

    Of words that nobody uses nobody has anything, so no bound has to be as if somebody had.
    """
    parts = (target.ages is not None) + (target.genders is not None)
    whole = WHOLE_STEPS**parts * (1 if target.countries is None else BPS_WHOLE)
    unused = target.terms is not None and not len(target.terms.terms)
    topic = 1 - weight_of(PartName.TOPIC) / BPS_WHOLE if unused else 1
    return np.float32(topic / whole)


def _look_at(market: Market, target: Target, best: _Best, rows: Rows, bounds: Reals) -> None:
    """Compute the whole fits of those whose bounds reach the best, the highest bounds first.

    The topic first, as it tells most apart; the countries as they are of whoever still reaches.
    """
    scale = _scale(target)
    at_once = FIRST_LOOK * best.most
    while len(rows):
        now, here, rows, bounds = _highest(rows, bounds, at_once)
        here = here * _topic_parts(market, target, now)
        for most in (best.most, len(now)):
            some, there, now, here = _highest(now, here, most)
            best.add(some, there * _country_parts(market, target, some) * scale)
            near = here >= best.reach / scale
            now, here = now[near], here[near]
        near = bounds >= best.reach / scale
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
    """What the topic makes of each bound."""
    if target.terms is None or not len(target.terms.terms):
        return np.float32(1)
    weight = weight_of(PartName.TOPIC) / BPS_WHOLE
    near = topic_bps(market, target, rows) * (weight / BPS_WHOLE)
    return np.asarray(1 - weight + near, np.float32)


def _country_parts(market: Market, target: Target, rows: Rows) -> Reals | np.float32:
    """What the countries as they are make of each bound."""
    if target.countries is None:
        return np.float32(1)
    there = country_bps(market, target, rows).astype(np.float32)
    return np.asarray(there / most_country_bps(market, target, rows))


def _exactly(market: Market, target: Target, rows: Rows, most: int) -> tuple[Rows, Sequence[Whole]]:
    """The best in whole numbers, with what their fits are computed from."""
    factors = factor_columns(market, target, rows)
    order = best_first(factors, market.arrays["ids"][:, rows])[:most]
    return rows[order], [each[order] for each in factors]


def _some(market: Market, alive: Bits, total: int) -> Rows:
    """Candidates evenly from all over the market: all of them where they are few."""
    step = total // MIDDLE_OF
    if total * FEW < market.count or step < 2:
        return rows_in(alive, market.count)[:: max(1, step)]
    rows = _spread(market.count, step)
    return rows[are_in(alive, rows)]


def _spread(total: int, step: int) -> Rows:
    """Return one row of so many, evenly from all of them.

    A few neighbours at a time: those lie together in the memory.
    """
    first = np.arange(0, total, step * NEIGHBOURS)
    rows = (first[:, None] + np.arange(NEIGHBOURS)).ravel()
    return rows[rows < total]


def _medians(market: Market, target: Target, rows: Rows) -> Factors | None:
    """The middle of each factor over some candidates."""
    if not len(rows):
        return None
    middle = (len(rows) - 1) // 2
    factors = np.stack(factor_columns(market, target, rows))
    return Factors(*np.partition(factors, middle, axis=1)[:, middle].tolist())
