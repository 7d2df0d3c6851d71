"""A wish in the terms of a market."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import AGES, FORMATS, GENDERS
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.context import MICRO, Context
from marketplace.matching.columns.elsewhere import elsewhere
from marketplace.matching.columns.layout import (
    CATEGORY_NUMBERS,
    COUNTRY_NUMBERS,
    FORMS,
    LANGUAGE_NUMBERS,
    NO_COUNTRY,
    SUBJECT_BITS,
    TOPIC_BITS,
    U4_MOST,
    UNKNOWN,
)
from marketplace.matching.columns.market import Market, Rows, listed_for
from marketplace.matching.columns.rows import halves
from marketplace.matching.rules import topics
from marketplace.matching.rules.topic_words import spelled_out
from marketplace.matching.rules.wanted import Booking, Wanted

ESTIMATE_BPS: Final = 12_500
"""A price that nobody has named is taken as a quarter dearer than is usual."""
COST_MOST: Final = 2**31 * MICRO
"""Nothing outgrows 8 bytes so; a price for a single view would be half the largest there is."""
TARGETS_KEPT: Final = 8
TERMS_KEPT: Final = 64
ASKED_KEPT: Final = 256
"""Of so many countries and words it is known that they were asked before."""
EPOCH: Final = date(1970, 1, 1)

Counts: TypeAlias = tuple[tuple[int, int], ...]
"""Places among some kinds, and how many of it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A wish, as the columns of one market know it. None asks for anybody."""

    ages: tuple[int, ...] | None
    genders: tuple[int, ...] | None
    where: frozenset[str]
    """The countries wanted; none where any will do."""
    countries: tuple[int, ...] | None
    """Those of them with a column, by its place."""
    rare: NDArray[np.uint8] | None
    """Steps of those wanted countries that have no column, for every row."""
    alike: NDArray[np.int64]
    """What every country says of those wanted, by its number, of ALIKE_WHOLE; of these nothing."""
    alike_columns: NDArray[np.float64]
    """The same of the countries with a column, in their order."""
    counts: NDArray[np.bool_]
    """Whether a share in a country, by its number, counts at all."""
    words: tuple[str, ...]
    terms: topics.Asked | None
    countries_again: bool
    words_again: bool
    """Whether another wish asked for the same before: then what is worked out of rows is kept."""
    pieces: Counts
    """Places in FORMATS and how many of it."""
    currency: int
    cost_micro: int
    """What a view of all pieces usually costs and a quarter more, in millionths of a minor unit."""
    floor_minor: int
    """What all pieces cost at least: nobody makes a video for the price of its few views."""
    forms: Counts
    """Places in FORMS and how many of it: of a format, or of a length where one is asked."""
    topic_mask: int
    subject_mask: int
    bound: Rows
    """Who has promised another brand not to do this, in the order of rows."""
    homes: NDArray[np.bool_] | None
    """Whether a creator may live in the country of this number; None where anywhere will do."""
    languages: NDArray[np.bool_] | None
    """Whether most viewers may speak the language of this number."""
    free_on: int


def target_of(wanted: Wanted, market: Market) -> Target:
    """Return the wish in the terms of a market."""
    return market.memo.get("target", wanted, lambda: _target(wanted, market), most=TARGETS_KEPT)


def _target(wanted: Wanted, market: Market) -> Target:
    context = market.context
    places = {code: place for place, code in enumerate(context.countries)}
    wanted_places = tuple(sorted(places[code] for code in wanted.country if code in places))
    rare = [COUNTRY_NUMBERS[code] for code in sorted(wanted.country.difference(places))]
    alike = alike_to(context, wanted.country)
    pieces, cost_micro, floor_minor = priced(context, wanted.currency, wanted.pieces)
    return Target(
        ages=places_in(wanted.ages, AGES),
        genders=places_in(wanted.gender, GENDERS),
        where=wanted.country,
        countries=wanted_places if wanted.country else None,
        rare=elsewhere(market).steps_in(rare),
        alike=alike,
        alike_columns=alike[context.numbers].astype(np.float64),
        counts=_counting(alike, wanted.country),
        words=wanted.words,
        terms=market.memo.get(
            "terms", wanted.words, lambda: terms_for(context, wanted.words), most=TERMS_KEPT
        ),
        countries_again=_again(market, "countries asked", wanted.country),
        words_again=_again(market, "words asked", wanted.words),
        pieces=pieces,
        currency=currency_in(context, wanted.currency),
        cost_micro=cost_micro,
        floor_minor=floor_minor,
        forms=forms_of(wanted),
        subject_mask=sum(SUBJECT_BITS[subject] for subject in wanted.rules.avoided),
        bound=_bound(market, wanted.rules.booking),
        topic_mask=sum(TOPIC_BITS[topic] for topic in wanted.rules.blocked_topics),
        homes=allowed(wanted.rules.lives_in, COUNTRY_NUMBERS, NO_COUNTRY),
        languages=allowed(wanted.rules.languages, LANGUAGE_NUMBERS, UNKNOWN),
        free_on=-1 if wanted.rules.free_on is None else (wanted.rules.free_on - EPOCH).days,
    )


def _again(market: Market, kind: str, asked: Hashable) -> bool:
    times: Iterator[int] = market.memo.get(kind, asked, itertools.count, most=ASKED_KEPT)
    return next(times) > 0


def asked_for(target: Target, context: Context, currency: str, pieces: Mapping[str, int]) -> Target:
    """Return the same target with other pieces to be made and priced."""
    places, cost_micro, floor_minor = priced(context, currency, pieces)
    return replace(target, pieces=places, cost_micro=cost_micro, floor_minor=floor_minor)


def priced(context: Context, currency: str, pieces: Mapping[str, int]) -> tuple[Counts, int, int]:
    """Return pieces by their places in FORMATS, what a view of them costs, and their floor."""
    cost = sum(count * context.cost_micro(name, currency) for name, count in pieces.items())
    floor = sum(count * context.floor_minor(name, currency) for name, count in pieces.items())
    return (
        tuple((FORMATS.index(name), count) for name, count in pieces.items()),
        min(COST_MOST, (cost * ESTIMATE_BPS + BPS_WHOLE // 2) // BPS_WHOLE),
        min(U4_MOST, floor),
    )


def counts_of(counts: Counts, kinds: Sequence[str]) -> NDArray[np.int64]:
    """Return how many of each kind there are, from places among the kinds and how many of it."""
    found = np.zeros(len(kinds), np.int64)
    for place, count in counts:
        found[place] += count
    return found


def currency_in(context: Context, currency: str) -> int:
    """Return the number of a currency; -1 for one in which nobody has a rate."""
    return context.currencies.index(currency) if currency in context.currencies else -1


def places_in(labels: frozenset[str], known: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return the places of labels among the known ones; None where any will do."""
    return tuple(place for place, label in enumerate(known) if label in labels) or None


