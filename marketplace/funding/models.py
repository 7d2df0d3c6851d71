"""Fundings, the charges that paid them, refunds, and chargebacks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.campaigns.models import Campaign
from marketplace.funding.rules import (
    CARD,
    AnswerKind,
    AnswerState,
    ChargebackState,
    FundingState,
    RefundState,
    WarningState,
    Way,
)
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.base import Base, Json, StateText, one_of


class Funding(Base):
    """A brand's wish to put money into a campaign, from the question to the money."""

    __tablename__ = "fundings"
    __table_args__ = (
        one_of("state", FundingState),
        Index(None, "campaign_id"),
        CheckConstraint(
            "budget_minor > 0 AND platform_fee_minor >= 0 AND fee_tax_minor >= 0"
            " AND processor_fee_minor >= 0 AND pledge_minor >= 0 AND total_minor = budget_minor"
            " + platform_fee_minor + fee_tax_minor + processor_fee_minor + pledge_minor",
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
    pledge_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    """What it adds for the campaign's cause."""
    total_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    budget: Mapped[Money] = composite("budget_minor", "currency")
    platform_fee: Mapped[Money] = composite("platform_fee_minor", "currency")
    fee_tax: Mapped[Money] = composite("fee_tax_minor", "currency")
    processor_fee: Mapped[Money] = composite("processor_fee_minor", "currency")
    pledge: Mapped[Money] = composite("pledge_minor", "currency")
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
        CheckConstraint(
            "budget_minor > 0 AND platform_fee_minor >= 0 AND pledge_minor >= 0",
            name="amounts_are_right",
        ),
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
    pledge_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    """What was set aside for the campaign's cause with it."""
    pledge: Mapped[Money] = composite("pledge_minor", "currency")
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
        CheckConstraint("stood_minor IS NULL OR stood_minor > 0", name="stood_is_positive"),
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
    stood_minor: Mapped[int | None]
    """Of what arrived for its charge in another currency, what this took along; None while it has
    not left, when it came back, and where nothing was changed."""
    ended_at: Mapped[datetime | None]


class Chargeback(Base):
    """A card network, or a bank, takes the money of a charge back, or asks about it first."""

    __tablename__ = "chargebacks"
    __table_args__ = (
        one_of("state", ChargebackState),
        CheckConstraint(
            "amount_minor > 0 AND fee_minor >= 0 AND frozen_minor >= 0 AND owed_minor >= 0"
            " AND returned_minor BETWEEN 0 AND amount_minor",
            name="amounts_are_right",
        ),
        CheckConstraint(
            "(state IN ('won', 'lost', 'closed')) = (ended_at IS NOT NULL)",
            name="ended_when_it_is_over",
        ),
        Index(None, "campaign_id"),
        Index(None, "charge_id"),
        Index(None, "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    stripe_dispute_id: Mapped[str] = mapped_column(unique=True)
    charge_id: Mapped[UUID] = mapped_column(ForeignKey("charges.id"))
    charge: Mapped[Charge] = relationship()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    campaign: Mapped[Campaign] = relationship()
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    amount_minor: Mapped[int]
    fee_minor: Mapped[int] = mapped_column(default=0)
    """What it cost us besides, in the currency that its charge arrived in; not asked of the brand.
    """
    frozen_minor: Mapped[int] = mapped_column(default=0)
    """Of the campaign's unspent money, what waits for its outcome."""
    owed_minor: Mapped[int] = mapped_column(default=0)
    """What it took beyond what the campaign had left."""
    returned_minor: Mapped[int] = mapped_column(default=0)
    """What came back of what it took: all when it was won, a part, or nothing."""
    stood_minor: Mapped[int | None]
    """Of what arrived for its charge in another currency, what it took along and has not returned;
    None where nothing was changed."""
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    frozen: Mapped[Money] = composite("frozen_minor", "currency")
    owed: Mapped[Money] = composite("owed_minor", "currency")
    returned: Mapped[Money] = composite("returned_minor", "currency")
    state: Mapped[ChargebackState] = mapped_column(StateText(ChargebackState))
    reason: Mapped[str]
    """The processor's word for what the cardholder says."""
    evidence_due_by: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def fee(self) -> Money:
        """What it cost us besides."""
        return Money(self.fee_minor, self.charge.settled.currency)

    @property
    def away(self) -> Money:
        """What it has taken, for now or for good."""
        return self.amount - self.returned if self.withdrawn_at else Money(0, self.currency)


class ChargebackAnswer(Base):
    """What staff said to a chargeback: evidence, or that we accept the loss."""

    __tablename__ = "chargeback_answers"
    __table_args__ = (
        one_of("kind", AnswerKind),
        one_of("state", AnswerState),
        Index(
            "uq_chargeback_answers_standing",
            "chargeback_id",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    chargeback_id: Mapped[UUID] = mapped_column(ForeignKey("chargebacks.id"))
    chargeback: Mapped[Chargeback] = relationship()
    kind: Mapped[AnswerKind] = mapped_column(StateText(AnswerKind))
    evidence: Mapped[Json]
    """The processor's name of a text -> the text."""
    state: Mapped[AnswerState] = mapped_column(StateText(AnswerState), default=AnswerState.SENDING)
    problem: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime]


class FraudWarning(Base):
    """A card's issuer thinks that its owner did not pay."""

    __tablename__ = "fraud_warnings"
    __table_args__ = (
        one_of("state", WarningState),
        CheckConstraint("frozen_minor >= 0", name="frozen_is_not_negative"),
        CheckConstraint("(state = 'over') = (ended_at IS NOT NULL)", name="ended_when_it_is_over"),
        Index(None, "charge_id"),
        Index(None, "campaign_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    stripe_warning_id: Mapped[str] = mapped_column(unique=True)
    charge_id: Mapped[UUID] = mapped_column(ForeignKey("charges.id"))
    charge: Mapped[Charge] = relationship()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    campaign: Mapped[Campaign] = relationship()
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    kind: Mapped[str]
    """The processor's word for what kind of fraud it may be."""
    frozen_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    frozen: Mapped[Money] = composite("frozen_minor", "currency")
    state: Mapped[WarningState] = mapped_column(StateText(WarningState), default=WarningState.OPEN)
    warned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(default="")
    """What staff found out, or why it ended by itself."""


class Recovery(Base):
    """Money of a brand that was taken for what it owes."""

    __tablename__ = "recoveries"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("note <> ''", name="note_is_given"),
        Index(None, "brand_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    """Given by the form it was confirmed with, so that the same form cannot do it twice."""
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    note: Mapped[str]
    recovered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    recovered_at: Mapped[datetime]
