"""What the bonuses that are due are worth: the reading each is booked by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.authenticity import queries as authenticity
from marketplace.kernel.money import Money
from marketplace.metrics import queries as metrics
from marketplace.metrics.queries import CountedViews
from marketplace.payouts.rules import LAST_READING_WITHIN, Worth, worth_of


class BonusRow(NamedTuple):
    """A view bonus as the columns it is booked by: there are too many for an object each."""

    id: UUID
    deliverable_id: UUID
    post_id: UUID
    collaboration_id: UUID
    campaign_id: UUID
    creator_id: UUID
    rate_minor: int
    cap_minor: int
    currency: str
    creator_fee_bps: int
    brand_fee_bps: int
    withheld_bps: int
    hold_days: int
    counted_until: datetime
    views: int
    gross_minor: int
    share_minor: int
    on_top_minor: int
    measurements: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A bonus that is due, with the reading it is booked by, what is booked, and what to book."""

    bonus: BonusRow
    views: CountedViews
    booked: Worth
    worth: Worth


@dataclass(frozen=True, slots=True)
class Counting:
    """Post id -> the reading that counts for it now. in_question: posts that wait for a word."""

    views: Mapping[UUID, CountedViews]
    in_question: Set[UUID]


def count_due(session: Session, due: Sequence[BonusRow], *, now: datetime) -> Counting:
    """Find the readings: the last one, or for a bonus at its end the first one after that."""
    return views_that_count(session, {each.post_id: each.counted_until for each in due}, now=now)


def measure(due: Sequence[BonusRow], counting: Counting) -> list[Measured]:
    """Work out what bonuses are worth by their readings.

    Nothing that is booked is taken back while somebody may still say that the views count.
    """
    measured = []
    for bonus in due:
        views = counting.views.get(bonus.post_id)
        if views is None:
            continue
        booked = _booked(bonus)
        worth = worth_of(
            views.counted,
            rate=Money(bonus.rate_minor, bonus.currency),
            cap=Money(bonus.cap_minor, bonus.currency),
            creator_fee_bps=bonus.creator_fee_bps,
            brand_fee_bps=bonus.brand_fee_bps,
        )
        if bonus.post_id in counting.in_question and worth.gross < booked.gross:
            continue
        measured.append(Measured(bonus, views, booked, worth))
    return measured


def _booked(bonus: BonusRow) -> Worth:
    return Worth(
        gross=Money(bonus.gross_minor, bonus.currency),
        share=Money(bonus.share_minor, bonus.currency),
        on_top=Money(bonus.on_top_minor, bonus.currency),
    )


def views_that_count(
    session: Session, until: Mapping[UUID, datetime], *, now: datetime
) -> Counting:
    """Return the reading that counts for each post now.

    until: from when on no view of it counts any more. Before that it is the last reading; after,
    the first one since. While that can still come the post is left out; when it did not come
    within ``LAST_READING_WITHIN``, it is the last one before. A post of which views are in question
    by that reading is left out after its end, until somebody or time has decided.
    """
    over = {post_id: moment for post_id, moment in until.items() if moment <= now}
    closing = metrics.first_views(session, over)
    before = metrics.last_views(session, {each: min(now, moment) for each, moment in until.items()})
    found = {
        post_id: _that_counts(moment, closing.get(post_id), before.get(post_id), now)
        for post_id, moment in until.items()
    }
    known = {post_id: views for post_id, views in found.items() if views is not None}
    in_question = authenticity.in_question(
        session, {post_id: views.taken_at for post_id, views in known.items()}
    )
    waiting = in_question & over.keys()
    return Counting(
        {post_id: views for post_id, views in known.items() if post_id not in waiting}, in_question
    )


def _that_counts(
    until: datetime, closing: CountedViews | None, before: CountedViews | None, now: datetime
) -> CountedViews | None:
    """The reading to count; None while the one that comes after the end can still come."""
    if now < until:
        return before
    last_chance = until + LAST_READING_WITHIN
    if closing is not None and closing.taken_at <= last_chance:
        return closing
    return before if now >= last_chance else None
