"""What is on the accounts: balances, the trial balance and the lines of one account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    func,
    select,
)
from sqlalchemy.orm import Session

from marketplace.kernel.money import Money
from marketplace.ledger.chart import CHART
from marketplace.ledger.models import LedgerAccount, LedgerBalance, Posting
from marketplace.ledger.queries.totals import grown, totals_of
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.store.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class OwnedAccount:
    """One ledger account that belongs to somebody, with what is on it."""

    ref: AccountRef
    balance: Money


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
        ids = func.array(accounts.with_only_columns(LedgerAccount.id).scalar_subquery())
        totals = totals_of(ids)
        rows = session.execute(
            select(LedgerAccount.owner_id, grown(code, totals)).join(
                LedgerAccount, LedgerAccount.id == totals.c.account_id
            )
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


def gone_minor(
    kind: EntryKind, code: Code, owner: ColumnElement[UUID], currency: ColumnElement[str]
) -> ColumnElement[int]:
    """What entries of one kind took from an account, on its debit side, as a column like these."""
    gone = (
        select(func.sum(Posting.amount_minor))
        .join(LedgerAccount, LedgerAccount.id == Posting.debit_id)
        .where(
            Posting.kind == kind,
            LedgerAccount.code == code,
            LedgerAccount.owner_id == owner,
            LedgerAccount.currency == currency,
        )
    )
    return func.coalesce(gone.scalar_subquery(), 0)


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
