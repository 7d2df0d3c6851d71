"""The market as columns, wherever they come from, and the factors of fits in it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import AGES, FORMATS, GENDERS
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.context import MICRO, Context
from marketplace.matching.columns.layout import (
    CATEGORY_NUMBERS,
    COUNTRY_NUMBERS,
    FORMS,
    LANGUAGE_NUMBERS,
    NO_COUNTRY,
    SHORT_LISTS,
    STEP_BPS,
    SUBJECT_BITS,
    TOPIC_BITS,
    U4_MOST,
    UNKNOWN,
    Arrays,
    Lists,
)
from marketplace.matching.columns.rows import find_rows, halves
from marketplace.matching.rules import shares, topics
from marketplace.matching.rules.fit import Factors
from marketplace.matching.rules.topic_words import spelled_out
from marketplace.matching.rules.wanted import Booking, Wanted

Rows = NDArray[np.intp]
Pick = slice | Rows
Whole = NDArray[np.int64]

ESTIMATE_BPS: Final = 12_500
"""A price that nobody has named is taken as a quarter dearer than is usual."""
ALIKE_PARTS: Final = round(100 / STEP_BPS / shares.SPILL)
"""Steps × percent of likeness that make one basis point."""
ALIKE_MOST: Final = 4
"""The look-alike countries that count for a target: the nearest."""
EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Market:
    """All creators in columns.

    count: how many there are. lists: the short ones by name. ordered: so many of the first rows are
    in the order of their ids.
    is_whole: False where PostgreSQL stood in for the columns and only the part of the market that
    is viewed most was looked at. of: how many creators there are altogether.
    """

    count: int
    arrays: Arrays
    lists: Lists
    context: Context
    ordered: int
    refreshed_at: datetime
    is_whole: bool = True
    of: int = 0
    beat: int = 0
    middles: dict[Hashable, Factors | None] = field(default_factory=dict, compare=False)
    """What ``ranking.middle`` has worked out already: true while these are the columns."""

    def id_at(self, row: int) -> UUID:
        """The creator of a row."""
        high, low = self.arrays["ids"][:, row].tolist()
        return UUID(int=(high << 64) | low)

    def ids_at(self, rows: Sequence[int]) -> list[UUID]:
        """The creators of some rows."""
        high, low = self.arrays["ids"][:, np.asarray(rows, np.intp)].tolist()
        return [UUID(int=(one << 64) | other) for one, other in zip(high, low, strict=True)]

    def raw_ids_at(self, rows: Sequence[int]) -> bytes:
        """The creators of some rows, each in 16 bytes: for a list too long to make UUIDs of."""
        halves = self.arrays["ids"][:, np.asarray(rows, np.intp)]
        return bytes(halves.T.astype(">u8").tobytes())

    def rows_of(self, creator_ids: Sequence[UUID]) -> Rows:
        """The row of each creator; -1 for one who is not here."""
        return find_rows(self.arrays["ids"], halves(creator_ids), ordered=self.ordered)


@dataclass(frozen=True, slots=True)
class Target:
    """A wish, as the columns of one market know it. None asks for anybody."""

    ages: tuple[int, ...] | None
    genders: tuple[int, ...] | None
    countries: tuple[int, ...] | None
    rare: NDArray[np.uint8] | None
    """Steps of those wanted countries that have no column, for every row."""
    alike: tuple[tuple[int, int], ...]
    """Columns of look-alike countries and how alike they are, in percent."""
    terms: dict[int, float] | None
    pieces: tuple[tuple[int, int], ...]
    """Places in FORMATS and how many of it."""
    currency: int
    cost_micro: int
    """What a view of all pieces usually costs and a quarter more, in millionths of a minor unit."""
    floor_minor: int
    """What all pieces cost at least: nobody makes a video for the price of its few views."""
    forms: tuple[tuple[int, int], ...]
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
    context = market.context
    places = {code: place for place, code in enumerate(context.countries)}
    wanted_places = tuple(sorted(places[code] for code in wanted.country if code in places))
    pieces, cost_micro, floor_minor = _priced(context, wanted.currency, wanted.pieces)
    return Target(
        ages=_places(wanted.ages, AGES),
        genders=_places(wanted.gender, GENDERS),
        countries=wanted_places if wanted.country else None,
        rare=_rare(market, wanted.country.difference(places)),
        alike=_alike(context, wanted.country),
        terms=topics.query(spelled_out(wanted.words), context.vocabulary) if wanted.words else None,
        pieces=pieces,
        currency=context.currencies.index(wanted.currency)
        if wanted.currency in context.currencies
        else -1,
        cost_micro=cost_micro,
        floor_minor=floor_minor,
        forms=_forms(wanted),
        subject_mask=sum(SUBJECT_BITS[subject] for subject in wanted.rules.avoided),
        bound=_bound(market, wanted.rules.booking),
        topic_mask=sum(TOPIC_BITS[topic] for topic in wanted.rules.blocked_topics),
        homes=_allowed(wanted.rules.lives_in, COUNTRY_NUMBERS, NO_COUNTRY),
        languages=_allowed(wanted.rules.languages, LANGUAGE_NUMBERS, UNKNOWN),
        free_on=-1 if wanted.rules.free_on is None else (wanted.rules.free_on - EPOCH).days,
    )


def asked_for(target: Target, context: Context, currency: str, pieces: Mapping[str, int]) -> Target:
    """Return the same target with other pieces to be made and priced."""
    places, cost_micro, floor_minor = _priced(context, currency, pieces)
    return replace(target, pieces=places, cost_micro=cost_micro, floor_minor=floor_minor)


def _priced(
    context: Context, currency: str, pieces: Mapping[str, int]
) -> tuple[tuple[tuple[int, int], ...], int, int]:
    """Return pieces by their places in FORMATS, what a view of them costs, and their floor."""
    cost = sum(count * context.cost_micro(name, currency) for name, count in pieces.items())
    return (
        tuple((FORMATS.index(name), count) for name, count in pieces.items()),
        (cost * ESTIMATE_BPS + BPS_WHOLE // 2) // BPS_WHOLE,
        sum(count * context.floor_minor(name, currency) for name, count in pieces.items()),
    )


def factors_at(market: Market, target: Target, rows: Sequence[int] | Rows) -> list[Factors]:
    """Return what the fits of some creators are computed from, in whole numbers."""
    found = factor_columns(market, target, np.asarray(rows, np.intp))
    return [Factors(*values) for values in zip(*(each.tolist() for each in found), strict=True)]


def factor_columns(market: Market, target: Target, rows: Rows) -> tuple[Whole, ...]:
    """Return the same factor by factor, in the order in which they are named."""
    columns = market.arrays
    price, _ = prices(market, target, rows)
    found = (
        columns["views"][rows],
        columns["authentic"][rows] * np.int64(STEP_BPS),
        _shares(age_steps(market, target, rows), rows),
        _shares(gender_steps(market, target, rows), rows),
        country_bps(market, target, rows) if target.countries is not None else _whole(rows),
        topic_bps(market, target, rows) if target.terms is not None else _whole(rows),
        format_bps(market, target, rows),
        columns["reliability"][rows] * np.int64(STEP_BPS),
        price,
    )
    return tuple(each.astype(np.int64) for each in found)


def _whole(rows: Rows) -> Whole:
    return np.full(len(rows), BPS_WHOLE, np.int64)


def _shares(steps: NDArray[np.uint8] | None, rows: Rows) -> Whole:
    return _whole(rows) if steps is None else steps * np.int64(STEP_BPS)


def age_steps(market: Market, target: Target, pick: Pick) -> NDArray[np.uint8] | None:
    """The share of the ages wanted, in steps; None where any will do."""
    return None if target.ages is None else _sum(market.arrays["age"], target.ages, pick)


def gender_steps(market: Market, target: Target, pick: Pick) -> NDArray[np.uint8] | None:
    """The share of the genders wanted, in steps; None where any will do."""
    return None if target.genders is None else _sum(market.arrays["gender"], target.genders, pick)


def country_bps(market: Market, target: Target, pick: Pick) -> NDArray[np.uint16]:
    """The share in the countries wanted and a twentieth of the look-alikes', in basis points."""
    columns = market.arrays["country"]
    own = _sum(columns, target.countries or (), pick).astype(np.uint16)
    if target.rare is not None:
        own += target.rare[pick]
    own *= np.uint16(STEP_BPS)
    if target.alike:
        # Steps × percent stay below 2 bytes: all steps of a creator are 200 at most. Rounded up, so
        # that whoever has some is found, behind all who have more.
        near = np.full(own.shape, ALIKE_PARTS - 1, np.uint16)
        for place, percent in target.alike:
            near += columns[place][pick] * np.uint16(percent)
        near //= np.uint16(ALIKE_PARTS)
        own += near
    np.minimum(own, np.uint16(BPS_WHOLE), out=own)
    return own


