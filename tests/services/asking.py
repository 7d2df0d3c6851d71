"""What the tests of finance requests ask again and again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.ledger import service as books
from marketplace.ledger.rules import AccountRef, Code, EntryKind, events
from marketplace.treasury import queries
from tests.conftest import NOON
from tests.factories.ledger import make_entry, usd


def owe(session: Session, brand: Brand, minor: int) -> AccountRef:
    """Let a lost chargeback leave a brand owing us."""
    owed = events.owed_by_brand(brand.id)
    taken = events.chargeback_open(new_id())
    make_entry(
        session,
        (taken, AccountRef(Code.PROCESSOR_BALANCE), usd(minor)),
        kind=EntryKind.CHARGEBACK_WITHDRAWN,
    )
    make_entry(session, (owed, taken, usd(minor)), kind=EntryKind.CHARGEBACK_LOST)
    return owed


def set_aside(session: Session, minor: int, name: str = "txn_1") -> queries.Suspended:
    """Let something move that nobody knows."""
    entry_id = books.write_entry(
        session,
        events.unidentified(stripe_balance_transaction_id=name, source_ref=None, net=usd(minor)),
        occurred_at=NOON,
        actor=SYSTEM,
    )
    return next(m for m in queries.suspended_movements(session) if m.entry_id == entry_id)
