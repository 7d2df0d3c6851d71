"""Postings as the accounts on their two sides see them."""

from __future__ import annotations

from sqlalchemy import Case, ColumnElement, FromClause, Select, case, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.ledger.chart import CHART, Side
from marketplace.ledger.models import Posting
from marketplace.ledger.rules import Code


def moves_of(accounts: Select[int] | int) -> FromClause:
    """Every posting of these accounts as the account saw it: positive when its balance grew."""

    def of_them(side: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return side == accounts if isinstance(accounts, int) else side.in_(accounts)

    debited = select(
        Posting.debit_id.label("account_id"),
        Posting.credit_id.label("other_id"),
        Posting.entry_id,
        Posting.line,
        Posting.currency,
        (Posting.amount_minor * _grows(Posting.debit_code, on=Side.DEBIT)).label("amount"),
    ).where(of_them(Posting.debit_id))
    credited = select(
        Posting.credit_id,
        Posting.debit_id,
        Posting.entry_id,
        Posting.line,
        Posting.currency,
        Posting.amount_minor * _grows(Posting.credit_code, on=Side.CREDIT),
    ).where(of_them(Posting.credit_id))
    return union_all(debited, credited).subquery()


def _grows(code: InstrumentedAttribute[Code], *, on: Side) -> Case[int]:
    return case((code.in_([c for c, line in CHART.items() if line.side is on]), 1), else_=-1)
