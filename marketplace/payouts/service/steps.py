"""The rows that remember how a payout moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.payouts.models import Payout, PayoutStep
from marketplace.payouts.rules import PayoutEvent, PayoutState
from marketplace.store.rows import insert_rows


def take_step(
    session: Session,
    payout: Payout,
    event: PayoutEvent,
    state: PayoutState,
    now: datetime,
    *,
    note: str = "",
) -> None:
    """Write down one move in a payout's life. note: why, for people to read."""
    session.add(
        PayoutStep(payout_id=payout.id, event=event, state=state, happened_at=now, note=note)
    )


def take_steps(
    session: Session, payouts: Sequence[Payout], event: PayoutEvent, now: datetime
) -> None:
    """Write down the same move of many payouts in one statement."""
    rows = [
        {
            "id": new_id(),
            "payout_id": payout.id,
            "event": event,
            "state": payout.state,
            "happened_at": now,
            "note": "",
        }
        for payout in payouts
    ]
    insert_rows(session, PayoutStep, rows)
