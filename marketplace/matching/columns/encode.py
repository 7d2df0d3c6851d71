"""From what is known of creators to their rows in the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.queries import CreatorFacts
from marketplace.creators.rules import (
    AGES,
    FORMATS,
    GENDERS,
    LANGUAGES,
    AudienceSource,
    evidence_of,
)
from marketplace.creators.rules.formats import band_counts
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.context import Context, uses_of, vectors_of
from marketplace.matching.columns.layout import (
    CATEGORY_NUMBERS,
    COUNTRY_NUMBERS,
    EXTRA_COUNTRIES,
    EXTRA_EXCLUSIVITIES,
    EXTRA_RATES,
    NO_COUNTRY,
    SEGMENTS,
    SOURCES,
    STEP_BPS,
    SUBJECT_BITS,
    TERMS,
    TOPIC_BITS,
    U4_MOST,
    UNKNOWN,
    WHOLE_STEPS,
    Arrays,
    Flag,
    Lists,
    empty,
    in_order,
)
from marketplace.matching.columns.rows import halves
from marketplace.matching.columns.views import steps_above, steps_below, views_of
from marketplace.matching.rules import shares, topics
from marketplace.matching.rules.seen import PEOPLE_MOST

PRIOR_KEPT: Final = 4
PRIOR_ALL: Final = 5
"""Without a record a creator counts as one who keeps four agreements of five."""
DAY_SECONDS: Final = 86_400
DAYS_MOST: Final = 65_535
OFFERED: Final = WHOLE_STEPS
NOT_SAID: Final = WHOLE_STEPS // 2
"""Of a format that a creator neither offers nor refuses."""
LENGTH_PSEUDO: Final = 4
"""The share of videos of a length is drawn towards a half as if by so many videos."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Rows of creators in the order in which they were given.

    lists: the short ones by name. refused: how many audiences were set aside because their shares
    cannot be.
    """

    arrays: Arrays
    lists: Lists
    refused: int

    def __len__(self) -> int:
        return len(self.arrays["views"])


def encode(
    facts: Sequence[CreatorFacts],
    context: Context,
    *,
    now: datetime,
) -> Encoded:
    """Return the rows of these creators."""
    arrays = empty(len(facts))
    _who(arrays, facts)
    people, refused = _people(facts, now=now)
    arrays["sample"][:] = np.minimum(people, PEOPLE_MOST)
    arrays["flags"] |= _said(facts, people)
    arrays["age"][:] = _steps(facts, "age", AGES, context.ages, people)
    arrays["gender"][:] = _steps(facts, "gender", GENDERS, context.genders, people)
    extra_countries = _countries(arrays, facts, context, people)
    _views(arrays, facts)
    _topics(arrays, facts, context)
    extra_rates = _rates(arrays, facts, context)
    _record(arrays, facts, now=now)
    lists = {
        "countries": extra_countries,
        "rates": extra_rates,
        "exclusivities": _exclusivities(facts),
    }
    return Encoded(arrays, lists, refused)


def _who(arrays: Arrays, facts: Sequence[CreatorFacts]) -> None:
    arrays["ids"][:] = halves([each.creator_id for each in facts])
    arrays["flags"][:] = [
        (Flag.CLOSED if each.is_closed else 0)
        | (Flag.CHANNEL if each.has_channel else 0)
        | (Flag.JOINED if each.has_joined else 0)
        | (Flag.RECORD if each.kept + each.broken else 0)
        | (Flag.SOURCE * SOURCES.index(_source(each)))
        for each in facts
    ]
    arrays["described"][:] = [_day(int(each.taken_at) // DAY_SECONDS) for each in facts]
    arrays["home"][:] = [COUNTRY_NUMBERS.get(each.country or "", NO_COUNTRY) for each in facts]
    arrays["followers"][:] = [min(U4_MOST, each.followers or 0) for each in facts]
    arrays["language"][:] = [_language(each.languages) for each in facts]


def _source(facts: CreatorFacts) -> str:
    """Who describes the audience, and whether staff have seen it in a picture."""
    whose = facts.audience_source or ""
    return f"{whose}_confirmed" if facts.is_confirmed else whose


def _people(facts: Sequence[CreatorFacts], *, now: datetime) -> tuple[NDArray[np.float32], int]:
    """How many people each audience rests on; none for one that cannot be."""
    found = np.zeros(len(facts), np.float32)
    refused = 0
    for place, each in enumerate(facts):
        if not each.audience_source:
            continue
        if not all(map(_can_be, (each.age, each.gender, each.countries))):
            refused += 1
            continue
        found[place] = evidence_of(
            source=AudienceSource(each.audience_source),
            is_confirmed=each.is_confirmed,
            sample_size=each.sample_size,
            taken_at=datetime.fromtimestamp(each.taken_at, UTC),
            now=now,
        ).people
    return found, refused


def _said(facts: Sequence[CreatorFacts], people: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Of what the descriptions that count say something, as flags."""
    return np.array(
        [
            (Flag.AGE if each.age else 0)
            | (Flag.GENDER if each.gender else 0)
            | (Flag.COUNTRY if each.countries else 0)
            if behind
            else 0
            for each, behind in zip(facts, people.tolist(), strict=True)
        ],
        np.uint16,
    )


