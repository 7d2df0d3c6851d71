"""The processor's statement as we read it, what it was paired with, and the breaks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.kernel.ids import new_id
from marketplace.reconciliation.rules import BreakKind, BreakState, PairingRule
from marketplace.store.base import Base, Json, StateText, one_of


class ProcessorStatement(Base):
    """One reading of the processor's balance transactions."""

    __tablename__ = "processor_statements"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    read_at: Mapped[datetime]
    line_count: Mapped[int]
    new_line_count: Mapped[int]
    balances: Mapped[Json]
    """Currency -> available + pending at the processor, minor units, when it was read."""


class StatementLine(Base):
    """One balance transaction of the processor, kept as it came; append-only."""

    __tablename__ = "statement_lines"
    __table_args__ = (Index(None, "occurred_at"), Index(None, "source_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("processor_statements.id"))
    stripe_balance_transaction_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    source_id: Mapped[str | None]
    amount_minor: Mapped[int]
    fee_minor: Mapped[int]
    net_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    occurred_at: Mapped[datetime]
    available_on: Mapped[date] = mapped_column(Date)
    raw: Mapped[Json]


class Pairing(Base):
    """A statement line and the journal entry that says the same."""

    __tablename__ = "pairings"
    __table_args__ = (one_of("rule", PairingRule), UniqueConstraint("entry_id"))

    line_id: Mapped[UUID] = mapped_column(ForeignKey("statement_lines.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("journal_entries.id"))
    rule: Mapped[PairingRule] = mapped_column(StateText(PairingRule))
    paired_at: Mapped[datetime]


class ReconciliationBreak(Base):
    """Two records that should agree and do not."""

    __tablename__ = "reconciliation_breaks"
    __table_args__ = (
        one_of("kind", BreakKind),
        one_of("state", BreakState),
        Index(
            "uq_reconciliation_breaks_open",
            "kind",
            "reference",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[BreakKind] = mapped_column(StateText(BreakKind))
    reference: Mapped[str]
    """What it is about: a balance transaction's id, a journal entry's key, a currency."""
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("statement_lines.id"))
    entry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("journal_entries.id"))
    difference_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    detail: Mapped[str]
    state: Mapped[BreakState] = mapped_column(StateText(BreakState), default=BreakState.OPEN)
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str] = mapped_column(default="")


class InvariantRun(Base):
    """One run of every named invariant."""

    __tablename__ = "invariant_runs"
    __table_args__ = (
        CheckConstraint("check_count > 0", name="checks_something"),
        Index(None, "begun_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """None while it is under way."""
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    asked_by: Mapped[User | None] = relationship()
    """None when the clock asked."""
    check_count: Mapped[int]
    """How many invariants there were to check when it began."""


class InvariantResult(Base):
    """How one invariant stood in a run; append-only."""

    __tablename__ = "invariant_results"
    __table_args__ = (CheckConstraint("finding_count >= 0", name="findings_are_counted"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("invariant_runs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    title: Mapped[str]
    held: Mapped[str]
    alarm: Mapped[bool]
    figure: Mapped[str]
    finding_count: Mapped[int]
    findings: Mapped[list[Json]]
    """The first of them, each with ``subject`` and ``text``."""
    checked_at: Mapped[datetime]

    @hybrid_property
    def passed(self) -> bool:
        """True when nothing was found."""
        return self.finding_count == 0

    @hybrid_property
    def broken(self) -> bool:
        """True when the books themselves are wrong; an alarm alone does not say so."""
        return self.finding_count > 0 and not self.alarm

    @broken.inplace.expression
    @classmethod
    def _broken(cls) -> ColumnElement[bool]:
        return and_(cls.finding_count > 0, ~cls.alarm)
