"""What is on the accounts: balances, the trial balance and the lines of one account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    Case,
    ColumnElement,
    FromClause,
    Select,
    case,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from marketplace.kernel.money import Money
from marketplace.ledger.chart import CHART, Side
from marketplace.ledger.models import JournalEntry, LedgerAccount, LedgerBalance, Posting
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.store.paging import Page, page_of

_SIDES: Final = union_all(
    select(
        Posting.debit_code.label("code"),
        Posting.currency,
        func.sum(Posting.amount_minor).label("debit"),
        literal(0).label("credit"),
    ).group_by(Posting.debit_code, Posting.currency),
    select(
        Posting.credit_code, Posting.currency, literal(0), func.sum(Posting.amount_minor)
    ).group_by(Posting.credit_code, Posting.currency),
).subquery()
_TRIAL: Final = (
    select(_SIDES.c.code, _SIDES.c.currency, func.sum(_SIDES.c.debit), func.sum(_SIDES.c.credit))
    .group_by(_SIDES.c.code, _SIDES.c.currency)
    .order_by(_SIDES.c.currency, _SIDES.c.code)
)


@dataclass(frozen=True, slots=True)
class TrialLine:
    """What all accounts of one code add up to in one currency.

    debit, credit: everything ever moved on that side. balance: on the side the account grows.
    """

    code: Code
    name: str
    currency: str
    debit: Money
    credit: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class OwnedAccount:
    """One ledger account that belongs to somebody, with what is on it."""

    ref: AccountRef
    balance: Money


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One posting as one account saw it.

    amount: positive when the balance grew. balance: what was there afterwards.
    """

    entry_id: int
    line: int
    kind: EntryKind
    occurred_at: datetime
    memo: str
    other: AccountRef
    amount: Money
    balance: Money

    @property
    def position(self) -> tuple[int, int]:
        """What to give as ``before`` for the page after this line."""
        return (self.entry_id, self.line)


@dataclass(frozen=True, slots=True)
class Movement:
    """What one entry did to one kind of account in one currency.

    amount: positive when the balance grew; an entry that only passed through has zero.
    """

    entry_id: int
    kind: EntryKind
    idem_key: str
    source_ref: str | None
    occurred_at: datetime
    amount: Money


def balance_of(session: Session, ref: AccountRef, *, currency: str) -> Money:
    """The balance on the side on which the account grows; zero when it was never used."""
    return balances_of(session, ref.code, owners=[ref.owner], currency=currency)[ref.owner]


def balances_of(
    session: Session, code: Code, owners: Collection[UUID], currency: str
) -> dict[UUID, Money]:
    """The balances of many owners at once; an owner without an account has zero."""
    if not owners:
        return {}
    accounts = select(LedgerAccount.id, LedgerAccount.owner_id).where(
        LedgerAccount.code == code,
        LedgerAccount.currency == currency,
        LedgerAccount.owner_id.in_(owners),
    )
    if CHART[code].strict:
        found = accounts.subquery()
        rows = session.execute(
            select(found.c.owner_id, LedgerBalance.balance_minor).join(
                found, found.c.id == LedgerBalance.account_id
            )
        )
    else:
        moves = _moves(accounts.with_only_columns(LedgerAccount.id))
        rows = session.execute(
            select(LedgerAccount.owner_id, func.sum(moves.c.amount))
            .join(LedgerAccount, LedgerAccount.id == moves.c.account_id)
            .group_by(LedgerAccount.owner_id)
        )
    known = {owner: int(minor) for owner, minor in rows}
    return {owner: Money(known.get(owner, 0), currency) for owner in owners}


def kept_minor(
    code: Code, owner: ColumnElement[UUID], currency: ColumnElement[str]
) -> ColumnElement[int]:
    """The balance of a strict account as a column of another select; zero if never used.

    owner, currency: columns of that select, which say whose account it is.
    """
    kept = (
        select(LedgerBalance.balance_minor)
        .join(LedgerAccount, LedgerAccount.id == LedgerBalance.account_id)
        .where(
            LedgerAccount.code == code,
            LedgerAccount.owner_id == owner,
            LedgerAccount.currency == currency,
        )
    )
    return func.coalesce(kept.scalar_subquery(), 0)


def owned_accounts(session: Session, code: Code, *, currency: str, page: int) -> Page[OwnedAccount]:
    """Every account of a code that belongs to somebody, the largest balance first."""
    statement = (
        select(LedgerAccount.owner_id, LedgerBalance.balance_minor)
        .join(LedgerBalance, LedgerBalance.account_id == LedgerAccount.id)
        .where(LedgerAccount.code == code, LedgerAccount.currency == currency)
        .order_by(LedgerBalance.balance_minor.desc(), LedgerAccount.id)
    )
    found: Page[tuple[UUID, int]] = page_of(session, statement, number=page)
    rows = [
        OwnedAccount(ref=AccountRef(code, owner), balance=Money(minor, currency))
        for owner, minor in found.rows
    ]
    return Page(rows=rows, number=found.number, total=found.total, size=found.size)


