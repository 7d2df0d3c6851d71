"""The order of a list in which attention is shared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, null, select, union_all
from sqlalchemy.orm import Session

from marketplace.matching.columns import Market, Ranking
from marketplace.matching.models import AttentionReport, MatchListing
from marketplace.matching.rules.exposure import (
    FRESH_EVERY,
    FRESH_POOL,
    drawn,
    fair_order,
    is_fresh,
)
from marketplace.matching.rules.fit import orders_of
from marketplace.store.arrays import of_raw_ids
from marketplace.store.rows import plain_rows, written_in

WEEK: Final = timedelta(days=7)


class Shared(NamedTuple):
    """One place of a list.

    by_fit: the place the fit alone would give, from 1. lists: of other campaigns this week.
    """

    row: int
    by_fit: int
    lists: int
    is_fresh: bool


def in_fair_order(
    session: Session,
    market: Market,
    ranking: Ranking,
    *,
    campaign_id: UUID,
    most: int,
    now: datetime,
) -> list[Shared]:
    """The first places of a ranking in the order that shares attention; see ``rules.exposure``."""
    rows, ids = ranking.rows.tolist(), market.raw_ids_at(ranking.rows)
    lists, every = _week(session, market, rows, ids, but=campaign_id, now=now)
    fresh = [place for place, times in enumerate(lists) if is_fresh(times)][:FRESH_POOL]
    year, week, _ = now.isocalendar()
    lot = drawn([ids[16 * at : 16 * at + 16] for at in fresh], lot=f"{campaign_id} {year}-{week}")
    # Where nobody was in a list, any falling numbers give the order of fit.
    orders = orders_of(ranking.factors) if any(lists) else range(len(rows), 0, -1)
    placings = fair_order(
        orders,
        lists,
        [fresh[at] for at in lot],
        most=most,
        every=every,
    )
    return [
        Shared(
            row=rows[each.at],
            by_fit=each.at + 1,
            lists=lists[each.at],
            is_fresh=each.is_fresh,
        )
        for each in placings
    ]


def fresh_every(session: Session, *, now: datetime) -> int:
    """Of how many places the last is for somebody fresh: as learned before this week began.

    So a list stays still for a week.
    """
    return session.scalar(_LEARNED, {"monday": _monday(now)}) or FRESH_EVERY


def by_fit(ranking: Ranking) -> list[Shared]:
    """The best of a ranking in the order of fit alone."""
    rows = ranking.rows.tolist()
    return [Shared(row, place, 0, is_fresh=False) for place, row in enumerate(rows, start=1)]


def _week(
    session: Session,
    market: Market,
    rows: Sequence[int],
    ids: bytes,
    *,
    but: UUID,
    now: datetime,
) -> tuple[list[int], int]:
    """In how many campaigns' lists each was in the last seven days, but for one's.

    ids: of the creators of these rows, each in 16 bytes. A brand that reads its own list again
    changes nothing in it. With :func:`fresh_every`, which every list needs too.
    """
    given = {
        "creator_ids": of_raw_ids(ids),
        "but": but,
        "since": now - WEEK,
        "monday": _monday(now),
    }
    times = {each.creator_id: each.times for each in plain_rows(session, _WEEK, given)}
    every = times.pop(None, FRESH_EVERY)
    if not times:
        return [0] * len(rows), every
    at = dict(zip(market.rows_of(list(times)).tolist(), times.values(), strict=True))
    return [at.get(row, 0) for row in rows], every


def _monday(now: datetime) -> date:
    return now.date() - timedelta(days=now.weekday())


_LEARNED: Final = (
    select(AttentionReport.fresh_every)
    .where(AttentionReport.day < bindparam("monday"))
    .order_by(AttentionReport.day.desc())
    .limit(1)
)
_LISTS: Final = (
    select(MatchListing.creator_id, func.count().label("times"))
    .where(
        written_in(MatchListing.creator_id, "creator_ids"),
        MatchListing.campaign_id != bindparam("but"),
        MatchListing.shown_at > bindparam("since"),
    )
    .group_by(MatchListing.creator_id)
)
_WEEK: Final = union_all(_LISTS, select(null(), _LEARNED.subquery().c.fresh_every))
"""How often each was listed; what was learned stands beside nobody."""
