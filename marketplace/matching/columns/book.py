"""All open briefs as columns, so that one creator is seen against every one of them at once.

Ten thousand briefs ask for a few hundred different targets: what several ask alike stands here
once, in the terms of :mod:`target`, and each brief says which of them is its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import AGES, FORMATS, GENDERS
from marketplace.matching.columns.context import Context
from marketplace.matching.columns.counting import Whole
from marketplace.matching.columns.layout import (
    CATEGORY_NUMBERS,
    COUNTRY_CODES,
    COUNTRY_NUMBERS,
    FORMS,
    LANGUAGE_NUMBERS,
    NO_COUNTRY,
    SUBJECT_BITS,
    TOPIC_BITS,
    U4_MOST,
    UNKNOWN,
)
from marketplace.matching.columns.target import (
    EPOCH,
    Counts,
    alike_to,
    allowed,
    counts_of,
    currency_in,
    forms_of,
    places_in,
    priced,
    terms_for,
)
from marketplace.matching.rules.topics import NO_TERM, Asked
from marketplace.matching.rules.wanted import Booking, Wanted
from marketplace.matching.rules.worth import fit_minor

T = TypeVar("T", bound=Hashable)
NOTHING: Final = Asked(np.empty(0, np.intp), np.empty(0, np.float32))
Which = NDArray[np.intp]
"""(m,) for each brief, which of the different ones is its own."""


NEVER: Final = 2**31 - 1
"""A day that comes after every other."""


class OpenWish(NamedTuple):
    """An open brief as a wish.

    usual: the middle candidate's fit before it is rounded; NO_MIDDLE while nobody knows it.
    """

    brief_id: UUID
    campaign_id: UUID
    wanted: Wanted
    fee_minor: int | None
    usual: float


class Labels(NamedTuple):
    """Ages or genders, of k targets. wanted: (k, labels). anybody: where any will do."""

    wanted: Whole
    anybody: NDArray[np.bool_]


class People(NamedTuple):
    """The different pairs of ages and genders, k of them: never many, so few are the labels."""

    ages: Labels
    genders: Labels
    which: Which


class Countries(NamedTuple):
    """The different countries, k of them.

    says: (countries, 2k) by their numbers, 1 for each that is wanted, then what the others say of
    those; 8-byte fractions, which multiply whole numbers exactly up to 2^53. numbers: of those
    with a column, in their order.
    """

    says: NDArray[np.float64]
    numbers: NDArray[np.intp]
    anybody: NDArray[np.bool_]
    which: Which


class AskedAt(NamedTuple):
    """Where words ask for a term: up to ``near`` for itself, from there on as a neighbour."""

    begin: int
    near: int
    end: int


class Words(NamedTuple):
    """The different words, k of them, by the terms they ask for.

    asked: where each term stands in ``of`` and ``weights``: which words ask for it, and what it
    counts there.
    """

    asked: Mapping[int, AskedAt]
    of: NDArray[np.unsignedinteger]
    weights: NDArray[np.float32]
    anything: NDArray[np.bool_]
    which: Which


class Work(NamedTuple):
    """What is to be made in one currency, k different ones.

    pieces: (k, formats); forms: (k, forms), the same by length where one is asked; total: (k,) of
    them. cost_micro, floor_minor: as of a target. fit_minor: the money that a fit is for.
    """

    pieces: Whole
    forms: Whole
    total: Whole
    currency: NDArray[np.intp]
    cost_micro: Whole
    floor_minor: Whole
    fit_minor: Whole
    which: Which


class Allowed(NamedTuple):
    """The different countries to live in, or languages, k of them.

    passes: (k, numbers), whether who has this number passes; the last is that for unknown.
    """

    passes: NDArray[np.bool_]
    which: Which


class Booked(NamedTuple):
    """The briefs of one category, by their places: for whom and when a creator would be taken.

    brand: its number among those of the rules. starts, ends: days as of a target.
    """

    places: NDArray[np.intp]
    brand: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]


class Rules(NamedTuple):
    """What each brief asks of every creator, (m,); where it asks nothing, what everybody passes.

    price_least: None where no brief asks one. topics, subjects: as bits. free_on: a day as of a
    target. booked: by category, of those in which somebody can be bound.
    """

    homes: Allowed
    languages: Allowed
    fewest: NDArray[np.uint32]
    most: NDArray[np.uint32]
    price_least: Whole | None
    price_most: NDArray[np.uint32]
    topics: NDArray[np.uint32]
    subjects: NDArray[np.uint16]
    free_on: NDArray[np.int32]
    booked: Mapping[str, Booked]
    brands: Mapping[UUID, int]


class Book(NamedTuple):
    """Open briefs in columns, m of them. fees: 0 where a brief names none. usual: as of a wish.

    places: campaign -> where its brief stands.
    """

    brief_ids: Sequence[UUID]
    places: Mapping[UUID, int]
    people: People
    countries: Countries
    words: Words
    work: Work
    rules: Rules
    topics: NDArray[np.uint32]
    fees: Whole
    usual: NDArray[np.float64]

    @property
    def size(self) -> int:
        """How many briefs there are."""
        return len(self.brief_ids)


def book_of(wishes: Sequence[OpenWish], context: Context) -> Book:
    """Return open briefs as columns, in the order given."""
    wanted = [each.wanted for each in wishes]
    return Book(
        brief_ids=[each.brief_id for each in wishes],
        places={each.campaign_id: place for place, each in enumerate(wishes)},
        people=_people(wanted),
        countries=_countries([each.country for each in wanted], context),
        words=_words([frozenset(each.words) for each in wanted], context),
        work=_work(wanted, context),
        rules=_rules(wanted),
        topics=np.array([topic_bits(each.words) for each in wanted], np.uint32),
        fees=np.array([each.fee_minor or 0 for each in wishes], np.int64),
        usual=np.array([each.usual for each in wishes], np.float64),
    )


def topic_bits(words: Sequence[str]) -> int:
    """Return the topics among some words as bits."""
    return sum(TOPIC_BITS[word] for word in dict.fromkeys(words) if word in TOPIC_BITS)


def _told_apart(values: Sequence[T]) -> tuple[list[T], Which]:
    """The different ones, as they come, and which of them each is."""
    places: dict[T, int] = {}
    which = [places.setdefault(each, len(places)) for each in values]
    return list(places), np.array(which, np.intp)


def _people(asked: Sequence[Wanted]) -> People:
    different, which = _told_apart(
        [(places_in(each.ages, AGES), places_in(each.gender, GENDERS)) for each in asked]
    )
    return People(
        ages=_labels([ages for ages, _ in different], AGES),
        genders=_labels([genders for _, genders in different], GENDERS),
        which=which,
    )


def _labels(asked: Sequence[tuple[int, ...] | None], known: tuple[str, ...]) -> Labels:
    wanted = np.zeros((len(asked), len(known)), np.int64)
    for row, places in enumerate(asked):
        wanted[row, list(places or ())] = 1
    return Labels(wanted, np.array([each is None for each in asked], bool))


def _countries(asked: Sequence[frozenset[str]], context: Context) -> Countries:
    different, which = _told_apart(asked)
    wanted = np.zeros((len(COUNTRY_CODES), len(different)))
    alike = np.zeros_like(wanted)
    for place, codes in enumerate(different):
        wanted[[COUNTRY_NUMBERS[code] for code in codes], place] = 1
        alike[:, place] = alike_to(context, codes)
    return Countries(
        says=np.hstack([wanted, alike]),
        numbers=np.array(context.numbers, np.intp),
        anybody=np.array([not each for each in different], bool),
        which=which,
    )


def _words(asked: Sequence[frozenset[str]], context: Context) -> Words:
    different, which = _told_apart(asked)
    found = [terms_for(context, sorted(words)) for words in different]
    some = [each or NOTHING for each in found]
    terms = np.concatenate([NOTHING.terms, *(each.terms for each in some)])
    weights = np.concatenate([NOTHING.weights, *(each.weights for each in some)])
    of = np.repeat(np.arange(len(some)), [len(each.terms) for each in some])
    order = np.lexsort((weights < 1, terms))
    known, begin, count = np.unique(terms[order], return_index=True, return_counts=True)
    near = begin + np.bincount(terms[weights >= 1], minlength=NO_TERM)[known]
    spans = map(AskedAt, begin.tolist(), near.tolist(), (begin + count).tolist())
    return Words(
        asked=dict(zip(known.tolist(), spans, strict=True)),
        of=of[order].astype(np.min_scalar_type(len(some))),
        weights=weights[order],
        anything=np.array([each is None for each in found], bool),
        which=which,
    )


def _work(asked: Sequence[Wanted], context: Context) -> Work:
    work = [Wanted(each.currency, formats=each.pieces, lengths=each.lengths) for each in asked]
    different, which = _told_apart(work)
    costs = [priced(context, each.currency, each.pieces) for each in different]
    forms = _table([forms_of(each) for each in different], FORMS)
    return Work(
        pieces=_table([pieces for pieces, _, _ in costs], FORMATS),
        forms=forms,
        total=forms.sum(axis=1),
        currency=np.array([currency_in(context, each.currency) for each in different], np.intp),
        cost_micro=np.array([cost for _, cost, _ in costs], np.int64),
        floor_minor=np.array([floor for _, _, floor in costs], np.int64),
        fit_minor=np.array([fit_minor(each.currency) for each in different], np.int64),
        which=which,
    )


def _rules(asked: Sequence[Wanted]) -> Rules:
    rules = [each.rules for each in asked]
    bookings = [each.booking for each in rules]
    brands, brand = _told_apart([None if one is None else one.brand_id for one in bookings])
    return Rules(
        homes=_allowed([each.lives_in for each in rules], COUNTRY_NUMBERS, NO_COUNTRY),
        languages=_allowed([each.languages for each in rules], LANGUAGE_NUMBERS, UNKNOWN),
        fewest=_bounds([each.followers_least for each in rules], 0),
        most=_bounds([each.followers_most for each in rules], U4_MOST),
        price_least=np.array([each.price_least_minor or 0 for each in rules], np.int64)
        if any(each.price_least_minor for each in rules)
        else None,
        price_most=_bounds([each.price_most_minor for each in rules], U4_MOST),
        topics=np.array([topic_bits(sorted(each.blocked_topics)) for each in rules], np.uint32),
        subjects=np.array(
            [sum(SUBJECT_BITS[one] for one in each.avoided) for each in rules], np.uint16
        ),
        free_on=np.array(
            [(each.free_on - EPOCH).days if each.free_on else NEVER for each in rules], np.int32
        ),
        booked=_booked(bookings, brand),
        brands={one: number for number, one in enumerate(brands) if one is not None},
    )


def _booked(bookings: Sequence[Booking | None], brand: Which) -> Mapping[str, Booked]:
    found: dict[str, list[tuple[int, int, int]]] = {}
    for place, each in enumerate(bookings):
        if each is not None and each.category in CATEGORY_NUMBERS:
            one = place, (each.starts_on - EPOCH).days, (each.ends_on - EPOCH).days
            found.setdefault(each.category, []).append(one)
    return {
        category: Booked(places, brand[places], starts, ends)
        for category, some in found.items()
        for places, starts, ends in [np.array(some, np.intp).T.copy()]
    }


def _allowed(asked: Sequence[frozenset[str]], numbers: Mapping[str, int], unknown: int) -> Allowed:
    different, which = _told_apart(asked)
    passes = np.ones((len(different), unknown + 1), bool)
    for place, codes in enumerate(different):
        some = allowed(codes, numbers, unknown)
        if some is not None:
            passes[place] = some
    return Allowed(passes, which)


def _bounds(asked: Sequence[int | None], nothing: int) -> NDArray[np.uint32]:
    """What followers and prices are held to: no column has more of them than U4_MOST."""
    return np.array([nothing if each is None else min(each, U4_MOST) for each in asked], np.uint32)


def _table(counts: Sequence[Counts], kinds: Sequence[str]) -> Whole:
    found = [counts_of(each, kinds) for each in counts]
    return np.array(found, np.int64).reshape(len(found), len(kinds))
