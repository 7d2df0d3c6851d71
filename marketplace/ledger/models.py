"""The books: accounts, journal entries, postings and cached balances.

None of these tables is ever changed by hand: the triggers of the migration refuse it. Rows come in
through ``ledger.service`` alone.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from marketplace.kernel.ids import new_id
from marketplace.kernel.money import LARGEST_MINOR
from marketplace.ledger.chart import Code, Side
from marketplace.ledger.rules import EntryKind, PeriodState
from marketplace.store.base import Base, StateText, one_of


class CodeNumber(TypeDecorator[Code]):
    """A code of the chart, kept as its number."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Code | int | None, _dialect: object) -> int | None:
        return None if value is None else Code(value).value

    def process_result_value(self, value: int | None, _dialect: object) -> Code | None:
        return None if value is None else Code(value)


class LedgerChartLine(Base):
    """A line of the chart of accounts, as the database knows it."""

    __tablename__ = "ledger_chart"
    __table_args__ = (one_of("side", Side), UniqueConstraint("code", "strict", "owned"))

    code: Mapped[Code] = mapped_column(CodeNumber, primary_key=True, autoincrement=False)
    name: Mapped[str]
    side: Mapped[Side] = mapped_column(StateText(Side))
    strict: Mapped[bool]
    owned: Mapped[bool]
    """False where only the platform has one."""


class PostingRule(Base):
    """One sentence of the grammar of money; a posting outside it cannot be written."""

    __tablename__ = "posting_rules"

    kind: Mapped[EntryKind] = mapped_column(StateText(EntryKind), primary_key=True)
    debit_code: Mapped[Code] = mapped_column(
        CodeNumber, ForeignKey("ledger_chart.code"), primary_key=True
    )
    credit_code: Mapped[Code] = mapped_column(
        CodeNumber, ForeignKey("ledger_chart.code"), primary_key=True
    )


class LedgerAccount(Base):
    """One bucket of one currency."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("code", "owner_id", "currency"),
        ForeignKeyConstraint(
            ["code", "strict", "owned"],
            ["ledger_chart.code", "ledger_chart.strict", "ledger_chart.owned"],
        ),
        CheckConstraint(
            "owned = (owner_id <> '00000000-0000-0000-0000-000000000000')",
            name="owned_says_whether_there_is_an_owner",
        ),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_is_a_code"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[Code] = mapped_column(CodeNumber)
    owner_id: Mapped[UUID]
    """The nil id for the platform's own."""
    currency: Mapped[str] = mapped_column(String(3))
    strict: Mapped[bool]
    owned: Mapped[bool]


class JournalEntry(Base):
    """One business event in the books; never changed, undone only by a reversal."""

    __tablename__ = "journal_entries"
    __table_args__ = (
        CheckConstraint("idem_key <> ''", name="idem_key_is_given"),
        CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name="a_reversal_names_its_entry"
        ),
        Index(None, "source_ref", postgresql_where=text("source_ref IS NOT NULL")),
        Index(
            "uq_journal_entries_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index(None, "occurred_at"),
        Index(None, "recorded_at", postgresql_using="brin"),
        Index(None, "recorded_in", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    public_id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    kind: Mapped[EntryKind] = mapped_column(StateText(EntryKind))
    idem_key: Mapped[str] = mapped_column(unique=True)
    """What happened, in a form that a second telling of the same event cannot avoid."""
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    """When its row was made; the day it is sealed with."""
    recorded_in: Mapped[int] = mapped_column(
        server_default=text("pg_current_xact_id()::text::bigint")
    )
    """The database transaction that wrote it; the only one that may add its postings."""
    accounting_date: Mapped[date] = mapped_column(Date)
    """The day it is booked on: when it occurred, or the first day that is still open."""
    actor: Mapped[str]
    """``system`` or ``user:<id>``."""
    source_ref: Mapped[str | None]
    """The processor's object that this speaks of; reconciliation pairs by it."""
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"))
    memo: Mapped[str] = mapped_column(server_default="")


class Posting(Base):
    """Value moves from one account to another: both sides and one positive amount in one row.

    Its entry, its accounts and its sentence of the grammar are looked up once a statement, by the
    trigger that moves the balances: they can be added to and never changed, so a foreign key, which
    looks up each row by itself, would say no more.
    """

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint(
            f"amount_minor > 0 AND amount_minor <= {LARGEST_MINOR}", name="amount_is_in_range"
        ),
        CheckConstraint("line > 0", name="lines_count_from_one"),
        Index(None, "debit_id", "entry_id"),
        Index(None, "credit_id", "entry_id"),
    )

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    debit_id: Mapped[int]
    credit_id: Mapped[int]
    debit_code: Mapped[Code] = mapped_column(CodeNumber)
    credit_code: Mapped[Code] = mapped_column(CodeNumber)
    kind: Mapped[EntryKind] = mapped_column(StateText(EntryKind))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]


class LedgerBalance(Base):
    """The balance of one strict account, kept by a trigger and never below zero.

    It knows code and currency of its account, so that the update that moves it sees whether the
    postings have them.
    """

    __tablename__ = "ledger_balances"
    __table_args__ = (CheckConstraint("balance_minor >= 0", name="balance_is_not_negative"),)

    account_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_accounts.id"), primary_key=True, autoincrement=False
    )
    code: Mapped[Code] = mapped_column(CodeNumber)
    currency: Mapped[str] = mapped_column(String(3))
    balance_minor: Mapped[int]
    version: Mapped[int]


class LedgerRollup(Base):
    """A checkpoint of one account: what was ever moved on each side below a horizon.

    Written by the database's own function alone, and read through ``queries`` with the tail.
    """

    __tablename__ = "ledger_rollups"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_accounts.id"), primary_key=True, autoincrement=False
    )
    up_to: Mapped[int] = mapped_column(index=True)
    """Holds what database transactions before this one have written; the largest holds for all."""
    debit_minor: Mapped[int]
    credit_minor: Mapped[int]


class AccountingPeriod(Base):
    """A month was closed, or opened again; the newest row of a month says which it is."""

    __tablename__ = "accounting_periods"
    __table_args__ = (
        one_of("state", PeriodState),
        CheckConstraint("extract(day FROM month) = 1", name="month_is_its_first_day"),
        CheckConstraint("state = 'closed' OR reason <> ''", name="opening_again_has_a_reason"),
        Index(None, "month", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    month: Mapped[date] = mapped_column(Date)
    state: Mapped[PeriodState] = mapped_column(StateText(PeriodState))
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    reason: Mapped[str] = mapped_column(server_default="")


class LedgerSeal(Base):
    """What the entries recorded on one day were when it was over, chained to the seal before.

    Hashes are SHA-256 in hexadecimal; ``ledger.offline`` says of what.
    """

    __tablename__ = "ledger_seals"
    __table_args__ = (
        CheckConstraint("length(leaves) = 32 * entry_count", name="each_entry_has_a_leaf"),
    )

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    entry_count: Mapped[int]
    root: Mapped[str]
    previous_hash: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]
    leaves: Mapped[bytes]
    """The hash of each entry, one after the other, so that a changed one can be named."""
    sealed_at: Mapped[datetime] = mapped_column(server_default=func.now())
