"""Whether time was respected: closed months and the checkpoints of the past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.kernel.counts import counted
from marketplace.kernel.money import Money, in_words
from marketplace.ledger import queries
from marketplace.ledger.checks.base import Check, Finding
from marketplace.ledger.models import (
    AccountingPeriod,
    JournalEntry,
    LedgerAccount,
    LedgerRollup,
)
from marketplace.ledger.rules import PeriodState

ZONES: Final = timedelta(days=2)
"""More than lies between a day in one zone and the same in another."""


def _intruders() -> Select[int, date]:
    """Entries that were recorded after their month was closed, and before it was opened again.

    Whoever closes a month closes all before it. None is closed before it is over, so only what was
    recorded in a later month than its own can have come too late.
    """
    reopened = aliased(AccountingPeriod)
    month = func.date_trunc("month", JournalEntry.accounting_date)
    closed = (
        select(AccountingPeriod.id)
        .where(
            AccountingPeriod.state == PeriodState.CLOSED,
            AccountingPeriod.month >= month,
            AccountingPeriod.at < JournalEntry.recorded_at,
            ~select(reopened.id)
            .where(
                reopened.month == AccountingPeriod.month,
                reopened.id > AccountingPeriod.id,
                reopened.at < JournalEntry.recorded_at,
            )
            .exists(),
        )
        .exists()
    )
    return (
        select(JournalEntry.id, month.label("month"))
        .where(
            JournalEntry.accounting_date
            < func.date_trunc("month", JournalEntry.recorded_at + ZONES),
            closed,
        )
        .order_by(JournalEntry.id)
    )


def _strayed() -> Select[Any]:
    """Accounts whose checkpoint, with what came after it, is not what all postings add up to."""
    counted = queries.recounted_by_account()
    totals = queries.totals_of()
    kept = totals.c.debit_minor - totals.c.credit_minor
    return (
        select(LedgerAccount.id, LedgerAccount.currency, kept.label("kept"), counted.c.minor)
        .join(totals, totals.c.account_id == LedgerAccount.id)
        .outerjoin(counted, counted.c.account_id == LedgerAccount.id)
        .where(kept.is_distinct_from(func.coalesce(counted.c.minor, 0)))
        .order_by(LedgerAccount.id)
    )


def _find_intruders(session: Session) -> list[Finding]:
    return [
        Finding(f"journal entry {row.id}", f"It was dated into {row.month:%Y-%m} after its close.")
        for row in session.execute(_INTRUDERS)
    ]


def _closed_figure(session: Session) -> str:
    closed = queries.last_closed_month(session)
    return "no month closed yet" if closed is None else f"closed up to {closed:%Y-%m}"


def _find_strayed(session: Session) -> list[Finding]:
    return [
        Finding(
            f"ledger account {row.id}",
            f"Read from its checkpoint debits exceed credits by {_words(row.kept, row.currency)},"
            f" its postings say {_words(row.minor, row.currency)}.",
        )
        for row in session.execute(_STRAYED)
    ]


def _words(minor: Any, currency: str) -> str:
    return in_words(Money(int(minor or 0), currency))


def _rollup_figure(session: Session) -> str:
    return counted(session.scalar(_ROLLUPS) or 0, "checkpoint", "checkpoints")


_INTRUDERS: Final = _intruders()
_STRAYED: Final = _strayed()
_ROLLUPS: Final = select(func.count()).select_from(LedgerRollup)

CHECKS: Final = (
    Check(
        "I10",
        "No entry is dated into a month that was closed",
        _find_intruders,
        _closed_figure,
        held="A trigger refuses such an entry, and a late event is booked on the first open day.",
    ),
    Check(
        "I13",
        "What is read from checkpoints is what all postings add up to",
        _find_strayed,
        _rollup_figure,
        held="Only a function of the database writes checkpoints.",
    ),
)
