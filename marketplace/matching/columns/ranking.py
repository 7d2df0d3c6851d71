"""The best of the whole market for a wish: exact, in one pass over the columns.

Hard rules remove first, and are counted, as sets of rows (:mod:`removing`). Everybody left gets a
bound in 4-byte numbers (:mod:`bounds`), and whose bound reaches the best is looked at whole
(:mod:`searching`). Whoever may be among the best is computed again in whole numbers, and those
decide: so the result is that of computing every fit exactly, whatever the order of the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from marketplace.matching.columns.bits import Bits, are_in, count, rows_in
from marketplace.matching.columns.blocks import spread
from marketplace.matching.columns.counting import Whole
from marketplace.matching.columns.factors import asked_prices, factor_columns
from marketplace.matching.columns.market import Market, Rows
from marketplace.matching.columns.removing import candidates
from marketplace.matching.columns.searching import few_of, look_through
from marketplace.matching.columns.target import target_of
from marketplace.matching.rules.fit import (
    Factors,
    best_first,
    orders_of,
)
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.wanted import Wanted

BEST: Final = 200
MIDDLE_OF: Final = 512
"""The middle of so many candidates, or up to twice, evenly from all over, is the market's."""
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


def rank(market: Market, wanted: Wanted, *, most: int = BEST) -> Ranking:
    """Return the best creators of a market for a wish; see the module."""
    target = target_of(wanted, market)
    left_out: Counter[LeftOut] = Counter()
    alive = candidates(market, target, wanted.rules, left_out)
    total = count(alive)
    few = few_of(market, alive, total)
    found = look_through(market, target, alive, few, most) if total else np.empty(0, np.intp)
    some = _some(market, alive, total, few)
    looked_at = factor_columns(market, target, np.concatenate([found, some]))
    rows, factors = _exactly(market, found, [each[: len(found)] for each in looked_at], most)
    return Ranking(
        rows=rows,
        factors=factors,
        candidates=total,
        left_out={rule: left_out[rule] for rule in LeftOut if left_out[rule]},
        medians=_medians([each[len(found) :] for each in looked_at]),
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
        total = count(alive)
        some = _some(market, alive, total, few_of(market, alive, total))
        return _medians(factor_columns(market, target, some))

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


def _exactly(
    market: Market, rows: Rows, factors: Sequence[Whole], most: int
) -> tuple[Rows, Sequence[Whole]]:
    """The best in whole numbers, with what their fits are computed from."""
    order = best_first(factors, market.arrays["ids"][:, rows])[:most]
    return rows[order], [each[order] for each in factors]


def _some(market: Market, alive: Bits, total: int, few: Rows | None) -> Rows:
    """Candidates evenly from all over the market: all of them where they are few."""
    step = total // MIDDLE_OF
    if few is None and step < 2:
        few = rows_in(alive, market.count)
    if few is not None:
        return few[:: max(1, step)]
    rows = spread(market.count, step)
    return rows[are_in(alive, rows)]


def _medians(factors: Sequence[Whole]) -> Factors | None:
    """The middle of each factor over some candidates."""
    if not len(factors[0]):
        return None
    middle = (len(factors[0]) - 1) // 2
    return Factors(*np.partition(np.stack(factors), middle, axis=1)[:, middle].tolist())
