"""All open briefs as columns, so that one creator is seen against every one of them at once.

Ten thousand briefs ask for a few hundred different targets: what several ask alike stands here
once, in the terms of :mod:`target`, and each brief says which of them is its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
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
from marketplace.matching.rules.topics import Asked
from marketplace.matching.rules.wanted import Wanted

T = TypeVar("T", bound=Hashable)
NOTHING: Final = Asked(np.empty(0, np.intp), np.empty(0, np.float32))
Which = NDArray[np.intp]
"""(m,) for each brief, which of the different ones is its own."""


NEVER: Final = 2**31 - 1
"""A day that comes after every other, a number that nobody has."""


class OpenWish(NamedTuple):
    """An open brief as a wish. usual: the middle candidate's fit, 0 while nobody knows it."""

    brief_id: UUID
    campaign_id: UUID
    wanted: Wanted
    fee_minor: int | None
    usual: int


class Labels(NamedTuple):
    """The different ages or genders, k of them. wanted: (k, labels). anybody: where any will do."""

    wanted: Whole
    anybody: NDArray[np.bool_]
    which: Which


class Countries(NamedTuple):
    """The different countries, k of them.

    wanted, alike: (countries, k) by their numbers, 1 for each that is wanted, and what the others
    say of those; 8-byte fractions, which multiply whole numbers exactly up to 2^53.
    """

    wanted: NDArray[np.float64]
    alike: NDArray[np.float64]
    anybody: NDArray[np.bool_]
    which: Which


class Words(NamedTuple):
    """The different words, k of them, by the terms they ask for.

    terms: in their order, with ``starts`` into ``of`` and ``weights``: by whom each is asked for,
    and what it counts there.
    """

    terms: NDArray[np.uint16]
    starts: NDArray[np.intp]
    of: NDArray[np.intp]
    weights: NDArray[np.float32]
    anything: NDArray[np.bool_]
    which: Which


class Work(NamedTuple):
    """What is to be made in one currency, k different ones.

    pieces: (k, formats); forms: (k, forms), the same by length where one is asked; total: (k,) of
    them. cost_micro, floor_minor: as of a target.
    """

    pieces: Whole
    forms: Whole
    total: Whole
    currency: NDArray[np.intp]
    cost_micro: Whole
    floor_minor: Whole
    which: Which


class Allowed(NamedTuple):
    """The different countries to live in, or languages, k of them.

    passes: (k, numbers), whether who has this number passes; the last is that for unknown.
    """

    passes: NDArray[np.bool_]
    which: Which


class Rules(NamedTuple):
    """What each brief asks of every creator, (m,); where it asks nothing, what everybody passes.

    price_least: None where no brief asks one. topics, subjects: as bits. free_on, starts, ends:
    days as of a target. category: -1 for one in which nobody is bound. brand: its number in
    ``brands``.
    """

    homes: Allowed
    languages: Allowed
    fewest: NDArray[np.int64]
    most: NDArray[np.int64]
    price_least: Whole | None
    price_most: Whole
    topics: NDArray[np.uint32]
    subjects: NDArray[np.uint16]
    free_on: NDArray[np.int32]
    category: NDArray[np.int16]
    brand: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    brands: Mapping[UUID, int]


class Book(NamedTuple):
    """Open briefs in columns, m of them. fees: 0 where a brief names none. usual: as of a wish.

    places: campaign -> where its brief stands.
    """

    brief_ids: Sequence[UUID]
    places: Mapping[UUID, int]
    ages: Labels
    genders: Labels
    countries: Countries
    words: Words
    work: Work
    rules: Rules
    topics: NDArray[np.uint32]
    fees: Whole
    usual: Whole

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
        ages=_labels([each.ages for each in wanted], AGES),
        genders=_labels([each.gender for each in wanted], GENDERS),
        countries=_countries([each.country for each in wanted], context),
        words=_words([frozenset(each.words) for each in wanted], context),
        work=_work(wanted, context),
        rules=_rules(wanted),
        topics=np.array([topic_bits(each.words) for each in wanted], np.uint32),
        fees=np.array([each.fee_minor or 0 for each in wishes], np.int64),
        usual=np.array([each.usual for each in wishes], np.int64),
    )


def topic_bits(words: Sequence[str]) -> int:
    """Return the topics among some words as bits."""
    return sum(TOPIC_BITS[word] for word in dict.fromkeys(words) if word in TOPIC_BITS)


