"""The journal: entries and their postings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.ledger.chart import CHART
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.ledger.rules import AccountRef, Code, EntryKind, Pair
from marketplace.store.rows import given_in


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One side of a posting, as finance people read it: exactly one of debit and credit is set."""

    line: int
    ref: AccountRef
    name: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """A journal entry with its postings, each as two lines."""

    id: int
    public_id: UUID
    kind: EntryKind
    idem_key: str
    occurred_at: datetime
    recorded_at: datetime
    accounting_date: date
    actor: str
    source_ref: str | None
    reverses_id: int | None
    reversed_by_id: int | None
    memo: str
    lines: tuple[EntryLine, ...]


def entries(
    session: Session,
    *,
    kind: EntryKind | None = None,
    code: Code | None = None,
    owner: UUID | None = None,
    source_ref: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[EntryView]:
    """The newest entries, newest first; ``before`` is the last seen entry's id.

    code, owner: only entries that touch such an account.
    """
    wanted = _ENTRIES.order_by(JournalEntry.id.desc()).limit(limit)
    if kind is not None:
        wanted = wanted.where(JournalEntry.kind == kind)
    if source_ref is not None:
        wanted = wanted.where(JournalEntry.source_ref == source_ref)
    if before is not None:
        wanted = wanted.where(JournalEntry.id < before)
    if code is not None or owner is not None:
        accounts = select(LedgerAccount.id)
        if code is not None:
            accounts = accounts.where(LedgerAccount.code == code)
        if owner is not None:
            accounts = accounts.where(LedgerAccount.owner_id == owner)
        wanted = wanted.where(
            select(Posting.line)
            .where(
                Posting.entry_id == JournalEntry.id,
                or_(Posting.debit_id.in_(accounts), Posting.credit_id.in_(accounts)),
            )
            .exists()
        )
    return _views(session, wanted)


def entry(session: Session, entry_id: int) -> EntryView:
    """One entry with its postings; raises NotFound."""
    found = _views(session, _ENTRIES.where(JournalEntry.id == entry_id))
    if not found:
        raise NotFound("journal entry")
    return found[0]


def entry_by_key(session: Session, idem_key: str) -> EntryView | None:
    """The entry written under this key, or None."""
    found = _views(session, _ENTRIES.where(JournalEntry.idem_key == idem_key))
    return next(iter(found), None)


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it was told."""

    id: int
    kind: EntryKind
    pairs: tuple[Pair, ...]


def written_as(session: Session, idem_keys: Sequence[str]) -> dict[str, Written]:
    """The entries written under these keys; a key that is free is left out."""
    found = session.execute(
        select(JournalEntry.id, JournalEntry.idem_key, JournalEntry.kind).where(
            JournalEntry.idem_key.in_(idem_keys)
        )
    ).all()
    pairs: dict[int, list[Pair]] = {row.id: [] for row in found}
    for row in session.execute(_POSTINGS, {"ids": list(pairs)}):
        pairs[row.entry_id].append(_pair(row))
    return {row.idem_key: Written(row.id, row.kind, tuple(pairs[row.id])) for row in found}


def pairs_of(session: Session, entry_id: int) -> list[Pair]:
    """The postings of an entry as they were given, in their order; empty for an unknown id."""
    return [_pair(row) for row in session.execute(_POSTINGS, {"ids": [entry_id]})]


def lines_of(pairs: Sequence[Pair]) -> tuple[EntryLine, ...]:
    """Postings that may not be written yet, each as two lines."""
    return tuple(side for line, pair in enumerate(pairs, 1) for side in _two_lines(line, pair))


def _pair(row: Any) -> Pair:
    return Pair(
        debit=AccountRef(row.debit_code, row.debit_owner),
        credit=AccountRef(row.credit_code, row.credit_owner),
        amount=Money(row.amount_minor, row.currency),
    )


def _views(session: Session, wanted: Select[*tuple[Any, ...]]) -> list[EntryView]:
    found = session.execute(wanted).all()
    lines: dict[int, list[EntryLine]] = {row.id: [] for row in found}
    for row in session.execute(_POSTINGS, {"ids": list(lines)}) if lines else ():
        lines[row.entry_id] += _two_lines(row.line, _pair(row))
    return [EntryView(**row._asdict(), lines=tuple(lines[row.id])) for row in found]


def _two_lines(line: int, pair: Pair) -> list[EntryLine]:
    return [
        EntryLine(
            line=line,
            ref=pair.debit,
            name=CHART[pair.debit.code].name,
            debit=pair.amount,
            credit=None,
        ),
        EntryLine(
            line=line,
            ref=pair.credit,
            name=CHART[pair.credit.code].name,
            debit=None,
            credit=pair.amount,
        ),
    ]


_REVERSAL: Final = aliased(JournalEntry)
_ENTRIES: Final = select(
    JournalEntry.id,
    JournalEntry.public_id,
    JournalEntry.kind,
    JournalEntry.idem_key,
    JournalEntry.occurred_at,
    JournalEntry.recorded_at,
    JournalEntry.accounting_date,
    JournalEntry.actor,
    JournalEntry.source_ref,
    JournalEntry.reverses_id,
    select(_REVERSAL.id)
    .where(_REVERSAL.reverses_id == JournalEntry.id)
    .scalar_subquery()
    .label("reversed_by_id"),
    JournalEntry.memo,
)
"""The fields of ``EntryView`` but its lines."""
_DEBITED: Final = aliased(LedgerAccount)
_CREDITED: Final = aliased(LedgerAccount)
_POSTINGS: Final = (
    select(
        Posting.entry_id,
        Posting.line,
        Posting.debit_code,
        _DEBITED.owner_id.label("debit_owner"),
        Posting.credit_code,
        _CREDITED.owner_id.label("credit_owner"),
        Posting.amount_minor,
        Posting.currency,
    )
    .join(_DEBITED, _DEBITED.id == Posting.debit_id)
    .join(_CREDITED, _CREDITED.id == Posting.credit_id)
    .where(given_in(Posting.entry_id, "ids"))
    .order_by(Posting.entry_id, Posting.line)
)
