"""The rows that remember how a payout moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.payouts.models import Payout, PayoutStep
from marketplace.payouts.rules import PayoutEvent, PayoutState


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
        PayoutStep(
            id=new_id(), payout_id=payout.id, event=event, state=state, happened_at=now, note=note
        )
    )