def _told_apart(values: Sequence[T]) -> tuple[list[T], Which]:
    """The different ones, as they come, and which of them each is."""
    places: dict[T, int] = {}
    which = [places.setdefault(each, len(places)) for each in values]
    return list(places), np.array(which, np.intp)


def _labels(asked: Sequence[frozenset[str]], known: tuple[str, ...]) -> Labels:
    different, which = _told_apart([places_in(each, known) for each in asked])
    wanted = np.zeros((len(different), len(known)), np.int64)
    for row, places in enumerate(different):
        wanted[row, list(places or ())] = 1
    return Labels(wanted, np.array([each is None for each in different], bool), which)


def _countries(asked: Sequence[frozenset[str]], context: Context) -> Countries:
    different, which = _told_apart(asked)
    wanted = np.zeros((len(COUNTRY_CODES), len(different)))
    alike = np.zeros_like(wanted)
    for place, codes in enumerate(different):
        wanted[[COUNTRY_NUMBERS[code] for code in codes], place] = 1
        alike[:, place] = alike_to(context, codes)
    return Countries(wanted, alike, np.array([not each for each in different], bool), which)


def _words(asked: Sequence[frozenset[str]], context: Context) -> Words:
    different, which = _told_apart(asked)
    found = [terms_for(context, sorted(words)) for words in different]
    some = [each or NOTHING for each in found]
    terms = np.concatenate([NOTHING.terms, *(each.terms for each in some)])
    order = np.argsort(terms, kind="stable")
    known, starts = np.unique(terms[order], return_index=True)
    of = np.repeat(np.arange(len(some)), [len(each.terms) for each in some])
    return Words(
        terms=known.astype(np.uint16),
        starts=np.append(starts, len(terms)),
        of=of[order],
        weights=np.concatenate([NOTHING.weights, *(each.weights for each in some)])[order],
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
        which=which,
    )


def _rules(asked: Sequence[Wanted]) -> Rules:
    rules = [each.rules for each in asked]
    bookings = [each.booking for each in rules]
    brands, brand = _told_apart([None if one is None else one.brand_id for one in bookings])
    return Rules(
        homes=_allowed([each.lives_in for each in rules], COUNTRY_NUMBERS, NO_COUNTRY),
        languages=_allowed([each.languages for each in rules], LANGUAGE_NUMBERS, UNKNOWN),
        fewest=_numbers([each.followers_least for each in rules], 0),
        most=_numbers([each.followers_most for each in rules], U4_MOST),
        price_least=_numbers([each.price_least_minor for each in rules], 0)
        if any(each.price_least_minor for each in rules)
        else None,
        price_most=_numbers([each.price_most_minor for each in rules], U4_MOST),
        topics=np.array([topic_bits(sorted(each.blocked_topics)) for each in rules], np.uint32),
        subjects=np.array(
            [sum(SUBJECT_BITS[one] for one in each.avoided) for each in rules], np.uint16
        ),
        free_on=_days([each.free_on for each in rules]),
        category=np.array(
            [-1 if one is None else CATEGORY_NUMBERS.get(one.category, -1) for one in bookings],
            np.int16,
        ),
        brand=brand.astype(np.int32),
        starts=_days([None if one is None else one.starts_on for one in bookings]),
        ends=_days([None if one is None else one.ends_on for one in bookings]),
        brands={one: number for number, one in enumerate(brands) if one is not None},
    )


def _allowed(asked: Sequence[frozenset[str]], numbers: Mapping[str, int], unknown: int) -> Allowed:
    different, which = _told_apart(asked)
    passes = np.ones((len(different), unknown + 1), bool)
    for place, codes in enumerate(different):
        some = allowed(codes, numbers, unknown)
        if some is not None:
            passes[place] = some
    return Allowed(passes, which)


def _numbers(asked: Sequence[int | None], nothing: int) -> Whole:
    return np.array([nothing if each is None else each for each in asked], np.int64)


def _days(asked: Sequence[date | None]) -> NDArray[np.int32]:
    return np.array([NEVER if each is None else (each - EPOCH).days for each in asked], np.int32)


def _table(counts: Sequence[Counts], kinds: Sequence[str]) -> Whole:
    found = [counts_of(each, kinds) for each in counts]
    return np.array(found, np.int64).reshape(len(found), len(kinds))
