"""The processor's statement, beside the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.chart import Code
from marketplace.ledger.models import JournalEntry, Posting
from marketplace.ledger.rules import EntryKind
from marketplace.reconciliation.models import (
    Pairing,
    ProcessorStatement,
    StatementLine,
)
from marketplace.reconciliation.rules import Entry, Line
from marketplace.store.paging import Page, page_of
from marketplace.treasury.rules.movements import Movement


@dataclass(frozen=True, slots=True)
class PairedLine:
    """A statement line beside the journal entry it was paired with."""

    line: StatementLine
    entry_id: int | None
    entry_key: str | None
    entry_kind: str | None

    @property
    def amount(self) -> Money:
        """Gross, signed from our side."""
        return Money(self.line.amount_minor, self.line.currency)

    @property
    def fee(self) -> Money:
        """What the processor kept."""
        return Money(self.line.fee_minor, self.line.currency)

    @property
    def net(self) -> Money:
        """What the balance really moved; a line that moved nothing needs no entry."""
        return Money(self.line.net_minor, self.line.currency)


@dataclass(frozen=True, slots=True)
class DaySum:
    """What the processor moved on one day in one currency, and how much of it is paired."""

    lines: int
    paired: int
    amount: Money
    fee: Money
    net: Money


@dataclass(frozen=True, slots=True)
class ComparedBalance:
    """Both sides' word on what is at the processor.

    explained: movements one side has and the other not yet. difference: what nothing explains.
    """

    processor: Money
    ledger: Money
    explained: Money

    @property
    def difference(self) -> Money:
        """The processor's word, less ours, less what is explained."""
        return self.processor - self.ledger - self.explained


@dataclass(frozen=True, slots=True)
class Unbooked:
    """The processor's ids of what moved and stands in no entry. disputes: those that are such."""

    objects: Collection[str]
    disputes: Collection[str]


_OF_DISPUTES: Final = ("dispute", "dispute_reversal")
"""Stripe's reporting categories (docs.stripe.com/reports/reporting-categories)."""

_PAIRED: Final = func.count().filter(
    or_(Pairing.line_id.is_not(None), StatementLine.net_minor == 0)
)
"""How many lines are paired, or moved nothing and need no entry."""

DAY_ORDERS: Final[Mapping[str, Sequence[InstrumentedAttribute[Any]]]] = {
    "time": (StatementLine.occurred_at,),
    "type": (StatementLine.kind, StatementLine.occurred_at),
    "net": (StatementLine.currency, StatementLine.net_minor),
}
"""What the lines of a day can be sorted by."""


def last_statement(session: Session) -> ProcessorStatement | None:
    """The newest reading of the processor's statement."""
    return session.scalar(
        select(ProcessorStatement).order_by(ProcessorStatement.read_at.desc()).limit(1)
    )


def first_movement_at(session: Session) -> datetime | None:
    """When the ledger first touched our balance at the processor."""
    return session.scalar(
        select(func.min(JournalEntry.occurred_at))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .where(_touches())
    )


def unpaired_lines(session: Session) -> list[Line]:
    """Statement lines without a journal entry, oldest first."""
    rows = session.execute(
        select(
            StatementLine.id,
            StatementLine.stripe_balance_transaction_id,
            StatementLine.source_id,
            StatementLine.net_minor,
            StatementLine.currency,
        )
        .outerjoin(Pairing, Pairing.line_id == StatementLine.id)
        .where(Pairing.line_id.is_(None))
        .order_by(StatementLine.occurred_at, StatementLine.id)
    )
    return [
        Line(line_id, reference, source_id, Money(net, currency))
        for line_id, reference, source_id, net, currency in rows
    ]


def movements_named(session: Session, references: Collection[str]) -> list[Movement]:
    """The statement lines of these balance transactions as the treasury reads them, by age."""
    rows = session.execute(
        select(StatementLine, ProcessorStatement.read_at)
        .join(ProcessorStatement, ProcessorStatement.id == StatementLine.statement_id)
        .where(StatementLine.stripe_balance_transaction_id.in_(references))
        .order_by(StatementLine.occurred_at, StatementLine.id)
    )
    return [
        Movement(
            reference=line.stripe_balance_transaction_id,
            kind=line.kind,
            source_id=line.source_id,
            net=Money(line.net_minor, line.currency),
            occurred_at=line.occurred_at,
            read_at=read_at,
        )
        for line, read_at in rows
    ]


def unbooked_objects(session: Session) -> Unbooked:
    """What the lines without a journal entry are about."""
    rows = session.execute(
        select(StatementLine.source_id, StatementLine.raw["reporting_category"].astext)
        .outerjoin(Pairing, Pairing.line_id == StatementLine.id)
        .where(Pairing.line_id.is_(None), StatementLine.source_id.is_not(None))
        .distinct()
    ).all()
    return Unbooked(
        objects={source for source, _ in rows},
        disputes={source for source, category in rows if category in _OF_DISPUTES},
    )


