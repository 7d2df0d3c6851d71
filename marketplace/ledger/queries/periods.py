"""Which months are closed, and what stands in the way of closing one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.kernel.money import Money
from marketplace.ledger.models import AccountingPeriod, JournalEntry, LedgerAccount, Posting
from marketplace.ledger.rules import Code, PeriodState


@dataclass(frozen=True, slots=True)
class PeriodStep:
    """A month was closed, or opened again: by whom, when and why."""

    month: date
    state: PeriodState
    actor: str
    at: datetime
    reason: str


def period_steps(session: Session) -> list[PeriodStep]:
    """Every closing and opening, the newest first."""
    return [
        PeriodStep(row.month, row.state, row.actor, row.at, row.reason)
        for row in session.scalars(select(AccountingPeriod).order_by(AccountingPeriod.id.desc()))
    ]


def last_closed_month(session: Session) -> date | None:
    """The newest month that is closed; all before it are closed with it."""
    later = aliased(AccountingPeriod)
    return session.scalar(
        select(func.max(AccountingPeriod.month)).where(
            AccountingPeriod.state == PeriodState.CLOSED,
            ~select(later.id)
            .where(later.month == AccountingPeriod.month, later.id > AccountingPeriod.id)
            .exists(),
        )
    )


def open_months(session: Session, *, before: date) -> Sequence[date]:
    """The months before this one that are open and have entries, the oldest first."""
    month = func.date_trunc("month", JournalEntry.accounting_date)
    wanted = select(month).where(JournalEntry.accounting_date < before).distinct().order_by(month)
    if (closed := last_closed_month(session)) is not None:
        wanted = wanted.where(month > closed)
    return [found.date() for found in session.scalars(wanted)]


def suspense_at(session: Session, day: date) -> list[Money]:
    """What was on the suspense account before this day in each currency, where it was something."""
    accounts = select(LedgerAccount.id).where(LedgerAccount.code == Code.SUSPENSE)
    grown = case((Posting.debit_code == Code.SUSPENSE, Posting.amount_minor), else_=0)
    shrunk = case((Posting.credit_code == Code.SUSPENSE, Posting.amount_minor), else_=0)
    total = func.sum(grown - shrunk)
    rows = session.execute(
        select(Posting.currency, total)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            or_(Posting.debit_id.in_(accounts), Posting.credit_id.in_(accounts)),
            JournalEntry.accounting_date < day,
        )
        .group_by(Posting.currency)
        .having(total != 0)
        .order_by(Posting.currency)
    )
    return [Money(int(minor), currency) for currency, minor in rows]