def topic_bps(market: Market, target: Target, rows: Rows) -> Whole:
    """How near the creators are to the words wanted, in basis points."""
    columns = market.arrays
    near = topics.similarity(
        target.terms or {},
        np.ascontiguousarray(columns["terms"][rows]),
        np.ascontiguousarray(columns["term_weights"][rows]),
    )
    return np.floor(near.astype(np.float64) * BPS_WHOLE + 0.5).astype(np.int64)


def format_bps(market: Market, target: Target, pick: Pick) -> NDArray[np.uint16]:
    """How sure it is that the creators make what is asked, in basis points, by the pieces."""
    columns = market.arrays["formats"]
    if len(target.forms) == 1:
        return np.asarray(columns[target.forms[0][0]][pick] * np.uint16(STEP_BPS))
    total = sum(count for _, count in target.forms)
    found = sum(columns[place][pick] * np.int64(count) for place, count in target.forms)
    return np.asarray((found * STEP_BPS + total // 2) // total).astype(np.uint16)


def prices(market: Market, target: Target, pick: Pick) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """What the creators usually ask for all pieces in minor units, and for whom it is known.

    For the others it is estimated.
    """
    asked, known = asked_prices(market, target, pick)
    unknown = np.flatnonzero(~known)
    if len(unknown):
        asked[unknown] = estimates(target, market.arrays["views"][pick][unknown])
    return asked, known


def asked_prices(
    market: Market, target: Target, pick: Pick
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """What the creators themselves ask for all pieces, and of whom that is known.

    For the others there stands anything.
    """
    columns = market.arrays
    known: NDArray[np.bool_] = columns["currency"][pick] == max(target.currency, 0)
    if target.currency < 0:
        known[:] = False
    asked: NDArray[Any]
    if len(target.pieces) == 1 and target.pieces[0][1] == 1:
        asked = columns["prices"][target.pieces[0][0]][pick].copy()
        known &= asked > 0
    else:
        asked = np.zeros(known.shape, np.int64)
        for place, count in target.pieces:
            rate = columns["prices"][place][pick]
            known &= rate > 0
            asked += rate * np.int64(count)
        np.minimum(asked, U4_MOST, out=asked)
    if len(market.lists["rates"]) and target.currency >= 0:
        _other_rates(market, target, pick, asked, known)
    return asked, known


def estimates(target: Target, views: NDArray[Any]) -> Whole:
    """What so many views usually cost here, in minor units, and no less than the floor."""
    whole, rest = divmod(target.cost_micro, MICRO)  # in two steps: nothing outgrows 8 bytes
    views = views.astype(np.int64)
    found = views * whole + (views * rest + MICRO // 2) // MICRO
    return np.asarray(np.clip(found, max(1, target.floor_minor), U4_MOST))


def _other_rates(
    market: Market, target: Target, pick: Pick, asked: NDArray[Any], known: NDArray[np.bool_]
) -> None:
    """Put in what is asked in a currency that is not the creator's first."""
    there = listed_for(market, "rates", target.currency)
    if isinstance(pick, slice):
        first, last = np.searchsorted(there["row"], [pick.start, pick.stop])
        there = there[first:last]
        at = there["row"].astype(np.intp) - pick.start
    else:
        order = np.argsort(pick, kind="stable")
        place = np.searchsorted(pick[order], there["row"])
        place[place == len(pick)] = 0
        hit = pick[order][place] == there["row"] if len(pick) else np.zeros(len(there), bool)
        there, at = there[hit], order[place[hit]]
    if not len(there):
        return
    rates = there["prices"].astype(np.int64)
    whole = np.all([rates[:, place] > 0 for place, _ in target.pieces], axis=0)
    total = np.sum([rates[:, place] * count for place, count in target.pieces], axis=0)
    asked[at[whole]] = np.minimum(total[whole], U4_MOST)
    known[at[whole]] = True


def _places(labels: frozenset[str], known: tuple[str, ...]) -> tuple[int, ...] | None:
    return tuple(place for place, label in enumerate(known) if label in labels) or None


def _sum(columns: NDArray[np.uint8], places: tuple[int, ...], pick: Pick) -> NDArray[np.uint8]:
    """The steps of several labels together; never more than the whole."""
    if not places:
        return np.zeros(columns.shape[1], np.uint8)[pick]
    found: NDArray[np.uint8] = columns[places[0]][pick]
    for place in places[1:]:
        found = found + columns[place][pick]
    return found


def _rare(market: Market, codes: frozenset[str]) -> NDArray[np.uint8] | None:
    if not codes or not len(market.lists["countries"]):
        return None
    found = np.zeros(market.count, np.uint8)
    for code in sorted(codes):
        there = listed_for(market, "countries", COUNTRY_NUMBERS[code])
        there = there[there["row"] < market.count]
        found[there["row"]] += there["share"]
    return found


def _alike(context: Context, wanted: frozenset[str]) -> tuple[tuple[int, int], ...]:
    """The countries with a column nearest to any wanted one, each once, by the nearest."""
    if not wanted:
        return ()
    nearest = context.alike[[COUNTRY_NUMBERS[code] for code in sorted(wanted)]].max(axis=0)
    others = [
        (place, int(percent))
        for place, percent in enumerate(nearest)
        if percent and context.countries[place] not in wanted
    ]
    return tuple(sorted(others, key=lambda each: (-each[1], each[0]))[:ALIKE_MOST])


def _allowed(
    codes: frozenset[str], numbers: Mapping[str, int], unknown: int
) -> NDArray[np.bool_] | None:
    """Which numbers a rule lets pass, up to that for unknown, which never does."""
    if not codes:
        return None
    found = np.zeros(unknown + 1, bool)
    found[[numbers[code] for code in codes]] = True
    return found


def listed_for(market: Market, name: str, number: int) -> NDArray[Any]:
    """Return what a short list has under one number of what it is ordered by."""
    whole = market.lists[name]
    begin, end = np.searchsorted(whole[SHORT_LISTS[name][1][0]], [number, number + 1])
    return whole[begin:end]


def _forms(wanted: Wanted) -> tuple[tuple[int, int], ...]:
    """A video counts by its length where one is asked for, and by its format otherwise."""
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
