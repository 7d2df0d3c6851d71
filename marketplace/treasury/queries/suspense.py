"""What moved at the processor and nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.money import Money
from marketplace.ledger.models import JournalEntry, Posting
from marketplace.ledger.rules import Code, EntryKind


@dataclass(frozen=True, slots=True)
class Suspended:
    """A movement that was set aside.

    key: its entry's, which names it. net: signed from our side.
    """

    entry_id: int
    public_id: UUID
    key: str
    source_ref: str | None
    memo: str
    occurred_at: datetime
    net: Money


def suspended_movements(session: Session) -> list[Suspended]:
    """Every movement that is not identified yet, oldest first."""
    rows = session.execute(_suspended().where(~_identified()).order_by(JournalEntry.id))
    return [_read(row) for row in rows]


def suspended_movement(session: Session, movement_id: UUID) -> Suspended:
    """The movement by its entry's public id.

    Raises NotFound, and Conflict when it is identified already.
    """
    row = session.execute(_suspended().where(JournalEntry.public_id == movement_id)).first()
    if row is None:
        raise NotFound("movement in suspense")
    if session.scalar(select(_identified()).where(JournalEntry.public_id == movement_id)):
        raise Conflict("This movement is identified already")
    return _read(row)


def identified_by(session: Session, entry_id: int) -> int | None:
    """The entry that says what this one set aside, or undoes it; None while nobody has said."""
    aside = aliased(JournalEntry)
    return session.scalar(
        select(JournalEntry.id)
        .join(aside, _is_word_on(JournalEntry, aside))
        .where(aside.id == entry_id)
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )


def _suspended() -> Select[int, UUID, str, str | None, str, datetime, int, str]:
    in_suspense = or_(Posting.debit_code == Code.SUSPENSE, Posting.credit_code == Code.SUSPENSE)
    net = func.sum(
        case(
            (Posting.credit_code == Code.SUSPENSE, Posting.amount_minor),
            else_=-Posting.amount_minor,
        )
    )
    return (
        select(
            JournalEntry.id,
            JournalEntry.public_id,
            JournalEntry.idem_key,
            JournalEntry.source_ref,
            JournalEntry.memo,
            JournalEntry.occurred_at,
            net,
            Posting.currency,
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .where(JournalEntry.kind == EntryKind.SUSPENSE, in_suspense)
        .group_by(JournalEntry.id, Posting.currency)
    )


def _identified() -> ColumnElement[bool]:
    """True when another entry has said what it was, or has undone it."""
    later = aliased(JournalEntry)
    return (
        select(literal(1))
        .select_from(later)
        .where(_is_word_on(later, JournalEntry))
        .correlate(JournalEntry)
        .exists()
    )


def _is_word_on(later: type[JournalEntry], aside: type[JournalEntry]) -> ColumnElement[bool]:
    return or_(
        later.idem_key == func.concat("ident:", aside.idem_key), later.reverses_id == aside.id
    )


def _read(row: tuple[int, UUID, str, str | None, str, datetime, int, str]) -> Suspended:
    entry_id, public_id, key, source_ref, memo, occurred_at, net, currency = row
    return Suspended(
        entry_id, public_id, key, source_ref, memo, occurred_at, Money(int(net), currency)
    )
