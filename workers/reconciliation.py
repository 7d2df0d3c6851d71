"""Read the processor's statement and pair it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from marketplace.accounts import queries as accounts
from marketplace.kernel.money import Money
from marketplace.notifications import service as notifications
from marketplace.processor.ports import ProcessorUnavailable
from marketplace.reconciliation import queries
from marketplace.reconciliation import service as reconciliation
from marketplace.reconciliation.messages import BreakOpened, ReconcileWanted
from marketplace.reconciliation.ports import StatementLineFacts
from marketplace.store.session import reading, transaction
from workers.runtime import Run, TryLater

OVERLAP: Final = timedelta(hours=48)
"""Every reading goes back so far again, because lines can come late."""
BEFORE_THE_FIRST: Final = timedelta(days=1)
READINGS: Final = 5
"""How often a statement is read anew because money moved meanwhile."""


def reconcile(run: Run) -> None:
    """Read what the processor moved since the last time, and pair it with the ledger."""
    with reading() as session:
        last = queries.last_statement(session)
        first = queries.first_movement_at(session)
    begin = (first or run.now) - BEFORE_THE_FIRST
    from_at = last.until_at - OVERLAP if last is not None else begin
    until_at = run.now + timedelta(minutes=1)
    lines, balances = _read_steadily(run, from_at=from_at, until_at=until_at)
    with transaction() as session:
        reconciliation.import_statement(
            session,
            lines=lines,
            balances=balances,
            from_at=from_at,
            until_at=until_at,
            now=run.now,
        )
        reconciliation.reconcile(session, now=run.now)


def _read_steadily(
    run: Run, *, from_at: datetime, until_at: datetime
) -> tuple[list[StatementLineFacts], dict[str, Money]]:
    """Read lines and balances of one moment: money that moved in between would be a false break."""
    payments = run.gateways.payments
    try:
        for _ in range(READINGS):
            before = payments.balance()
            lines = list(payments.statement(from_at=from_at, until_at=until_at))
            if payments.balance() == before:
                return lines, before
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable
    raise TryLater


def reconcile_now(message: ReconcileWanted, run: Run) -> None:
    """Read and pair at once, because somebody asked."""
    del message
    reconcile(run)


def tell_staff(message: BreakOpened, run: Run) -> None:
    """Tell finance staff that two records disagree."""
    with transaction() as session:
        found = queries.break_by_id(session, message.break_id)
        for user_id in accounts.staff_ids(session):
            notifications.tell(
                session,
                user_id=user_id,
                kind="break_opened",
                title="A break was opened",
                text=found.detail,
                path="/staff/breaks",
                once_key=f"break_opened:{found.id}:{user_id}",
                now=run.now,
            )
