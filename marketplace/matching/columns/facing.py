"""What one creator's fits to all open briefs are computed from: the numbers of the brands' lists.

The same parts as in :mod:`factors`, seen from the other side and counted by the same rule
(:mod:`counting`): there one wish meets a million creators, here one creator ten thousand wishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import FORMATS
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns import counting
from marketplace.matching.columns.book import Book, Countries, Labels, Words, Work
from marketplace.matching.columns.counting import Whole
from marketplace.matching.columns.elsewhere import elsewhere
from marketplace.matching.columns.layout import TERMS, WHOLE_STEPS
from marketplace.matching.columns.market import Market
from marketplace.matching.rules import topics
from marketplace.matching.rules.fit import TIMES_WHOLE

PLACES: Final = np.arange(TERMS)


def factors_facing(book: Book, market: Market, row: int) -> list[Whole]:
    """Return what a creator's fits to all briefs are computed from, as ``Factors`` names it."""
    columns = market.arrays
    works = book.work.which

    def alike(name: str) -> Whole:
        return np.full(book.size, counting.share_bps(columns[name][row]))

    return [
        np.full(book.size, columns["views"][row], np.int64),
        alike("authentic"),
        _share_bps(book.ages, columns["age"][:, row])[book.ages.which],
        _share_bps(book.genders, columns["gender"][:, row])[book.genders.which],
        _country_parts(book.countries, market, row)[book.countries.which],
        _topic_bps(book.words, market, row)[book.words.which],
        counting.format_bps(book.work.forms @ columns["formats"][:, row], book.work.total)[works],
        alike("reliability"),
        _prices(book.work, market, row)[works],
    ]


def _share_bps(labels: Labels, steps: NDArray[np.uint8]) -> Whole:
    return np.where(labels.anybody, BPS_WHOLE, counting.share_bps(labels.wanted @ steps))


def _country_parts(countries: Countries, market: Market, row: int) -> Whole:
    """The share of the creator in each of the different countries, with what the others say."""
    there = market.arrays["country"][: len(market.context.numbers), row]
    some = np.flatnonzero(there)
    listed, listed_steps = elsewhere(market).of(row)
    numbers = np.concatenate([np.array(market.context.numbers, np.intp)[some], listed])
    steps = np.concatenate([there[some], listed_steps]).astype(np.float64)
    own, near = (
        (steps @ each[numbers]).astype(np.int64) for each in (countries.wanted, countries.alike)
    )
    parts = counting.country_parts(np.minimum(own, WHOLE_STEPS), near)
    return np.where(countries.anybody, TIMES_WHOLE, parts)


def _topic_bps(words: Words, market: Market, row: int) -> Whole:
    """How near the creator is to each of the different words, by the terms both have."""
    own = market.arrays["terms"][row]
    uses = topics.uses_in(market.arrays["term_weights"][row], PLACES).astype(np.float64)
    places = np.searchsorted(words.terms, own)
    met = [
        (slice(words.starts[place], words.starts[place + 1]), used)
        for place, term, used in zip(places.tolist(), own.tolist(), uses.tolist(), strict=True)
        if place < len(words.terms) and words.terms[place] == term
    ]
    counts = [here.stop - here.start for here, _ in met]
    near = topics.near_by(
        np.concatenate([words.of[:0], *(words.of[here] for here, _ in met)]),
        np.repeat([used for _, used in met], counts),
        np.concatenate([words.weights[:0], *(words.weights[here] for here, _ in met)]),
        len(words.anything),
    )
    return np.where(words.anything, BPS_WHOLE, counting.topic_bps(near))


def asked_facing(work: Work, market: Market, row: int) -> tuple[Whole, NDArray[np.bool_]]:
    """Return what the creator's own rates come to for each different work, and whether they do."""
    # One row more than there are currencies: -1 is the one in which nobody has a rate.
    rates = np.zeros((len(market.context.currencies) + 1, len(FORMATS)), np.int64)
    own = int(market.arrays["currency"][row])
    if own < len(market.context.currencies):
        rates[own] = market.arrays["prices"][:, row]
    for number, listed in further_rates(market).of(row):
        rates[number] = listed
    return counting.asked(rates[work.currency], work.pieces)


def _prices(work: Work, market: Market, row: int) -> Whole:
    """What the creator usually asks for each different work, or is taken to."""
    asked, known = asked_facing(work, market, row)
    views = market.arrays["views"][row]
    return np.where(known, asked, counting.estimates(views, work.cost_micro, work.floor_minor))


@dataclass(frozen=True, slots=True)
class FurtherRates:
    """Rates in a currency that is not the creator's first, by creator."""

    rows: NDArray[np.uint32]
    currencies: NDArray[np.uint8]
    prices: NDArray[np.uint32]

    def of(self, row: int) -> list[tuple[int, Any]]:
        """Return the currencies of one creator, each with its rates by format."""
        first, end = np.searchsorted(self.rows, np.array([row, row + 1], np.uint32)).tolist()
        return list(zip(self.currencies[first:end].tolist(), self.prices[first:end], strict=True))


def further_rates(market: Market) -> FurtherRates:
    """Return the list of a market, worked out once while the columns stay as they are."""

    def work_out() -> FurtherRates:
        listed: NDArray[Any] = market.lists["rates"]
        rows = listed["row"].copy()
        order = np.argsort(rows, kind="stable")
        return FurtherRates(rows[order], listed["currency"][order], listed["prices"][order])

    return market.memo.get("further rates", None, work_out, most=1)
