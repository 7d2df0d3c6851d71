"""What the tests of the ledger ask again and again."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.money import Money
from marketplace.ledger import queries
from marketplace.ledger.models import JournalEntry, Posting
from marketplace.ledger.rules import (
    AccountRef,
    Code,
)
from marketplace.reconciliation import checks

FEES = AccountRef(Code.PROCESSOR_FEES)


def held(session: Session, ref: AccountRef, currency: str = "USD") -> int:
    return queries.balance_of(session, ref, currency=currency).minor


def written(session: Session) -> tuple[int, int]:
    entries = session.scalar(select(func.count()).select_from(JournalEntry))
    postings = session.scalar(select(func.count()).select_from(Posting))
    assert entries is not None
    assert postings is not None
    return entries, postings


def balance(session: Session, code: Code, owner: object = None) -> Money:
    ref = AccountRef(code) if owner is None else AccountRef(code, owner)  # type: ignore[arg-type]
    return queries.balance_of(session, ref, currency="USD")


def broken(session: Session) -> list[str]:
    return [result.name for result in checks.run_all(session) if result.broken]
