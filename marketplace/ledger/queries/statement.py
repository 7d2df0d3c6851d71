"""The lines of one account, the newest first, each with the balance after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    String,
    func,
    literal,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, aliased

from marketplace.kernel.money import Money
from marketplace.ledger.chart import CHART
from marketplace.ledger.models import JournalEntry, LedgerAccount, LedgerBalance
from marketplace.ledger.queries.moves import moves_of
from marketplace.ledger.queries.totals import grown, totals_of
from marketplace.ledger.rules import AccountRef, Code, EntryKind


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


def statement(
    session: Session,
    ref: AccountRef,
    *,
    currency: str,
    limit: int = 50,
    before: tuple[int, int] | None = None,
) -> list[AccountLine]:
    """The newest lines of one account, newest first; ``before`` is the last line's position.

    Counts back from the present balance, so it takes no longer however much there is before.
    """
    account = session.scalar(
        select(LedgerAccount.id).where(
            LedgerAccount.code == ref.code,
            LedgerAccount.owner_id == ref.owner,
            LedgerAccount.currency == currency,
        )
    )
    if account is None:
        return []
    found = _lines(session, account, ref.code, limit=limit, before=before)
    balance = int(found[0].newest) if found else 0
    told = []
    for entry_id, line, amount, kind, occurred_at, memo, code, owner, _ in found:
        told.append(
            AccountLine(
                entry_id=entry_id,
                line=line,
                kind=_KINDS[kind],
                occurred_at=occurred_at,
                memo=memo,
                other=AccountRef(_CODES[code], owner),
                amount=Money(amount, currency),
                balance=Money(balance, currency),
            )
        )
        balance -= amount
    return told


def _lines(
    session: Session,
    account: int,
    code: Code,
    *,
    limit: int,
    before: tuple[int, int] | None,
) -> Sequence[Row[int, int, int, str, datetime, str, int, UUID, Any]]:
    """Lines of an account as they stand in the database, each with the balance after the newest."""
    # By its number, so that the planner knows whether few or many postings are of this account.
    moves = moves_of(account)
    place = tuple_(moves.c.entry_id, moves.c.line)
    lines = select(moves).order_by(moves.c.entry_id.desc(), moves.c.line.desc()).limit(limit)
    later: ColumnElement[Any] = literal(0)
    if before is not None:
        lines = lines.where(place < tuple_(*before))
        later = (
            select(func.coalesce(func.sum(moves.c.amount), 0))
            .where(place >= tuple_(*before))
            .scalar_subquery()
        )
    page = lines.subquery()
    other = aliased(LedgerAccount)
    # Long statements have many rows: values are taken as they come and made ours below.
    return (
        session.connection()
        .execute(
            select(
                page.c.entry_id,
                page.c.line,
                page.c.amount,
                type_coerce(JournalEntry.kind, String),
                JournalEntry.occurred_at,
                JournalEntry.memo,
                type_coerce(other.code, Integer),
                other.owner_id,
                (_present(code, account) - later).label("newest"),
            )
            .join(JournalEntry, JournalEntry.id == page.c.entry_id)
            .join(other, other.id == page.c.other_id)
            .order_by(page.c.entry_id.desc(), page.c.line.desc())
        )
        .all()
    )


_KINDS: Final = {kind.value: kind for kind in EntryKind}
_CODES: Final = {code.value: code for code in Code}


def _present(code: Code, account: int) -> ColumnElement[Any]:
    if CHART[code].strict:
        return (
            select(LedgerBalance.balance_minor)
            .where(LedgerBalance.account_id == account)
            .scalar_subquery()
        )
    totals = totals_of(array([literal(account, BigInteger)]))
    return select(grown(code, totals)).scalar_subquery()