def terms_for(context: Context, words: Sequence[str]) -> topics.Asked | None:
    """Return what words ask for, with all that a topic is tagged by; None for no words."""
    return topics.query(spelled_out(words), context.vocabulary) if words else None


def alike_to(context: Context, wanted: frozenset[str]) -> NDArray[np.int64]:
    """Return what every other country says of those wanted: as much as of the nearest of them."""
    numbers = [COUNTRY_NUMBERS[code] for code in sorted(wanted)]
    found: NDArray[np.int64] = context.alike[numbers].max(axis=0, initial=0).astype(np.int64)
    found[numbers] = 0
    return found


def _counting(alike: NDArray[np.int64], wanted: frozenset[str]) -> NDArray[np.bool_]:
    """Whether a share in a country counts: of one that is wanted, or that is like it."""
    found = alike > 0
    found[[COUNTRY_NUMBERS[code] for code in wanted]] = True
    return found


def allowed(
    codes: frozenset[str], numbers: Mapping[str, int], unknown: int
) -> NDArray[np.bool_] | None:
    """Which numbers a rule lets pass, up to that for unknown, which never does; None for all."""
    if not codes:
        return None
    found = np.zeros(unknown + 1, bool)
    found[[numbers[code] for code in codes]] = True
    return found


def forms_of(wanted: Wanted) -> Counts:
    """Return places in FORMS and how many of each is asked for.

    A video counts by its length where one is asked for, and by its format otherwise.
    """
    plain = dict(wanted.pieces)
    plain["video"] = plain.get("video", 0) - sum(wanted.lengths.values())
    return tuple(
        (FORMS.index(name), count)
        for name, count in (*plain.items(), *wanted.lengths.items())
        if count > 0
    )


def _bound(market: Market, booking: Booking | None) -> Rows:
    """The rows of whoever is another brand's in this category on one of the days."""
    if booking is None or booking.category not in CATEGORY_NUMBERS:
        return np.empty(0, np.intp)
    there = listed_for(market, "exclusivities", CATEGORY_NUMBERS[booking.category])
    [high], [low] = halves([booking.brand_id])
    there = there[
        ((there["brand_high"] != high) | (there["brand_low"] != low))
        & (there["starts"] <= (booking.ends_on - EPOCH).days)
        & (there["until"] >= (booking.starts_on - EPOCH).days)
        & (there["row"] < market.count)
    ]
    return np.unique(there["row"]).astype(np.intp)