def unpaired_entries(session: Session) -> list[Entry]:
    """Journal entries that move our balance at the processor and have no statement line."""
    moved = func.sum(
        case(
            (Posting.debit_code == Code.PROCESSOR_BALANCE, Posting.amount_minor),
            else_=-Posting.amount_minor,
        )
    )
    rows = session.execute(
        select(
            JournalEntry.id,
            JournalEntry.idem_key,
            JournalEntry.source_ref,
            moved,
            Posting.currency,
            JournalEntry.occurred_at,
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .outerjoin(Pairing, Pairing.entry_id == JournalEntry.id)
        .where(_touches(), Pairing.entry_id.is_(None))
        .group_by(JournalEntry.id, Posting.currency)
        .order_by(JournalEntry.id)
    )
    return [
        Entry(entry_id, key, source_id, Money(int(net), currency), occurred_at)
        for entry_id, key, source_id, net, currency, occurred_at in rows
    ]


def compare_balances(session: Session) -> list[ComparedBalance]:
    """Both sides' word on each currency that one of them has; none before the first reading."""
    statement = last_statement(session)
    if statement is None:
        return []
    lines, entries = unpaired_lines(session), unpaired_entries(session)
    booked = {
        line.currency: line.balance
        for line in ledger.trial_balance(session)
        if line.code is Code.PROCESSOR_BALANCE
    }
    ours = {currency for currency, balance in booked.items() if balance}
    compared = []
    for currency in sorted({*statement.balances, *ours, *(e.moved.currency for e in entries)}):
        nothing = Money(0, currency)
        ahead = sum((x.net for x in lines if x.net.currency == currency), nothing)
        behind = sum((x.moved for x in entries if x.moved.currency == currency), nothing)
        compared.append(
            ComparedBalance(
                processor=Money(statement.balances.get(currency, 0), currency),
                ledger=booked.get(currency, nothing),
                explained=ahead - behind,
            )
        )
    return compared


def day(
    session: Session, on: date, *, page: int, sort: str = "time", descending: bool = True
) -> Page[PairedLine]:
    """The statement lines of one day (UTC), each with its entry; newest first.

    sort: one of ``DAY_ORDERS``; amounts are compared within their currency.
    """
    order = (*DAY_ORDERS[sort], StatementLine.id)
    rows: Page[tuple[StatementLine, int | None, str | None, str | None]] = page_of(
        session,
        _lines_on(on).order_by(*(each.desc() if descending else each.asc() for each in order)),
        number=page,
    )
    return Page(
        rows=[PairedLine(*row) for row in rows.rows],
        number=rows.number,
        total=rows.total,
        size=rows.size,
    )


def whole_day(session: Session, on: date) -> Iterator[PairedLine]:
    """Every statement line of one day (UTC), read as it is asked for and never all at once."""
    in_order = _lines_on(on).order_by(StatementLine.occurred_at, StatementLine.id)
    for row in session.execute(in_order, execution_options={"yield_per": 500}):
        yield PairedLine(*row)


def day_sums(session: Session, on: date) -> list[DaySum]:
    """What the lines of one day (UTC) add up to, by currency."""
    line = StatementLine
    rows = session.execute(
        select(
            line.currency,
            func.count(line.id),
            _PAIRED,
            func.sum(line.amount_minor),
            func.sum(line.fee_minor),
            func.sum(line.net_minor),
        )
        .outerjoin(Pairing, Pairing.line_id == line.id)
        .where(_on(on))
        .group_by(line.currency)
        .order_by(line.currency)
    )
    return [
        DaySum(
            lines=lines,
            paired=paired,
            amount=Money(int(amount), currency),
            fee=Money(int(fee), currency),
            net=Money(int(net), currency),
        )
        for currency, lines, paired, amount, fee, net in rows
    ]


def days_with_lines(session: Session, *, limit: int = 30) -> list[tuple[date, int, int]]:
    """The newest days that have statement lines: the day (UTC), its lines, how many are paired."""
    on = func.date(func.timezone("UTC", StatementLine.occurred_at))
    rows = session.execute(
        select(on, func.count(StatementLine.id), _PAIRED)
        .outerjoin(Pairing, Pairing.line_id == StatementLine.id)
        .group_by(on)
        .order_by(on.desc())
        .limit(limit)
    )
    return [(day_, lines, paired) for day_, lines, paired in rows]


def line_by_id(session: Session, line_id: UUID) -> StatementLine:
    """A statement line by its id; raises NotFound."""
    found = session.get(StatementLine, line_id)
    if found is None:
        raise NotFound("statement line")
    return found


def line_paired_with(session: Session, entry_id: int) -> StatementLine | None:
    """The statement line that an entry was paired with; None while there is none."""
    return session.scalar(
        select(StatementLine)
        .join(Pairing, Pairing.line_id == StatementLine.id)
        .where(Pairing.entry_id == entry_id)
        .limit(1)
    )


def _lines_on(on: date) -> Select[StatementLine, int, str, EntryKind]:
    return (
        select(StatementLine, JournalEntry.id, JournalEntry.idem_key, JournalEntry.kind)
        .outerjoin(Pairing, Pairing.line_id == StatementLine.id)
        .outerjoin(JournalEntry, JournalEntry.id == Pairing.entry_id)
        .where(_on(on))
    )


def _on(on: date) -> ColumnElement[bool]:
    """True for the lines of one day (UTC)."""
    begin = datetime.combine(on, time.min, UTC)
    happened = StatementLine.occurred_at
    return (happened >= begin) & (happened < begin + timedelta(days=1))


def _touches() -> ColumnElement[bool]:
    return or_(
        Posting.debit_code == Code.PROCESSOR_BALANCE, Posting.credit_code == Code.PROCESSOR_BALANCE
    )


LAST_READ_AT: Final = select(func.max(ProcessorStatement.read_at)).scalar_subquery()
"""When the processor's statement was read last; NULL before the first time."""
