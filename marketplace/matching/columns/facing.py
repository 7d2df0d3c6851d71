"""What one creator's fits to all open briefs are computed from: the numbers of the brands' lists.

The same parts as in :mod:`factors`, seen from the other side and counted by the same rule
(:mod:`counting`): there one wish meets a million creators, here one creator ten thousand wishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

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
from marketplace.matching.rules.fit import (
    FOR_MINOR,
    TIMES_WHOLE,
    Factors,
    PartName,
    fit_of,
    product,
    rounded,
)

PLACES: Final = np.arange(TERMS)


class Weighed(NamedTuple):
    """What some briefs are put in order by: (n,) each.

    fits: as they are shown. nearly: before they are rounded. near, prices: of their factors.
    """

    fits: Whole
    nearly: NDArray[np.float64]
    near: Whole
    prices: Whole


class Facing(NamedTuple):
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

    def factors(self, places: NDArray[np.intp]) -> list[Factors]:
        """Return what the creator's fits to the briefs at some places are computed from."""
        people, countries, words, works = self._asked_at(places)
        parts = (
            self.ages.take(people),
            self.genders.take(people),
            self.countries.take(countries),
            self.topics.take(words),
            self.formats.take(works),
            self.prices.take(works),
        )
        return [
            Factors._make((self.views, self.authentic, *shares, self.reliability, price))
            for *shares, price in zip(*(each.tolist() for each in parts), strict=True)
        ]

    def weighed(self, places: NDArray[np.intp]) -> Weighed:
        """Return what the briefs at some places are put in order by.

        What a part multiplies a fit by is worked out once for each different thing.
        """
        people, countries, words, works = self._asked_at(places)
        nearly = product({PartName.AGE: self.ages, PartName.GENDER: self.genders}).take(people)
        nearly *= product({PartName.COUNTRY: self.countries}).take(countries)
        nearly *= product({PartName.TOPIC: self.topics}).take(words)
        for_money = self.book.work.fit_minor / FOR_MINOR
        for_money *= product({PartName.FORMAT: self.formats, PartName.PRICE: self.prices})
        nearly *= for_money.take(works)
        nearly *= product(
            {
                PartName.VIEWS: self.views,
                PartName.AUTHENTIC: self.authentic,
                PartName.RELIABILITY: self.reliability,
            }
        )
        return Weighed(
            fits=rounded(nearly, lambda some: self._fits(places[some])),
            nearly=nearly,
            near=self.topics.take(words),
            prices=self.prices.take(works),
        )

    def _fits(self, places: NDArray[np.intp]) -> list[int]:
        """Return what whole numbers give."""
        work = self.book.work
        per = work.fit_minor[work.which[places]].tolist()
        found = zip(self.factors(places), per, strict=True)
        return [fit_of(each, per=minor) for each, minor in found]

    def _asked_at(self, places: NDArray[np.intp]) -> list[Which]:
        """Which people, countries, words and work are those of the briefs at some places."""
        book = self.book
        parts = book.people, book.countries, book.words, book.work
        return [each.which.take(places) for each in parts]


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
        ages=_share_bps(book.people.ages, columns["age"][:, row]),
        genders=_share_bps(book.people.genders, columns["gender"][:, row]),
        countries=_country_parts(book.countries, market, row),
        topics=_topic_bps(book.words, market, row),
        formats=counting.format_bps(work.forms @ columns["formats"][:, row], work.total),
        reliability=int(counting.share_bps(columns["reliability"][row])),
        prices=np.where(is_asked, asked, estimated),
        asked=asked,
        is_asked=is_asked,
    )


def _share_bps(labels: Labels, steps: NDArray[np.uint8]) -> Whole:
    found = counting.share_bps(labels.wanted @ steps)
    found[labels.anybody] = BPS_WHOLE
    return found


def _country_parts(countries: Countries, market: Market, row: int) -> Whole:
    """The share of the creator in each of the different countries, with what the others say."""
    there = market.arrays["country"][: len(countries.numbers), row]
    some = np.flatnonzero(there)
    listed, listed_steps = elsewhere(market).of(row)
    numbers = np.concatenate([countries.numbers[some], listed])
    steps = np.concatenate([there[some], listed_steps]).astype(np.float64)
    own, near = (steps @ countries.says[numbers]).astype(np.int64).reshape(2, -1)
    found = counting.country_parts(np.minimum(own, WHOLE_STEPS), near)
    found[countries.anybody] = TIMES_WHOLE
    return found


def _topic_bps(words: Words, market: Market, row: int) -> Whole:
    """How near the creator is to each of the different words, by the terms both have."""
    own = market.arrays["terms"][row].tolist()
    uses = topics.uses_in(market.arrays["term_weights"][row], PLACES).tolist()
    met = [
        (words.asked[term], used)
        for term, used in zip(own, uses, strict=True)
        if term in words.asked
    ]
    of = np.concatenate([words.of[:0], *(words.of[at.begin : at.end] for at, _ in met)])
    counted = np.concatenate(
        [words.weights[:0], *(words.weights[at.begin : at.end] for at, _ in met)]
    )
    place = 0
    for at, used in met:
        counted[place : place + at.near - at.begin] = used
        place += at.end - at.begin
    found = counting.topic_bps(topics.near_by(of, counted, len(words.anything)))
    found[words.anything] = BPS_WHOLE
    return found


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
        first, end = self.rows.searchsorted(np.array([row, row + 1], np.uint32)).tolist()
        return list(zip(self.currencies[first:end].tolist(), self.prices[first:end], strict=True))


def further_rates(market: Market) -> FurtherRates:
    """Return the list of a market, worked out once while the columns stay as they are."""

    def work_out() -> FurtherRates:
        listed: NDArray[Any] = market.lists["rates"]
        rows = listed["row"].copy()
        order = np.argsort(rows, kind="stable")
        return FurtherRates(rows[order], listed["currency"][order], listed["prices"][order])

    return market.memo.get("further rates", None, work_out, most=1)
