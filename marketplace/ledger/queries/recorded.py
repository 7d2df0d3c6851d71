"""Entries in the form in which they are sealed and exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.ledger.models import JournalEntry, LedgerAccount, LedgerSeal
from marketplace.ledger.queries.totals import totals_of

_ENTRIES: Final = """
    SELECT e.id, e.public_id, e.kind, e.idem_key, e.occurred_at, e.recorded_at, e.accounting_date,
        e.actor, e.source_ref, e.reverses_id, e.memo,
        array_agg(p.line ORDER BY p.line) AS lines,
        array_agg(d.code || ':' || d.owner_id ORDER BY p.line) AS debits,
        array_agg(c.code || ':' || c.owner_id ORDER BY p.line) AS credits,
        array_agg(p.currency ORDER BY p.line) AS currencies,
        array_agg(p.amount_minor ORDER BY p.line) AS amounts
    FROM journal_entries e
    LEFT JOIN postings p ON p.entry_id = e.id
    LEFT JOIN ledger_accounts d ON d.id = p.debit_id
    LEFT JOIN ledger_accounts c ON c.id = p.credit_id
    WHERE {which}
    GROUP BY e.id ORDER BY e.id
"""
_OF_A_DAY: Final = text(_ENTRIES.format(which="e.recorded_at >= :begin AND e.recorded_at < :end"))
_OF_OWNERS: Final = text(
    _ENTRIES.format(
        which="e.id IN (SELECT p.entry_id FROM postings p JOIN ledger_accounts a"
        " ON a.id IN (p.debit_id, p.credit_id) WHERE a.owner_id = ANY(:owners))"
    )
)


def recorded_on(session: Session, day: date) -> Iterator[dict[str, Any]]:
    """Every entry recorded on a day (UTC), in the order of ids, in the form that is hashed."""
    begin = datetime.combine(day, time(), UTC)
    rows = session.execute(
        _OF_A_DAY,
        {"begin": begin, "end": begin + timedelta(days=1)},
        execution_options={"yield_per": 2_000},
    )
    return map(_told, rows)


def recorded_about(session: Session, owners: Sequence[UUID]) -> list[dict[str, Any]]:
    """Every entry that touches an account of these owners, in the same form."""
    return [_told(row) for row in session.execute(_OF_OWNERS, {"owners": list(owners)})]


def totals_about(session: Session, owners: Sequence[UUID]) -> list[dict[str, Any]]:
    """What the entries about these owners make of each of their accounts: debits less credits."""
    totals = totals_of()
    rows = session.execute(
        select(
            LedgerAccount.code,
            LedgerAccount.owner_id,
            LedgerAccount.currency,
            totals.c.debit_minor - totals.c.credit_minor,
        )
        .join(LedgerAccount, LedgerAccount.id == totals.c.account_id)
        .where(LedgerAccount.owner_id.in_(owners))
        .order_by(LedgerAccount.id)
    )
    return [
        {"account": f"{code.value}:{owner}", "currency": currency, "debit_minor": int(minor)}
        for code, owner, currency, minor in rows
    ]


def seals(session: Session) -> Sequence[LedgerSeal]:
    """Every seal, the oldest day first."""
    return session.scalars(select(LedgerSeal).order_by(LedgerSeal.day)).all()


def first_day(session: Session) -> date | None:
    """The day (UTC) on which the first entry was recorded."""
    first = session.scalar(select(func.min(JournalEntry.recorded_at)))
    return None if first is None else first.astimezone(UTC).date()


def _told(row: Any) -> dict[str, Any]:
    """An entry as plain values: ids and moments as text, moments in UTC to the microsecond."""
    return {
        "id": row.id,
        "public_id": str(row.public_id),
        "kind": row.kind,
        "idem_key": row.idem_key,
        "occurred_at": _moment(row.occurred_at),
        "recorded_at": _moment(row.recorded_at),
        "accounting_date": row.accounting_date.isoformat(),
        "actor": row.actor,
        "source_ref": row.source_ref,
        "reverses_id": row.reverses_id,
        "memo": row.memo,
        "postings": [
            {
                "line": line,
                "debit": debit,
                "credit": credit,
                "currency": currency,
                "amount_minor": amount,
            }
            for line, debit, credit, currency, amount in zip(
                row.lines, row.debits, row.credits, row.currencies, row.amounts, strict=True
            )
            if line is not None
        ],
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
