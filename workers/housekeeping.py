"""Look after the books and the letter-box."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import delete

from marketplace.accounts import queries as accounts
from marketplace.accounts import service as signing_in
from marketplace.notifications import service as notifications
from marketplace.reconciliation import checks
from marketplace.store.inbox import InboxMessage
from marketplace.store.outbox import OutboxMessage
from marketplace.store.session import reading, transaction
from workers.runtime import Run

log = structlog.get_logger("housekeeping")

KEEP: Final = timedelta(days=90)
"""How long carried messages and handled webhooks are kept for the operator to look at."""


def check_ledger(run: Run) -> None:
    """Run every named invariant, and tell staff of each that does not hold."""
    with reading() as session:
        results = checks.run_all(session)
    broken = [result for result in results if not result.passed]
    for result in broken:
        log.error("invariant_broken", name=result.name, figure=result.figure)
    with transaction() as session:
        for user_id in accounts.staff_ids(session) if broken else []:
            for result in broken:
                notifications.tell(
                    session,
                    user_id=user_id,
                    kind="invariant_broken",
                    title=f"Invariant {result.name} does not hold",
                    text=result.title,
                    path="/staff/proof",
                    once_key=f"invariant:{result.name}:{run.now:%Y-%m-%d}:{user_id}",
                    now=run.now,
                )


def prune_messages(run: Run) -> None:
    """Forget messages carried, webhooks handled and sign-ins tried long ago."""
    before = run.now - KEEP
    with transaction() as session:
        session.execute(
            delete(OutboxMessage).where(
                OutboxMessage.relayed_at < before, OutboxMessage.failure.is_(None)
            )
        )
        session.execute(delete(InboxMessage).where(InboxMessage.handled_at < before))
        signing_in.forget_attempts(session, now=run.now)