def _language(spoken: Mapping[str, int]) -> int:
    """The number of the language that most viewers speak; unknown where it could be another.

    Of whom nothing is said, or a language that we have no name for, may all speak the same.
    """
    known = [code for code in LANGUAGES if spoken.get(code)]
    if not known:
        return UNKNOWN
    most = max(known, key=lambda code: spoken[code])
    others = BPS_WHOLE - sum(spoken[code] for code in known)
    return LANGUAGES.index(most) if spoken[most] >= others else UNKNOWN


def _can_be(part: Mapping[str, Any]) -> bool:
    """True for shares of a whole: numbers from 0 up, together no more than all.

    The database holds what the forms have let in; this is for what came another way.
    """
    values = part.values()
    return all(0 <= value <= BPS_WHOLE for value in values) and sum(values) <= BPS_WHOLE


def _steps(
    facts: Sequence[CreatorFacts],
    part: str,
    labels: Sequence[str],
    usual: Mapping[str, Sequence[float]],
    people: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Shares by label, drawn to what is usual, in steps: (labels, n)."""
    given = [getattr(each, part) for each in facts]
    there = np.array(
        [[shares_.get(label, 0) for label in labels] for shares_ in given], np.float32
    ).reshape(len(facts), len(labels))
    prior = np.array(
        [usual.get(each.topics[0] if each.topics else "", usual[""]) for each in facts],
        np.float32,
    ).reshape(len(facts), len(labels))
    counted = np.where([bool(each) for each in given], people, 0).astype(np.float32)
    there[counted == 0] = 0
    return _in_steps(shares.shrink(there / BPS_WHOLE, counted, prior)).T


def _in_steps(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Steps of half a percent, whose sum is the whole at most: the last labels give way.

    So more in some labels, and no more in the others, is never less in those.
    """
    steps = np.floor(values * WHOLE_STEPS + 0.5).astype(np.int16)
    upto = np.minimum(np.cumsum(steps, axis=1), WHOLE_STEPS)
    return np.diff(upto, axis=1, prepend=0).astype(np.uint8)


def _countries(
    arrays: Arrays,
    facts: Sequence[CreatorFacts],
    context: Context,
    people: NDArray[np.float32],
) -> NDArray[Any]:
    """Write the countries that have a column; returns those that have none."""
    known = context.countries
    places = {code: place for place, code in enumerate(known)}
    there = np.zeros((len(facts), len(known)), np.float32)
    prior = np.zeros_like(there)
    usual = {
        home: np.array([of_home.get(code, 0.0) for code in known], np.float32)
        for home, of_home in context.homes.items()
    }
    counted = np.zeros(len(facts), np.float32)
    rare: list[tuple[int, int, int]] = []
    for row, each in enumerate(facts):
        home = each.country if each.country in usual else ""
        prior[row] = usual.get(home, 0)
        counted[row] = people[row] if each.countries else 0
        others: dict[str, float] = {}
        if home and home not in places:
            others[home] = context.homes[home].get(home, 0.0)
        if counted[row]:
            for code, share in each.countries.items():
                if code in places:
                    there[row, places[code]] = share / BPS_WHOLE
                else:
                    others.setdefault(code, 0.0)
        for code, before in others.items():
            said = each.countries.get(code, 0) / BPS_WHOLE if counted[row] else 0.0
            behind = float(counted[row])
            mixed = (behind * said + shares.PRIOR_VIEWERS * before) / (
                behind + shares.PRIOR_VIEWERS
            )
            steps = int(mixed * WHOLE_STEPS + 0.5)
            if steps and code in COUNTRY_NUMBERS:
                rare.append((row, COUNTRY_NUMBERS[code], steps))
    arrays["country"][: len(known)] = _in_steps(shares.shrink(there, counted, prior)).T
    return in_order("countries", [np.array(rare, EXTRA_COUNTRIES)])


def _views(arrays: Arrays, facts: Sequence[CreatorFacts]) -> None:
    for row, each in enumerate(facts):
        found = views_of(each)
        if found is None:
            continue
        arrays["views"][row] = min(U4_MOST, found.median)
        arrays["views_low"][row] = steps_below(found)
        arrays["views_high"][row] = steps_above(found)
        arrays["authentic"][row] = (found.authentic_bps + STEP_BPS // 2) // STEP_BPS


def _topics(arrays: Arrays, facts: Sequence[CreatorFacts], context: Context) -> None:
    arrays["terms"][:] = topics.NO_TERM
    found = [topics.weights(uses_of(each), context.vocabulary) for each in facts]
    uses = np.zeros(arrays["terms"].shape)
    for row, weights in enumerate(found):
        if weights:
            kept = min(TERMS, len(weights))
            arrays["terms"][row, :kept] = list(weights)[:kept]
            uses[row, :kept] = list(weights.values())[:kept]
    arrays["term_weights"][:] = topics.in_levels(uses)
    segments = topics.segments(vectors_of(found, context.places), SEGMENTS, centres=context.centres)
    arrays["segments"][:] = np.rint(segments * 255)
    arrays["topics"][:] = [
        sum(TOPIC_BITS.get(topic, 0) for topic in set(each.topics)) for each in facts
    ]


def _rates(arrays: Arrays, facts: Sequence[CreatorFacts], context: Context) -> NDArray[Any]:
    """Write prices and formats; returns the rates in further currencies."""
    numbers = {code: number for number, code in enumerate(context.currencies)}
    arrays["currency"][:] = UNKNOWN
    extra: list[tuple[int, int, tuple[int, ...]]] = []
    for row, each in enumerate(facts):
        by_currency: dict[int, list[int]] = {}
        offered = set()
        for name, rate in each.rates.items():
            what, _, currency = name.partition(" ")
            if what in FORMATS and currency in numbers:
                prices = by_currency.setdefault(numbers[currency], [0] * len(FORMATS))
                prices[FORMATS.index(what)] = min(U4_MOST, rate)
                offered.add(what)
        if arrays["views"][row]:
            offered.add("video")
        arrays["formats"][:, row] = [
            *(OFFERED if name in offered else NOT_SAID for name in FORMATS),
            *_by_length(each),
        ]
        for place, (number, prices) in enumerate(sorted(by_currency.items())):
            if place == 0:
                arrays["currency"][row] = number
                arrays["prices"][:, row] = prices
            else:
                extra.append((row, number, tuple(prices)))
    return in_order("rates", [np.array(extra, EXTRA_RATES)])


def _by_length(facts: CreatorFacts) -> list[int]:
    """In steps, for each length, how many of the last videos have it."""
    counts = band_counts(each[4] for each in facts.videos)
    total = sum(counts) + LENGTH_PSEUDO
    return [(count + LENGTH_PSEUDO // 2) * WHOLE_STEPS // total for count in counts]


def _exclusivities(facts: Sequence[CreatorFacts]) -> NDArray[Any]:
    found = []
    for row, each in enumerate(facts):
        for category, first, last, brand in each.exclusivities:
            if category in CATEGORY_NUMBERS:
                [high], [low] = halves([UUID(brand)]).tolist()
                found.append((row, CATEGORY_NUMBERS[category], _day(first), _day(last), high, low))
    return in_order("exclusivities", [np.array(found, EXTRA_EXCLUSIVITIES)])


def _day(since_1970: int) -> int:
    return min(max(0, since_1970), DAYS_MOST)


def _record(arrays: Arrays, facts: Sequence[CreatorFacts], *, now: datetime) -> None:
    arrays["reliability"][:] = [
        WHOLE_STEPS * (each.kept + PRIOR_KEPT) // (each.kept + each.broken + PRIOR_ALL)
        for each in facts
    ]
    arrays["subjects"][:] = [
        sum(SUBJECT_BITS.get(subject, 0) for subject in set(each.subjects)) for each in facts
    ]
    today = int(now.timestamp()) // DAY_SECONDS
    arrays["away_until"][:] = [
        min(DAYS_MOST, each.away_until) if each.away_until >= today else 0 for each in facts
    ]
