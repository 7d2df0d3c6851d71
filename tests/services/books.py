"""What the tests of the ledger ask again and again."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.ledger import queries
from marketplace.ledger.models import JournalEntry, Posting
from marketplace.ledger.rules import (
    AccountRef,
    Code,
)

FEES = AccountRef(Code.PROCESSOR_FEES)


def held(session: Session, ref: AccountRef, currency: str = "USD") -> int:
    return queries.balance_of(session, ref, currency=currency).minor


def written(session: Session) -> tuple[int, int]:
    entries = session.scalar(select(func.count()).select_from(JournalEntry))
    postings = session.scalar(select(func.count()).select_from(Posting))
    assert entries is not None
    assert postings is not None
    return entries, postings
