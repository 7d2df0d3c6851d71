"""The most that each fit can be, from what is cheap to read: as if the topic were perfect.

All of it that is the same for every target, the worth of a creator's views for the money, is worked
out once while the columns stay as they are; the shares of the audience are multiplied in.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.blocks import by_blocks
from marketplace.matching.columns.factors import (
    age_steps,
    format_bps,
    gender_steps,
    most_country_parts,
    prices,
)
from marketplace.matching.columns.layout import WHOLE_STEPS
from marketplace.matching.columns.market import Market, Pick
from marketplace.matching.columns.target import Target
from marketplace.matching.rules.fit import TIMES_WHOLE, PartName, weight_of

Reals = NDArray[np.float32]

WORTHS_KEPT: Final = 4
"""Of wishes for other pieces or in another currency: four bytes a creator each."""


def bounds_of(market: Market, target: Target, pick: Pick) -> Reals:
    """No less than the fit of each can be; the scale is :func:`scale`."""
    found = shares(market, target, pick)
    found *= worth_there(market, target, pick)
    return found


def worth_there(market: Market, target: Target, pick: Pick) -> Reals:
    """The same for everybody of whatever age and gender: the worth of views in the countries."""
    worth = _worth(market, target)[pick]
    if target.countries is None:
        return worth
    found = most_country_parts(market, target, pick)
    found *= worth
    return found


def shares(market: Market, target: Target, pick: Pick) -> Reals:
    """The part of each audience that is of an age and a gender wanted, in steps of both."""
    ages, genders = age_steps(market, target, pick), gender_steps(market, target, pick)
    if ages is None and genders is None:
        return np.ones(len(market.arrays["authentic"][pick]), np.float32)
    if ages is None or genders is None:
        return np.asarray(genders if ages is None else ages, np.float32)
    return np.multiply(ages, genders, dtype=np.uint16).astype(np.float32)


def most_shares(market: Market, target: Target) -> np.float32:
    """The most that :func:`shares` is of anybody."""
    found = 1
    for name, places in (("age", target.ages), ("gender", target.genders)):
        if places is not None:
            most = market.memo.get("most", name, partial(_most_of_each, market, name), most=2)
            found *= min(WHOLE_STEPS, int(most[list(places)].sum()))
    return np.float32(found)


def _most_of_each(market: Market, name: str) -> NDArray[np.int64]:
    """The largest share that anybody has of each label of an audience."""
    columns = market.arrays[name]
    parts = by_blocks(market.count, lambda at: columns[:, at].max(axis=1, initial=0))
    found: NDArray[np.int64] = np.vstack([np.zeros(len(columns), np.int64), *parts]).max(axis=0)
    return found


def priced(target: Target) -> Hashable:
    """What the worth of views depends on."""
    return target.currency, target.cost_micro, target.floor_minor, target.pieces, target.forms


def scale(target: Target) -> np.float32:
    """What a bound has to be multiplied by to be a fit: its shares are not of one.

    Of words that nobody uses nobody has anything, so no bound has to be as if somebody had.
    """
    parts = (target.ages is not None) + (target.genders is not None)
    whole = WHOLE_STEPS**parts * (1 if target.countries is None else TIMES_WHOLE)
    unused = target.terms is not None and not len(target.terms.terms)
    topic = 1 - weight_of(PartName.TOPIC) / BPS_WHOLE if unused else 1
    return np.float32(topic / whole)


def _worth(market: Market, target: Target) -> Reals:
    """What everybody's views are worth for the money, whatever the target and the topic."""

    def work_out() -> Reals:
        parts = by_blocks(market.count, lambda block: _worth_of(market, target, block))
        return np.concatenate([np.empty(0, np.float32), *parts])

    return market.memo.get("worth", priced(target), work_out, most=WORTHS_KEPT)


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
