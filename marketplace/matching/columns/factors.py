"""What the fits of creators are computed from, out of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import FORMATS
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns import counting
from marketplace.matching.columns.counting import ALIKE_STEPS, PARTS_A_BPS, STEP_PARTS, Whole
from marketplace.matching.columns.elsewhere import elsewhere, together
from marketplace.matching.columns.layout import STEP_BPS, U4_MOST, WHOLE_STEPS
from marketplace.matching.columns.market import Market, Pick, Rows, listed_for
from marketplace.matching.columns.remembered import remembered
from marketplace.matching.columns.target import Target, counts_of
from marketplace.matching.rules import topics
from marketplace.matching.rules.fit import Factors

WORDS_KEPT: Final = 16


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
        counting.share_bps(columns["authentic"][rows]),
        _shares(age_steps(market, target, rows), rows),
        _shares(gender_steps(market, target, rows), rows),
        country_parts(market, target, rows)
        if target.countries is not None
        else _whole(rows) * PARTS_A_BPS,
        topic_bps(market, target, rows),
        format_bps(market, target, rows),
        counting.share_bps(columns["reliability"][rows]),
        price,
    )
    return tuple(each.astype(np.int64) for each in found)


def _whole(rows: Rows) -> Whole:
    return np.full(len(rows), BPS_WHOLE, np.int64)


def _shares(steps: NDArray[np.uint8] | None, rows: Rows) -> Whole:
    return _whole(rows) if steps is None else counting.share_bps(steps)


def age_steps(market: Market, target: Target, pick: Pick) -> NDArray[np.uint8] | None:
    """The share of the ages wanted, in steps; None where any will do."""
    return None if target.ages is None else _sum(market.arrays["age"], target.ages, pick)


def gender_steps(market: Market, target: Target, pick: Pick) -> NDArray[np.uint8] | None:
    """The share of the genders wanted, in steps; None where any will do."""
    return None if target.genders is None else _sum(market.arrays["gender"], target.genders, pick)


def most_country_parts(market: Market, target: Target, pick: Pick) -> NDArray[np.float32]:
    """No less than that can be, as if all who are not in a country wanted were in the most alike.

    Of the look-alikes' columns none is read.
    """
    found = _own_steps(market, target, pick).astype(np.float32)
    most = target.alike.max()
    found *= np.float32(STEP_PARTS * (1 - most / ALIKE_STEPS))
    if most:
        found += np.float32(PARTS_A_BPS + WHOLE_STEPS * STEP_PARTS * most / ALIKE_STEPS)
    return found


def country_parts(market: Market, target: Target, rows: Rows) -> Whole:
    """The share in the countries wanted and what the others say of it, in hundred-millionths."""

    def work_out(new: Rows) -> Whole:
        own = _own_steps(market, target, new)
        return counting.country_parts(own, _near_steps(market, target, new))

    if not target.countries_again:
        return work_out(rows)
    return remembered(market, "country parts", target.where, rows, work_out)


def _near_steps(market: Market, target: Target, rows: Rows) -> Whole:
    """Steps × likeness in the countries that are not wanted.

    Whole numbers, which 8-byte fractions multiply and add exactly up to 2^53.
    """
    columns = market.arrays["country"][: len(target.alike_columns), rows]
    found: Whole = (target.alike_columns @ columns).astype(np.int64)
    elsewhere(market).add(found, rows, target.alike)
    return found


def _own_steps(market: Market, target: Target, pick: Pick) -> NDArray[np.uint8]:
    """The share in the countries wanted, in steps; never more than the whole."""
    own = _sum(market.arrays["country"], target.countries or (), pick)
    return own if target.rare is None else together(own, target.rare[pick])


def topic_bps(market: Market, target: Target, rows: Rows) -> Whole:
    """How near the creators are to the words wanted, in basis points."""
    if target.terms is None:
        return _whole(rows)
    wanted = market.memo.get("words", target.words, target.terms.table, most=WORDS_KEPT)
    columns = market.arrays

    def work_out(new: Rows) -> Whole:
        own, weights = (columns[name].take(new, axis=0) for name in ("terms", "term_weights"))
        return counting.topic_bps(topics.similarity(wanted, own, weights))

    if not target.words_again:
        return work_out(rows)
    return remembered(market, "topic", target.words, rows, work_out)


def format_bps(market: Market, target: Target, pick: Pick) -> NDArray[np.uint16]:
    """How sure it is that the creators make what is asked, in basis points, by the pieces."""
    columns = market.arrays["formats"]
    if len(target.forms) == 1:
        return np.asarray(columns[target.forms[0][0]][pick] * np.uint16(STEP_BPS))
    total = sum(count for _, count in target.forms)
    found = sum(columns[place][pick] * np.int64(count) for place, count in target.forms)
    return counting.format_bps(np.asarray(found), total).astype(np.uint16)


def prices(market: Market, target: Target, pick: Pick) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """What the creators usually ask for all pieces in minor units, and for whom it is known.

    For the others it is estimated.
    """
    asked, known = asked_prices(market, target, pick)
    unknown = np.flatnonzero(~known)
    if len(unknown):
        asked[unknown] = counting.estimates(
            market.arrays["views"][pick][unknown], target.cost_micro, target.floor_minor
        )
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
        place = np.searchsorted(there["row"], pick)  # whoever is picked twice is found twice
        place[place == len(there)] = 0
        at = np.flatnonzero(there["row"][place] == pick) if len(there) else place[:0]
        there = there[place[at]]
    if not len(there):
        return
    total, whole = counting.asked(
        there["prices"].astype(np.int64), counts_of(target.pieces, FORMATS)
    )
    asked[at[whole]] = total[whole]
    known[at[whole]] = True


def _sum(columns: NDArray[np.uint8], places: tuple[int, ...], pick: Pick) -> NDArray[np.uint8]:
    """The steps of several labels together; never more than the whole."""
    if not places:
        return np.zeros_like(columns[0][pick])
    found: NDArray[np.uint8] = columns[places[0]][pick]
    for place in places[1:]:
        found = found + columns[place][pick]
    return found
