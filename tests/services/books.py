"""What the tests of the ledger ask again and again."""

from __future__ import annotations

from datetime import datetime

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


def told(session: Session, idem_key: str) -> tuple[datetime, str, str, list[str]]:
    """What an entry says: when it happened, who made it, why, and what it moves."""
    session.flush()
    entry = queries.entry_by_key(session, idem_key)
    assert entry is not None
    return entry.occurred_at, entry.actor, entry.memo, moves(session, entry.id)


def moves(session: Session, entry_id: int) -> list[str]:
    """Each pair of an entry as "debit/credit minor units"."""
    return [
        f"{pair.debit.code.value}/{pair.credit.code.value} {pair.amount.minor}"
        for pair in queries.pairs_of(session, entry_id)
    ]


def broken(session: Session) -> list[str]:
    return [result.name for result in checks.run_all(session) if result.broken]
