"""What was ever moved on each side: from checkpoints for those who look, recounted for proofs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Numeric,
    Select,
    Subquery,
    TableValuedAlias,
    column,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from marketplace.kernel.money import Money
from marketplace.ledger.chart import CHART, Side
from marketplace.ledger.models import LedgerAccount, Posting
from marketplace.ledger.rules import Code


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


def totals_of(accounts: ColumnElement[Any] | None = None) -> TableValuedAlias:
    """What was moved on each side of these accounts, or of all: checkpoints and what came after.

    accounts: an array of account ids.
    """
    columns = (
        column("account_id", BigInteger),
        column("debit_minor", Numeric),
        column("credit_minor", Numeric),
    )
    given = [] if accounts is None else [accounts]
    return func.ledger_totals(*given).table_valued(*columns, name="totals")


def grown(code: Code, totals: TableValuedAlias) -> ColumnElement[Any]:
    """The balance that these totals make, on the side on which the account grows."""
    moved: ColumnElement[Any] = totals.c.debit_minor - totals.c.credit_minor
    return moved if CHART[code].side is Side.DEBIT else -moved


def recounted_by_account() -> Subquery:
    """What all postings add up to on each account, debits less credits."""
    sides = union_all(
        select(Posting.debit_id.label("account_id"), Posting.amount_minor.label("minor")),
        select(Posting.credit_id, -Posting.amount_minor),
    ).subquery()
    return (
        select(sides.c.account_id, func.sum(sides.c.minor).label("minor"))
        .group_by(sides.c.account_id)
        .subquery()
    )


def trial_balance(session: Session, *, currency: str | None = None) -> list[TrialLine]:
    """Every code that was ever used, by currency and code, from the checkpoints and their tail."""
    return _trial_lines(session, _TRIAL, currency)


def recounted_trial_balance(session: Session, *, currency: str | None = None) -> list[TrialLine]:
    """The same, recounted from every posting there is: for proofs, which may take their time."""
    return _trial_lines(session, _RECOUNT, currency)


def _trial_lines(
    session: Session, lines: Select[Code, str, Any, Any], currency: str | None
) -> list[TrialLine]:
    if currency is not None:
        lines = lines.where(lines.selected_columns.currency == currency)
    return [
        _trial_line(code, unit, int(debit), int(credit))
        for code, unit, debit, credit in session.execute(lines)
    ]


def _trial_line(code: Code, currency: str, debit: int, credit: int) -> TrialLine:
    line = CHART[code]
    balance = debit - credit if line.side is Side.DEBIT else credit - debit
    return TrialLine(
        code=code,
        name=line.name,
        currency=currency,
        debit=Money(debit, currency),
        credit=Money(credit, currency),
        balance=Money(balance, currency),
    )


_TOTALS: Final = totals_of()
_TRIAL: Final = (
    select(
        LedgerAccount.code,
        LedgerAccount.currency,
        func.sum(_TOTALS.c.debit_minor),
        func.sum(_TOTALS.c.credit_minor),
    )
    .join(LedgerAccount, LedgerAccount.id == _TOTALS.c.account_id)
    .group_by(LedgerAccount.code, LedgerAccount.currency)
    .order_by(LedgerAccount.currency, LedgerAccount.code)
)
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
_RECOUNT: Final = (
    select(_SIDES.c.code, _SIDES.c.currency, func.sum(_SIDES.c.debit), func.sum(_SIDES.c.credit))
    .group_by(_SIDES.c.code, _SIDES.c.currency)
    .order_by(_SIDES.c.currency, _SIDES.c.code)
)
