"""Payouts, from the instruction to the proof."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
)
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.creators.models import Creator
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.payouts.rules import (
    PayoutEvent,
    PayoutState,
)
from marketplace.store.base import Base, StateText, one_of


class Payout(Base):
    """Our instruction to send a creator what has become payable."""

    __tablename__ = "payouts"
    __table_args__ = (
        one_of("state", PayoutState),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("withheld_minor >= 0", name="withheld_is_not_negative"),
        CheckConstraint(
            "state <> 'settled' OR stripe_transfer_id IS NOT NULL", name="settled_has_its_transfer"
        ),
        CheckConstraint(
            "reversed_minor BETWEEN 0 AND amount_minor"
            " AND (state = 'reversed') = (reversed_minor = amount_minor)"
            " AND (state = 'partly_reversed') ="
            " (reversed_minor > 0 AND reversed_minor < amount_minor)",
            name="reversed_says_how_much",
        ),
        Index(None, "creator_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    payout_account_id: Mapped[UUID] = mapped_column(ForeignKey("payout_accounts.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    withheld_minor: Mapped[int] = mapped_column(default=0)
    withheld: Mapped[Money] = composite("withheld_minor", "currency")
    """Tax that was kept back besides the amount."""
    state: Mapped[PayoutState] = mapped_column(StateText(PayoutState), default=PayoutState.RESERVED)
    stripe_transfer_id: Mapped[str | None] = mapped_column(unique=True)
    """The proof that it was sent."""
    reversed_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    """What of it was taken back."""
    problem: Mapped[str] = mapped_column(default="")
    reserved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PayoutStep(Base):
    """One move in a payout's life."""

    __tablename__ = "payout_steps"
    __table_args__ = (
        one_of("event", PayoutEvent),
        one_of("state", PayoutState),
        Index(None, "payout_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payouts.id"))
    event: Mapped[PayoutEvent] = mapped_column(StateText(PayoutEvent))
    state: Mapped[PayoutState] = mapped_column(StateText(PayoutState))
    happened_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
