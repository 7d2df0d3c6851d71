"""Every bonus that is due is booked, many in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.ledger import service as ledger
from marketplace.payouts.models import ViewBonus
from marketplace.payouts.rules import BonusState
from marketplace.payouts.service.bonuses.keeping import keep, move_on
from marketplace.payouts.service.bonuses.measuring import BonusRow, measure
from marketplace.payouts.service.bonuses.working_out import work_out


def book_bonuses(session: Session, *, now: datetime, limit: int = 1_000) -> int:
    """Book every bonus that is due by what its views are worth now; return how many were due.

    1. Lock the bonuses, and find the reading that each is booked by.
    2. Lock the earnings that a correction takes from, then all ledger accounts, in one order.
    3. Work out the steps; the platform fee on top is earned only as far as the brand has paid it.
    4. Write all entries, then their measurements and earnings.
    What is not due, or in dispute, is left alone, so the second time there is nothing to do.
    """
    found = session.execute(
        select(*(getattr(ViewBonus, name) for name in BonusRow._fields))
        .where(
            ViewBonus.state == BonusState.COUNTING,
            ViewBonus.next_booking_at <= now,
            ~ViewBonus.is_disputed,
        )
        .order_by(ViewBonus.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = [BonusRow._make(row) for row in found]
    measured = measure(session, due, now=now)
    bookings = work_out(session, measured)
    entries = [each.entry() for each in bookings]
    entry_ids = ledger.write_entries(session, entries, occurred_at=now, actor=SYSTEM)
    keep(session, bookings, entry_ids=entry_ids, now=now)
    move_on(session, due, bookings, read={each.bonus.id for each in measured}, now=now)
    return len(due)
