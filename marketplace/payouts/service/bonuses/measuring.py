"""What the bonuses that are due are worth: the reading each is booked by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from marketplace.kernel.money import Money
from marketplace.metrics import queries as metrics
from marketplace.metrics.queries import CountedViews
from marketplace.payouts.rules import LAST_READING_WITHIN, Worth, worth_of

BonusRow = Row[Any]
"""A view bonus as its plain row: there are too many for an object of the session each."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A bonus that is due, with the reading it is booked by, what is booked, and what to book."""

    bonus: BonusRow
    views: CountedViews
    booked: Worth
    worth: Worth


def measure(session: Session, due: Sequence[BonusRow], *, now: datetime) -> list[Measured]:
    """Find the readings: the last one, or for a bonus at its end the first one after that."""
    over = {each.post_id: each.counted_until for each in due if each.counted_until <= now}
    closing = metrics.first_views(session, over)
    before = metrics.last_views(
        session, {each.post_id: min(now, each.counted_until) for each in due}
    )
    measured = []
    for bonus in due:
        views = _that_counts(bonus, closing.get(bonus.post_id), before.get(bonus.post_id), now)
        if views is not None:
            worth = worth_of(
                views.counted,
                rate=Money(bonus.rate_minor, bonus.currency),
                cap=Money(bonus.cap_minor, bonus.currency),
                creator_fee_bps=bonus.creator_fee_bps,
                brand_fee_bps=bonus.brand_fee_bps,
            )
            measured.append(Measured(bonus, views, _booked(bonus), worth))
    return measured


def _booked(bonus: BonusRow) -> Worth:
    return Worth(
        gross=Money(bonus.gross_minor, bonus.currency),
        share=Money(bonus.share_minor, bonus.currency),
        on_top=Money(bonus.on_top_minor, bonus.currency),
    )


def _that_counts(
    bonus: BonusRow, closing: CountedViews | None, before: CountedViews | None, now: datetime
) -> CountedViews | None:
    """The reading to book by; None while the one that closes the bonus can still come."""
    if now < bonus.counted_until:
        return before
    last_chance = bonus.counted_until + LAST_READING_WITHIN
    if closing is not None and closing.taken_at <= last_chance:
        return closing
    return before if now >= last_chance else None
