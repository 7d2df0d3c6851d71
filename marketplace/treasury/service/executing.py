"""What approving a request does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.ledger import service as ledger
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import entry_for


def execute(
    session: Session, request: FinanceRequest, *, actor: Actor, now: datetime
) -> int | None:
    """Do what a request stores, and return the journal entry that says so.

    The second time the books keep the first entry. Raises InsufficientBalance.
    """
    entry = entry_for(
        request.kind, request_id=request.id, pairs=request.pairs, params=request.params
    )
    return ledger.write_entry(session, entry, occurred_at=now, actor=actor)
