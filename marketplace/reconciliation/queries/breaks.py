"""Disagreements: open, and closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.reconciliation.models import ReconciliationBreak
from marketplace.reconciliation.rules import BreakState
from marketplace.store.paging import Page, page_of


def open_breaks(session: Session) -> Sequence[ReconciliationBreak]:
    """Breaks that are open, oldest first."""
    return session.scalars(_OPEN_BREAKS).all()


def resolved_breaks(session: Session, *, page: int) -> Page[ReconciliationBreak]:
    """Breaks that are closed, the last closed first."""
    statement = (
        select(ReconciliationBreak)
        .where(ReconciliationBreak.state == BreakState.RESOLVED)
        .order_by(ReconciliationBreak.resolved_at.desc(), ReconciliationBreak.id)
    )
    return page_of(session, statement, number=page)


def break_by_id(session: Session, break_id: UUID) -> ReconciliationBreak:
    """A break by its id; raises NotFound."""
    found = session.get(ReconciliationBreak, break_id)
    if found is None:
        raise NotFound("break")
    return found


_OPEN_BREAKS: Final = (
    select(ReconciliationBreak)
    .where(ReconciliationBreak.state == BreakState.OPEN)
    .order_by(ReconciliationBreak.opened_at, ReconciliationBreak.id)
)
ANY_OPEN_BREAK: Final = _OPEN_BREAKS.exists()
