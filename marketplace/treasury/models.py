"""What finance asks for and decides, and our own money on its way."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger.rules import Pair
from marketplace.store.base import Base, Json, StateText, one_of
from marketplace.treasury.rules.own_money import BankMoveState, Direction
from marketplace.treasury.rules.requests import RequestKind, RequestState, from_json


class FinanceRequest(Base):
    """Something that one member of staff asks for and another approves; both see what it books."""

    __tablename__ = "finance_requests"
    __table_args__ = (
        one_of("kind", RequestKind),
        one_of("state", RequestState),
        CheckConstraint("checker_id <> maker_id", name="two_persons"),
        CheckConstraint("reason <> ''", name="reason_is_given"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_when_it_is_over"),
        CheckConstraint(
            "state <> 'declined' OR checker_id IS NOT NULL", name="declined_by_somebody"
        ),
        CheckConstraint(
            "state <> 'executed' OR checker_id IS NOT NULL OR alone",
            name="executed_by_two",
        ),
        Index(
            "uq_finance_requests_open",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'asked' AND subject_id IS NOT NULL"),
        ),
        Index(None, "state", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[RequestKind] = mapped_column(StateText(RequestKind))
    state: Mapped[RequestState] = mapped_column(StateText(RequestState))
    subject_id: Mapped[UUID | None]
    """The one thing it is about; two requests of a kind cannot be open about the same thing."""
    postings: Mapped[list[Json]]
    """What is booked when it is executed, to the letter; nothing for what moves no money."""
    params: Mapped[Json]
    """What the kind needs besides."""
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    reason: Mapped[str]
    maker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    maker: Mapped[User] = relationship(foreign_keys=[maker_id])
    asked_at: Mapped[datetime]
    alone: Mapped[bool]
    """Small enough to need no second person."""
    checker_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    checker: Mapped[User | None] = relationship(foreign_keys=[checker_id])
    decided_at: Mapped[datetime | None]
    answer: Mapped[str]
    """What the other person wrote."""
    entry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("journal_entries.id"))

    @property
    def amount(self) -> Money | None:
        """What it moves together."""
        if self.amount_minor is None or self.currency is None:
            return None
        return Money(self.amount_minor, self.currency)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The stored postings."""
        return tuple(from_json(each) for each in self.postings)


class BankMove(Base):
    """Our own money between the processor and our bank: a payout, or a top-up."""

    __tablename__ = "bank_moves"
    __table_args__ = (
        one_of("direction", Direction),
        one_of("state", BankMoveState),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint(
            "state IN ('requested', 'refused') OR stripe_id IS NOT NULL", name="sent_has_its_proof"
        ),
        Index(None, "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    direction: Mapped[Direction] = mapped_column(StateText(Direction))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    state: Mapped[BankMoveState] = mapped_column(StateText(BankMoveState))
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    """The processor's payout or top-up."""
    problem: Mapped[str]
    """Why it was refused or failed."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asker: Mapped[User] = relationship()
    asked_at: Mapped[datetime]
    arrives_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None]


class ProcessorSetting(Base):
    """How something is set at the processor, as we last read it."""

    __tablename__ = "processor_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    read_at: Mapped[datetime]