def trial_balance(session: Session, *, currency: str | None = None) -> list[TrialLine]:
    """Every code that was ever used, by currency and code, recounted from the postings."""
    statement = _TRIAL
    if currency is not None:
        statement = statement.where(_SIDES.c.currency == currency)
    return [
        _trial_line(code, unit, int(debit), int(credit))
        for code, unit, debit, credit in session.execute(statement)
    ]


def statement(
    session: Session,
    ref: AccountRef,
    *,
    currency: str,
    limit: int = 50,
    before: tuple[int, int] | None = None,
) -> list[AccountLine]:
    """The newest lines of one account, newest first; ``before`` is the last line's position."""
    moves = _moves(
        select(LedgerAccount.id).where(
            LedgerAccount.code == ref.code,
            LedgerAccount.owner_id == ref.owner,
            LedgerAccount.currency == currency,
        )
    )
    running = select(
        moves,
        func.sum(moves.c.amount).over(order_by=(moves.c.entry_id, moves.c.line)).label("balance"),
    ).subquery()
    other = aliased(LedgerAccount)
    rows = (
        select(running, JournalEntry.kind, JournalEntry.occurred_at, JournalEntry.memo)
        .add_columns(other.code, other.owner_id)
        .join(JournalEntry, JournalEntry.id == running.c.entry_id)
        .join(other, other.id == running.c.other_id)
        .order_by(running.c.entry_id.desc(), running.c.line.desc())
        .limit(limit)
    )
    if before is not None:
        rows = rows.where(tuple_(running.c.entry_id, running.c.line) < tuple_(*before))
    return [
        AccountLine(
            entry_id=row.entry_id,
            line=row.line,
            kind=row.kind,
            occurred_at=row.occurred_at,
            memo=row.memo,
            other=AccountRef(row.code, row.owner_id),
            amount=Money(int(row.amount), currency),
            balance=Money(int(row.balance), currency),
        )
        for row in session.execute(rows)
    ]


def entries_touching(
    session: Session,
    code: Code,
    *,
    currency: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Movement]:
    """What each entry did to the accounts of one code, oldest first, one line per currency.

    since (included) and until (not included) are compared with ``occurred_at``.
    """
    moves = _moves(select(LedgerAccount.id).where(LedgerAccount.code == code))
    wanted = (
        select(
            JournalEntry.id,
            JournalEntry.kind,
            JournalEntry.idem_key,
            JournalEntry.source_ref,
            JournalEntry.occurred_at,
            moves.c.currency,
            func.sum(moves.c.amount).label("amount"),
        )
        .join(moves, moves.c.entry_id == JournalEntry.id)
        .group_by(JournalEntry.id, moves.c.currency)
        .order_by(JournalEntry.id, moves.c.currency)
    )
    if currency is not None:
        wanted = wanted.where(moves.c.currency == currency)
    if since is not None:
        wanted = wanted.where(JournalEntry.occurred_at >= since)
    if until is not None:
        wanted = wanted.where(JournalEntry.occurred_at < until)
    return [
        Movement(
            entry_id=row.id,
            kind=row.kind,
            idem_key=row.idem_key,
            source_ref=row.source_ref,
            occurred_at=row.occurred_at,
            amount=Money(int(row.amount), row.currency),
        )
        for row in session.execute(wanted)
    ]


def _trial_line(code: Code, currency: str, debit: int, credit: int) -> TrialLine:
    line = CHART[code]
    grown = debit - credit if line.side is Side.DEBIT else credit - debit
    return TrialLine(
        code=code,
        name=line.name,
        currency=currency,
        debit=Money(debit, currency),
        credit=Money(credit, currency),
        balance=Money(grown, currency),
    )


def _moves(accounts: Select[int]) -> FromClause:
    """Every posting of these accounts as the account saw it: positive when its balance grew."""
    debited = select(
        Posting.debit_id.label("account_id"),
        Posting.credit_id.label("other_id"),
        Posting.entry_id,
        Posting.line,
        Posting.currency,
        (Posting.amount_minor * _grows(Posting.debit_code, on=Side.DEBIT)).label("amount"),
    ).where(Posting.debit_id.in_(accounts))
    credited = select(
        Posting.credit_id,
        Posting.debit_id,
        Posting.entry_id,
        Posting.line,
        Posting.currency,
        Posting.amount_minor * _grows(Posting.credit_code, on=Side.CREDIT),
    ).where(Posting.credit_id.in_(accounts))
    return union_all(debited, credited).subquery()


def _grows(code: InstrumentedAttribute[Code], *, on: Side) -> Case[int]:
    return case((code.in_([c for c, line in CHART.items() if line.side is on]), 1), else_=-1)
