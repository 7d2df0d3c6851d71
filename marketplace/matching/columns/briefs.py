"""All open briefs as columns, so that one creator is scored against every one of them at once.

The same parts as in :mod:`marketplace.matching.columns.factors`, seen from the other side: there
one wish meets a million creators, here one creator meets ten thousand wishes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import AGES, FORMATS, GENDERS
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.context import ALIKE_WHOLE, MICRO
from marketplace.matching.columns.layout import FORMS, TERMS, TOPIC_BITS, UNKNOWN, WHOLE_STEPS
from marketplace.matching.columns.market import Market
from marketplace.matching.columns.target import Target, target_of
from marketplace.matching.rules import shares
from marketplace.matching.rules.fit import FOR_MINOR, PartName, weight_of
from marketplace.matching.rules.topics import uses_in
from marketplace.matching.rules.wanted import Wanted

Reals = NDArray[np.float32]

NO_RATE: Final = 0


class OpenWish(NamedTuple):
    """An open brief as a wish. usual: the middle candidate's fit, 0 while nobody knows it."""

    brief_id: UUID
    campaign_id: UUID
    wanted: Wanted
    fee_minor: int | None
    usual: int


@dataclass(frozen=True, slots=True)
class Book:
    """Open briefs in columns, m of them.

    ages (m, 6), genders (m, 3), countries (m, c): what a viewer counts, all 1 where any will do
    and then ``any_*`` says so. terms: sorted term ids with ``starts`` into ``of_brief`` and
    ``weights``. pieces (m, 4): how many of each format. forms (m, 8): the same, and by length where
    one is asked. fees, usual, cost: per brief.
    """

    brief_ids: Sequence[UUID]
    campaign_ids: Sequence[UUID]
    ages: Reals
    any_age: NDArray[np.bool_]
    genders: Reals
    any_gender: NDArray[np.bool_]
    countries: Reals
    any_country: NDArray[np.bool_]
    terms: NDArray[np.uint32]
    starts: NDArray[np.intp]
    of_brief: NDArray[np.intp]
    weights: Reals
    any_topic: NDArray[np.bool_]
    pieces: Reals
    forms: Reals
    currency: NDArray[np.int16]
    fees: Reals
    usual: Reals
    cost: Reals
    topics: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.brief_ids)


class Side(NamedTuple):
    """One creator, as a feed needs them: shares 0 to 1, prices in their own currency."""

    age: Reals
    gender: Reals
    country: Reals
    terms: NDArray[np.uint16]
    term_weights: Reals
    views: float
    authentic: float
    reliability: float
    formats: Reals
    prices: Reals
    currency: int
    topics: int


def book_of(wishes: Sequence[OpenWish], market: Market) -> Book:
    """Return open briefs as columns, in the order given."""
    targets = [target_of(each.wanted, market) for each in wishes]
    postings: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for place, target in enumerate(targets):
        if target.terms is not None:
            for term, weight in zip(*(each.tolist() for each in target.terms), strict=True):
                postings[term].append((place, weight))
    terms = sorted(postings)
    return Book(
        brief_ids=[each.brief_id for each in wishes],
        campaign_ids=[each.campaign_id for each in wishes],
        ages=_masks([each.ages for each in targets], len(AGES)),
        any_age=np.array([each.ages is None for each in targets], bool),
        genders=_masks([each.genders for each in targets], len(GENDERS)),
        any_gender=np.array([each.genders is None for each in targets], bool),
        countries=_countries(targets, market.context.numbers),
        any_country=np.array([each.countries is None for each in targets], bool),
        terms=np.array(terms, np.uint32),
        starts=np.cumsum([0, *(len(postings[term]) for term in terms)], dtype=np.intp),
        of_brief=np.array([row for term in terms for row, _ in postings[term]], np.intp),
        weights=np.array([weight for term in terms for _, weight in postings[term]], np.float32),
        any_topic=np.array([each.terms is None for each in targets], bool),
        pieces=_counts([each.pieces for each in targets], len(FORMATS)),
        forms=_counts([each.forms for each in targets], len(FORMS)),
        currency=np.array([each.currency for each in targets], np.int16),
        fees=np.array([each.fee_minor or 0 for each in wishes], np.float32),
        usual=np.array([each.usual for each in wishes], np.float32),
        cost=np.array([each.cost_micro / MICRO for each in targets], np.float32),
        topics=np.array([topic_bits(each.wanted.words) for each in wishes], np.uint32),
    )


