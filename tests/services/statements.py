"""Statements of the processor, and what is found in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.ledger.checks import CheckResult
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.reconciliation import checks, queries
from marketplace.reconciliation import service as reconciliation
from marketplace.reconciliation.models import Pairing
from marketplace.reconciliation.ports import StatementLineFacts
from marketplace.reconciliation.rules import BreakKind
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.ledger import PROCESSOR, make_entry, usd

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def line(
    source: str | None = "ch_1",
    *,
    amount: int = 11_000,
    fee: int = 349,
    line_id: str | None = None,
    at: datetime = NOON,
    kind: str = "charge",
) -> StatementLineFacts:
    return StatementLineFacts(
        line_id=line_id or f"txn_{source}",
        kind=kind,
        source_id=source,
        amount=usd(amount),
        fee=usd(fee),
        net=usd(amount - fee),
        occurred_at=at,
        available_on=date(2026, 11, 4),
        raw={"id": line_id or f"txn_{source}"},
    )


def read(
    session: Session,
    *lines: StatementLineFacts,
    there: int | None = None,
    now: datetime = NOON,
) -> int:
    """Import these lines and pair them. there: our balance, else what the lines add up to."""
    total = sum(each.net.minor for each in lines) if there is None else there
    statement = reconciliation.import_statement(
        session,
        lines=lines,
        balances={"USD": usd(total)},
        from_at=now - DAY,
        until_at=now,
        now=now,
    )
    session.flush()
    reconciliation.reconcile(session, now=now)
    session.flush()
    session.expire_all()
    return statement.new_line_count


def charge(session: Session, source: str = "ch_1", *, amount: int = 11_000, fee: int = 349) -> None:
    """A charge in the books, less what the processor kept."""
    make_entry(
        session,
        (PROCESSOR, AccountRef(Code.BRAND_FUNDS, uuid4()), usd(amount)),
        (AccountRef(Code.PROCESSOR_FEES), PROCESSOR, usd(fee)),
        kind=EntryKind.FUND,
        idem_key=f"fund:{source}",
        source_ref=source,
    )
    session.flush()


def breaks(session: Session) -> list[tuple[BreakKind, str, int]]:
    return [
        (found.kind, found.reference, found.difference_minor)
        for found in queries.open_breaks(session)
    ]


def pairings(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Pairing)) or 0


def rung(session: Session) -> int:
    statement = select(func.count()).where(OutboxMessage.name == "BreakOpened")
    return session.scalar(statement) or 0


def failing(session: Session) -> list[str]:
    session.flush()
    return [result.name for result in checks.run_all(session) if not result.passed]


def check(session: Session, name: str) -> CheckResult:
    session.flush()
    return next(result for result in checks.run_all(session) if result.name == name)
