"""Every bonus that is due is booked, many in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import InsufficientBalance
from marketplace.payouts.models import ViewBonus
from marketplace.payouts.rules import BonusState
from marketplace.payouts.service.bonuses.keeping import keep, move_on
from marketplace.payouts.service.bonuses.measuring import BonusRow, count_due, measure
from marketplace.payouts.service.bonuses.working_out import Booking, work_out
from marketplace.store.rows import those_of

BATCH: Final = 1_000


def book_bonuses(
    session: Session, *, now: datetime, limit: int = BATCH, ids: Collection[UUID] | None = None
) -> int:
    """Book every bonus that is due by what its views are worth now; return how many were due.

    1. Lock the bonuses, and find the reading that each is booked by.
    2. Where some are corrected, lock the earnings that this takes from, then all ledger accounts,
       in one order.
    3. Work out the steps; the platform fee on top is earned only as far as the brand has paid it.
    4. Write all entries, then their measurements and earnings. Balances are locked there, last, so
       that rivals work side by side; where one has earned the fee that was left, this is done
       again with everything locked.
    A bonus whose views are in question ends when that is decided. What is not due, or in dispute,
    is left alone, so the second time there is nothing to do. ids: only these.
    """
    found = session.execute(
        those_of(_due(now), ViewBonus.id, ids).limit(limit).with_for_update(skip_locked=True)
    )
    due = [BonusRow._make(row) for row in found]
    counting = count_due(session, due, now=now)
    measured = measure(due, counting)
    try:
        bookings = work_out(session, measured)
        entry_ids = _write(session, bookings, now=now)
    except InsufficientBalance:
        bookings = work_out(session, measured, lock=True)
        entry_ids = _write(session, bookings, now=now)
    keep(session, bookings, entry_ids=entry_ids, now=now)
    move_on(
        session,
        due,
        bookings,
        read={each.bonus.id for each in measured},
        in_question=counting.in_question,
        now=now,
    )
    return len(due)


def due_bonuses(session: Session, *, now: datetime, limit: int | None = None) -> Sequence[UUID]:
    """The bonuses that are due, by their ids, at most so many."""
    return session.scalars(_due(now).with_only_columns(ViewBonus.id).limit(limit)).all()


def _due(now: datetime) -> Select[Any]:
    return (
        select(*(getattr(ViewBonus, name) for name in BonusRow._fields))
        .where(
            ViewBonus.state == BonusState.COUNTING,
            ViewBonus.next_booking_at <= now,
            ~ViewBonus.is_disputed,
        )
        .order_by(ViewBonus.id)
    )


def _write(session: Session, bookings: Sequence[Booking], *, now: datetime) -> list[int]:
    entries = [each.entry() for each in bookings]
    return ledger.write_entries(session, entries, occurred_at=now, actor=SYSTEM)
