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
from marketplace.matching.columns.book import Book, Countries, Labels, Which, Words, Work
from marketplace.matching.columns.counting import Whole
from marketplace.matching.columns.elsewhere import elsewhere
from marketplace.matching.columns.layout import TERMS, WHOLE_STEPS
from marketplace.matching.columns.market import Market
from marketplace.matching.rules import topics
from marketplace.matching.rules.fit import TIMES_WHOLE

PLACES: Final = np.arange(TERMS)


@dataclass(frozen=True, slots=True)
class Facing:
    """One creator before all open briefs: each part once for each different thing they ask for.

    ages, genders, countries, topics, formats, prices: (k,), in the order of the book's. asked: what
    the creator's own rates come to for each different work, where they do: is_asked.
    """

    book: Book
    views: int
    authentic: int
    ages: Whole
    genders: Whole
    countries: Whole
    topics: Whole
    formats: Whole
    reliability: int
    prices: Whole
    asked: Whole
    is_asked: NDArray[np.bool_]

    def factors(self, places: Which | None = None) -> list[Whole]:
        """Return what the creator's fits to briefs are computed from, as ``Factors`` names it.

        places: of the briefs; None for all.
        """
        book = self.book
        size = book.size if places is None else len(places)

        def each(found: Whole, which: Which) -> Whole:
            return found.take(which if places is None else which.take(places))

        works = book.work.which
        return [
            np.full(size, self.views, np.int64),
            np.full(size, self.authentic, np.int64),
            each(self.ages, book.ages.which),
            each(self.genders, book.genders.which),
            each(self.countries, book.countries.which),
            each(self.topics, book.words.which),
            each(self.formats, works),
            np.full(size, self.reliability, np.int64),
            each(self.prices, works),
        ]


def face(book: Book, market: Market, row: int) -> Facing:
    """Return what a creator is to all briefs."""
    columns, work = market.arrays, book.work
    views = columns["views"][row]
    asked, is_asked = _asked(work, market, row)
    estimated = counting.estimates(views, work.cost_micro, work.floor_minor)
    return Facing(
        book=book,
        views=int(views),
        authentic=int(counting.share_bps(columns["authentic"][row])),
        ages=_share_bps(book.ages, columns["age"][:, row]),
        genders=_share_bps(book.genders, columns["gender"][:, row]),
        countries=_country_parts(book.countries, market, row),
        topics=_topic_bps(book.words, market, row),
        formats=counting.format_bps(work.forms @ columns["formats"][:, row], work.total),
        reliability=int(counting.share_bps(columns["reliability"][row])),
        prices=np.where(is_asked, asked, estimated),
        asked=asked,
        is_asked=is_asked,
    )


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


def _asked(work: Work, market: Market, row: int) -> tuple[Whole, NDArray[np.bool_]]:
    """Return what the creator's own rates come to for each different work, and whether they do."""
    # One row more than there are currencies: -1 is the one in which nobody has a rate.
    rates = np.zeros((len(market.context.currencies) + 1, len(FORMATS)), np.int64)
    own = int(market.arrays["currency"][row])
    if own < len(market.context.currencies):
        rates[own] = market.arrays["prices"][:, row]
    for number, listed in further_rates(market).of(row):
        rates[number] = listed
    return counting.asked(rates[work.currency], work.pieces)


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
