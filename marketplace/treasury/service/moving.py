"""Book what the processor has moved by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.ledger import service as ledger
from marketplace.treasury.rules.movements import Movement, entry_of_movement


def book_movements(session: Session, *, movements: Iterable[Movement], now: datetime) -> int:
    """Book each movement by its type, or into suspense; return how many are booked.

    What another flow is about to book is left alone. The second time nothing is written.
    """
    booked = 0
    for movement in movements:
        entry = entry_of_movement(movement, now=now)
        if entry is not None:
            ledger.write_entry(session, entry, occurred_at=movement.occurred_at, actor=SYSTEM)
            booked += 1
    return booked
