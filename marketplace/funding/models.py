"""Fundings, the charges that paid them, and refunds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.campaigns.models import Campaign
from marketplace.funding.rules import CARD, FundingState, RefundState, Way
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
            "budget_minor > 0 AND platform_fee_minor >= 0 AND fee_tax_minor >= 0"
            " AND processor_fee_minor >= 0 AND total_minor ="
            " budget_minor + platform_fee_minor + fee_tax_minor + processor_fee_minor",
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
    fee_tax_minor: Mapped[int] = mapped_column(default=0)
    """Sales tax on the platform fee."""
    processor_fee_minor: Mapped[int] = mapped_column(default=0)
    """What the brand adds where it bears the processor's fee, by the processor's price list."""
    total_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    budget: Mapped[Money] = composite("budget_minor", "currency")
    platform_fee: Mapped[Money] = composite("platform_fee_minor", "currency")
    fee_tax: Mapped[Money] = composite("fee_tax_minor", "currency")
    processor_fee: Mapped[Money] = composite("processor_fee_minor", "currency")
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
    method: Mapped[str | None]
    """How it is paid, by the processor's name for it; known once the payment page is done."""
    debit_ordered_at: Mapped[datetime | None]
    """When a bank was told to send the money, which takes it days."""


class Charge(Base):
    """Money that arrived for a funding."""

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint(
            "refunded_minor >= 0 AND charged_back_minor >= 0"
            " AND refunded_minor + charged_back_minor <= amount_minor",
            name="what_went_back_is_within_the_amount",
        ),
        CheckConstraint(
            "num_nulls(settled_minor, settled_currency) IN (0, 2)"
            " AND (settled_minor IS NULL OR (settled_minor > 0 AND settled_currency <> currency))",
            name="settled_is_in_another_currency",
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
    """In the currency that it was settled in."""
    settled_minor: Mapped[int | None]
    settled_currency: Mapped[str | None] = mapped_column(String(3))
    """What arrived for it where the processor changed it into another currency."""
    exchange_rate: Mapped[str] = mapped_column(default="")
    """As the processor says it; what was booked is the two amounts."""
    refunded_minor: Mapped[int] = mapped_column(default=0)
    """Asked or paid back."""
    charged_back_minor: Mapped[int] = mapped_column(default=0)
    """Taken back by the card network, for now or for good."""
    method: Mapped[str] = mapped_column(default=CARD)
    refund_came_back_at: Mapped[datetime | None]
    """When a refund of it last failed or came back: the next goes by bank transfer."""
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    charged_at: Mapped[datetime]
    available_on: Mapped[datetime]

    @property
    def settled(self) -> Money:
        """What arrived for it, before the processor's fee."""
        if self.settled_minor is None or self.settled_currency is None:
            return self.amount
        return Money(self.settled_minor, self.settled_currency)

    @property
    def processor_fee(self) -> Money:
        """What the processor kept of what arrived."""
        return Money(self.processor_fee_minor, self.settled.currency)


class Allocation(Base):
    """Money of a brand's wallet that it put into a campaign."""

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("budget_minor > 0 AND platform_fee_minor >= 0", name="amounts_are_right"),
        Index(None, "campaign_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    """Given by the form it was asked with, so that the same form cannot do it twice."""
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    budget_minor: Mapped[int]
    platform_fee_minor: Mapped[int]
    fee_tax_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    budget: Mapped[Money] = composite("budget_minor", "currency")
    platform_fee: Mapped[Money] = composite("platform_fee_minor", "currency")
    allocated_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    allocated_at: Mapped[datetime]


class Refund(Base):
    """Money of a brand on its way back: unspent budget, or what lay in its wallet."""

    __tablename__ = "refunds"
    __table_args__ = (
        one_of("state", RefundState),
        one_of("way", Way),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint(
            "charge_id IS NOT NULL OR way = 'bank_transfer'",
            name="what_goes_as_it_came_has_a_charge",
        ),
        Index(None, "campaign_id"),
        Index(None, "brand_id"),
        Index(None, "asked_as"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asked_as: Mapped[UUID]
    """The one request that this is a part of; the same form sent twice is the same request."""
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaigns.id"))
    """None when it came from the brand's wallet."""
    campaign: Mapped[Campaign | None] = relationship()
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("charges.id"))
    charge: Mapped[Charge | None] = relationship()
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    way: Mapped[Way] = mapped_column(StateText(Way), default=Way.AS_IT_CAME)
    state: Mapped[RefundState] = mapped_column(StateText(RefundState), default=RefundState.ASKED)
    stripe_refund_id: Mapped[str | None] = mapped_column(unique=True)
    problem: Mapped[str] = mapped_column(default="")
    """Why it did not go through, as a sentence for the brand."""
    bank_reference: Mapped[str] = mapped_column(default="")
    """What finance staff gave the bank with a transfer."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    """When the money left our balance at the processor; its end may still be open."""
    ended_at: Mapped[datetime | None]