def side_at(market: Market, row: int) -> Side:
    """Return one creator's side."""
    columns = market.arrays

    def share(name: str) -> Reals:
        return np.asarray(columns[name][:, row] / np.float32(WHOLE_STEPS), np.float32)

    weights = uses_in(columns["term_weights"][row], np.arange(TERMS))
    length = float(np.sqrt((weights**2).sum()))
    return Side(
        age=share("age"),
        gender=share("gender"),
        country=share("country")[: len(market.context.countries)],
        terms=np.asarray(columns["terms"][row]),
        term_weights=np.asarray(weights / length if length else weights, np.float32),
        views=float(columns["views"][row]),
        authentic=float(columns["authentic"][row]) / WHOLE_STEPS,
        reliability=float(columns["reliability"][row]) / WHOLE_STEPS,
        formats=share("formats"),
        prices=columns["prices"][:, row].astype(np.float32),
        currency=int(columns["currency"][row]),
        topics=int(columns["topics"][row]),
    )


def usual_prices(book: Book, side: Side) -> Reals:
    """Return what the creator usually asks for each brief's pieces, or is taken to: (m,)."""
    asked = book.pieces @ side.prices
    known = (book.currency == side.currency) & (side.currency != UNKNOWN)
    missing = book.pieces @ (side.prices == NO_RATE).astype(np.float32) > 0
    return np.asarray(
        np.where(known & ~missing, asked, np.maximum(book.cost * np.float32(side.views), 1)),
        np.float32,
    )


def against_usual(book: Book, side: Side, prices: Reals) -> Reals:
    """Return the creator's fit to each brief beside the middle candidate's: (m,), 1 for like it.

    Where nobody knows the middle one's the creator is taken to be like it.
    """
    fits = np.full(len(book), side.views * side.authentic * FOR_MINOR, np.float32)
    for masks, anybody, own in (
        (book.ages, book.any_age, side.age),
        (book.genders, book.any_gender, side.gender),
        (book.countries, book.any_country, side.country),
    ):
        fits *= np.where(anybody, 1, np.minimum(masks @ own, 1))
    topic = np.where(book.any_topic, 1, _near(book, side))
    pieces = np.maximum(book.forms.sum(axis=1), 1)
    formats = (book.forms @ side.formats) / pieces
    for value, name in (
        (topic, PartName.TOPIC),
        (formats, PartName.FORMAT),
        (side.reliability, PartName.RELIABILITY),
    ):
        weight = weight_of(name) / BPS_WHOLE
        fits *= np.asarray(1 - weight + weight * value, np.float32)
    fits /= prices
    return np.asarray(np.where(book.usual > 0, fits / np.maximum(book.usual, 1), 1), np.float32)


def topic_bits(words: Sequence[str]) -> int:
    """Return the topics among some words as bits."""
    return sum(TOPIC_BITS[word] for word in dict.fromkeys(words) if word in TOPIC_BITS)


def _near(book: Book, side: Side) -> Reals:
    """How near each brief's words are to the creator's: by the lists of the creator's terms."""
    found = np.zeros(len(book), np.float32)
    if not len(book.terms):
        return found
    places = np.searchsorted(book.terms, side.terms)
    for place, term, weight in zip(places, side.terms, side.term_weights, strict=True):
        if weight and place < len(book.terms) and book.terms[place] == term:
            begin, end = book.starts[place], book.starts[place + 1]
            found[book.of_brief[begin:end]] += weight * book.weights[begin:end]
    return np.minimum(found, 1)


def _masks(places: Sequence[tuple[int, ...] | None], width: int) -> Reals:
    found = np.zeros((len(places), width), np.float32)
    for row, wanted in enumerate(places):
        found[row, list(range(width) if wanted is None else wanted)] = 1
    return found


def _countries(targets: Sequence[Target], numbers: Sequence[int]) -> Reals:
    """What a share in each country with a column counts for each brief."""
    found = _masks([each.countries for each in targets], len(numbers))
    for row, target in enumerate(targets):
        found[row] += target.alike[numbers] * (shares.SPILL / ALIKE_WHOLE)
    return found


def _counts(counts: Sequence[tuple[tuple[int, int], ...]], width: int) -> Reals:
    found = np.zeros((len(counts), width), np.float32)
    for row, of_brief in enumerate(counts):
        for place, count in of_brief:
            found[row, place] += count
    return found
