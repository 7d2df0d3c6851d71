"""Earnings, payouts and the accounts they go to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.creators.models import Creator
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.payouts.rules import EarningState, PayoutEvent, PayoutState
from marketplace.store.base import Base, StateText, one_of


class PayoutAccount(Base):
    """Where a creator's money goes: an account at the processor."""

    __tablename__ = "payout_accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), unique=True)
    creator: Mapped[Creator] = relationship()
    country: Mapped[str] = mapped_column(String(2))
    stripe_account_id: Mapped[str | None] = mapped_column(unique=True)
    """None until the processor has made it."""
    transfers_active: Mapped[bool] = mapped_column(default=False)
    requirements: Mapped[list[str]] = mapped_column(default=list)
    """What the processor still asks of the creator, in its own words."""
    opened_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]


class Payout(Base):
    """Our instruction to send a creator what has become payable."""

    __tablename__ = "payouts"
    __table_args__ = (
        one_of("state", PayoutState),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint(
            "state <> 'settled' OR stripe_transfer_id IS NOT NULL", name="settled_has_its_transfer"
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
    state: Mapped[PayoutState] = mapped_column(StateText(PayoutState), default=PayoutState.RESERVED)
    stripe_transfer_id: Mapped[str | None] = mapped_column(unique=True)
    """The proof that it was sent."""
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


class Earning(Base):
    """A fee that was earned by an accepted deliverable, and how far it has come since."""

    __tablename__ = "earnings"
    __table_args__ = (
        one_of("state", EarningState),
        CheckConstraint(
            "fee_minor > 0 AND platform_share_minor >= 0"
            " AND net_minor = fee_minor - platform_share_minor AND net_minor > 0",
            name="net_adds_up",
        ),
        Index(None, "creator_id", "state"),
        Index(None, "state", "payable_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"), unique=True)
    deliverable: Mapped[Deliverable] = relationship()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    fee_minor: Mapped[int]
    platform_share_minor: Mapped[int]
    net_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    fee: Mapped[Money] = composite("fee_minor", "currency")
    platform_share: Mapped[Money] = composite("platform_share_minor", "currency")
    net: Mapped[Money] = composite("net_minor", "currency")
    """What the creator receives."""
    state: Mapped[EarningState] = mapped_column(StateText(EarningState))
    earned_at: Mapped[datetime]
    payable_at: Mapped[datetime]
    """The end of the hold window."""
    payout_id: Mapped[UUID | None] = mapped_column(ForeignKey("payouts.id"))
    payout: Mapped[Payout | None] = relationship()
