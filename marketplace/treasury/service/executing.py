"""What approving a request does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.ledger import service as ledger
from marketplace.processor import service as processor
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import RULINGS, entry_for


def execute(
    session: Session, request: FinanceRequest, *, actor: Actor, now: datetime
) -> int | None:
    """Do what a request stores, and return the journal entry that says so; None without one.

    The second time the books keep the first entry. Raises InsufficientBalance, and Conflict when a
    call went on by itself meanwhile.
    """
    entry = entry_for(
        request.kind, request_id=request.id, pairs=request.pairs, params=request.params
    )
    if entry is None:
        _rule(session, request, actor=actor, now=now)
        return None
    return ledger.write_entry(session, entry, occurred_at=now, actor=actor)


def _rule(session: Session, request: FinanceRequest, *, actor: Actor, now: datetime) -> None:
    if request.subject_id is None:
        raise NotFound("call to the processor")
    processor.rule(
        session,
        actor=actor,
        call_id=request.subject_id,
        ruling=RULINGS[request.kind],
        now=now,
    )
