"""Read the processor's statement and pair it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from marketplace.funding import queries as funding
from marketplace.funding.messages import ChargebackDue, RefundDue
from marketplace.kernel.money import Money
from marketplace.processor.ports import ProcessorUnavailable
from marketplace.reconciliation import queries
from marketplace.reconciliation import service as reconciliation
from marketplace.reconciliation.messages import BreakOpened, ReconcileWanted
from marketplace.reconciliation.ports import StatementLineFacts
from marketplace.store.outbox import post
from marketplace.store.session import reading, transaction
from marketplace.treasury import queries as treasury
from marketplace.treasury.messages import BankMoveDue
from workers import telling
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
    until_at = run.now + timedelta(minutes=1)
    from_at = min(last.until_at, until_at) - OVERLAP if last is not None else begin
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
        _ring_for_unbooked(session)


def _ring_for_unbooked(session: Session) -> None:
    """Have looked at what moved and stands in no entry: its webhook may have been lost.

    So a refund that failed weeks after it was paid, or a chargeback won long after it was lost, is
    found by its movement, whenever that comes.
    """
    unbooked = queries.unbooked_objects(session)
    for refund_id in funding.refunds_at(session, unbooked.objects):
        post(session, RefundDue(refund_id=refund_id))
    for move_id in treasury.moves_at(session, unbooked.objects):
        post(session, BankMoveDue(move_id=move_id))
    for dispute_id in sorted(unbooked.disputes):
        post(session, ChargebackDue(dispute_id=dispute_id))


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
        telling.tell_staff(
            session,
            kind="break_opened",
            about=found.id,
            title="A break was opened",
            text=found.detail,
            path="/staff/breaks",
            now=run.now,
        )
