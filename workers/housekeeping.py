"""Look after the books and the letter-box."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import delete

from marketplace.accounts import service as signing_in
from marketplace.kernel.clock import utc_now
from marketplace.reconciliation.checks import runs
from marketplace.reconciliation.messages import InvariantsWanted
from marketplace.store.inbox import InboxMessage
from marketplace.store.outbox import OutboxMessage
from marketplace.store.session import at_one_moment, reading, transaction
from workers.runtime import Run
from workers.sweeping import each_alone
from workers.telling import tell_staff

log = structlog.get_logger("housekeeping")

KEEP: Final = timedelta(days=90)
"""How long carried messages and handled webhooks are kept for the operator to look at."""


def begin_check(run: Run) -> None:
    """Have every named invariant checked."""
    with transaction() as session:
        runs.begin(session, asked_by=None, now=run.now)


def check_invariants(message: InvariantsWanted, run: Run) -> None:
    """Check one invariant after the other and keep each result; goes on where it was.

    Where one cannot be looked at the others are, and the run does not end before it was.
    Staff are told of each that does not hold, once a day.
    """
    with reading() as session:
        checks = runs.still_to_check(session, message.run_id)
    with each_alone() as each:
        for check in checks:
            with each(check.name):
                with at_one_moment() as session:
                    result = runs.look(session, check)
                with transaction() as session:
                    runs.keep(
                        session, run_id=message.run_id, check=check, result=result, now=utc_now()
                    )
    with transaction() as session:
        ended = runs.end(session, run_id=message.run_id, now=utc_now())
        for kept in ended.results if ended is not None else ():
            if not kept.passed:
                log.error("invariant_broken", name=kept.name, figure=kept.figure)
                tell_staff(
                    session,
                    kind="invariant_broken",
                    about=f"{kept.name}:{run.now:%Y-%m-%d}",
                    title=f"Invariant {kept.name} does not hold",
                    text=kept.title,
                    path="/staff/proof",
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
