"""Fundings, the charges that paid them, and refunds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.campaigns.models import Campaign
from marketplace.funding.rules import FundingState, RefundState
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.base import Base, StateText, one_of


class Funding(Base):
    """A brand's wish to put money into a campaign, from the question to the money."""

    __tablename__ = "fundings"
    __table_args__ = (
        one_of("state", FundingState),
        Index(None, "campaign_id"),
        CheckConstraint(
            "budget_minor > 0 AND platform_fee_minor >= 0"
            " AND total_minor = budget_minor + platform_fee_minor",
            name="total_adds_up",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    campaign: Mapped[Campaign] = relationship()
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    budget_minor: Mapped[int]
    """What goes to creators' fees."""
    platform_fee_minor: Mapped[int]
    total_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    budget: Mapped[Money] = composite("budget_minor", "currency")
    platform_fee: Mapped[Money] = composite("platform_fee_minor", "currency")
    total: Mapped[Money] = composite("total_minor", "currency")
    """What the card is charged."""
    state: Mapped[FundingState] = mapped_column(
        StateText(FundingState), default=FundingState.REQUESTED
    )
    stripe_checkout_session_id: Mapped[str | None] = mapped_column(unique=True)
    checkout_url: Mapped[str | None]
    problem: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    requested_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]


class Charge(Base):
    """Money that arrived for a funding."""

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint(
            "refunded_minor BETWEEN 0 AND amount_minor", name="refunded_is_within_the_amount"
        ),
        Index(None, "campaign_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    funding_id: Mapped[UUID] = mapped_column(ForeignKey("fundings.id"), unique=True)
    funding: Mapped[Funding] = relationship()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    stripe_charge_id: Mapped[str] = mapped_column(unique=True)
    stripe_payment_intent_id: Mapped[str]
    stripe_balance_transaction_id: Mapped[str]
    amount_minor: Mapped[int]
    processor_fee_minor: Mapped[int]
    refunded_minor: Mapped[int] = mapped_column(default=0)
    """Asked or paid back; never more than the amount."""
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    charged_at: Mapped[datetime]
    available_on: Mapped[datetime]


class Refund(Base):
    """Unspent money on its way back to the card it came from."""

    __tablename__ = "refunds"
    __table_args__ = (
        one_of("state", RefundState),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        Index(None, "campaign_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    charge_id: Mapped[UUID] = mapped_column(ForeignKey("charges.id"))
    charge: Mapped[Charge] = relationship()
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    state: Mapped[RefundState] = mapped_column(StateText(RefundState), default=RefundState.ASKED)
    stripe_refund_id: Mapped[str | None] = mapped_column(unique=True)
    problem: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
