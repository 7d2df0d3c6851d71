"""The order of a list in which attention is shared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.matching.columns import Market, Ranked
from marketplace.matching.models import MatchListing
from marketplace.matching.rules.exposure import drawn, fair_order, is_fresh
from marketplace.store.rows import given_in

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
    best: Sequence[Ranked],
    *,
    campaign_id: UUID,
    most: int,
    now: datetime,
) -> list[Shared]:
    """The first places of a ranking in the order that shares attention; see ``rules.exposure``."""
    ids = market.ids_at([each.row for each in best])
    seen = lists_of_week(session, ids, but=campaign_id, now=now)
    lists = [seen.get(one, 0) for one in ids]
    fresh = [one for one, times in zip(ids, lists, strict=True) if is_fresh(times)]
    year, week, _ = now.isocalendar()
    lot = drawn(fresh, lot=f"{campaign_id} {year}-{week}")
    at = {one: place for place, one in enumerate(ids)}
    placings = fair_order([each.order for each in best], lists, [at[one] for one in lot], most=most)
    return [
        Shared(
            row=best[each.at].row,
            by_fit=each.at + 1,
            lists=lists[each.at],
            is_fresh=each.is_fresh,
        )
        for each in placings
    ]


def by_fit(best: Sequence[Ranked]) -> list[Shared]:
    """The best of a ranking in the order of fit alone."""
    return [Shared(each.row, place, 0, is_fresh=False) for place, each in enumerate(best, start=1)]


def lists_of_week(
    session: Session, creator_ids: Sequence[UUID], *, but: UUID, now: datetime
) -> dict[UUID, int]:
    """Creator -> in how many campaigns' lists they were in the last seven days, but for one's.

    A brand that reads its own list again changes nothing in it.
    """
    given = {"creator_ids": list(creator_ids), "but": but, "since": now - WEEK}
    return dict(session.execute(_LISTS, given).all())


_LISTS: Final = (
    select(MatchListing.creator_id, func.count())
    .where(
        given_in(MatchListing.creator_id, "creator_ids"),
        MatchListing.campaign_id != bindparam("but"),
        MatchListing.shown_at > bindparam("since"),
    )
    .group_by(MatchListing.creator_id)
)
