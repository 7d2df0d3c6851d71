"""Invitations, applications, offers, collaborations and the rights that come with them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.campaigns.models import Brief, Campaign
from marketplace.campaigns.rules import UsageMedia
from marketplace.collaborations.rules import (
    ApplicationState,
    Bonus,
    CollaborationState,
    Exclusive,
    InvitationState,
    OfferState,
    Party,
    RestReason,
)
from marketplace.creators.models import Creator
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.base import Base, Json, StateText, one_of
from marketplace.terms.rules import Shares


class Invitation(Base):
    """A brand's question to a creator: would you make this for us?"""

    __tablename__ = "invitations"
    __table_args__ = (
        one_of("state", InvitationState),
        UniqueConstraint("campaign_id", "creator_id"),
        Index(None, "creator_id"),
        CheckConstraint("fee_minor > 0", name="fee_is_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    campaign: Mapped[Campaign] = relationship()
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    message: Mapped[str] = mapped_column(default="")
    fee_minor: Mapped[int | None]
    """What the brand suggests for everything, in the campaign's currency; binds nobody."""
    deliverables: Mapped[list[Json]]
    """In order: {"format": "video", "count": 1}; empty for what the brief asks."""
    state: Mapped[InvitationState] = mapped_column(
        StateText(InvitationState), default=InvitationState.SENT
    )
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Application(Base):
    """A creator's question to a brand: may I make this for you, at this fee?"""

    __tablename__ = "applications"
    __table_args__ = (
        one_of("state", ApplicationState),
        UniqueConstraint("campaign_id", "creator_id"),
        Index(None, "creator_id"),
        Index(
            "ix_applications_waiting",
            "answer_by",
            postgresql_where=text("state IN ('submitted', 'shortlisted')"),
        ),
        CheckConstraint("fee_minor > 0", name="fee_is_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    campaign: Mapped[Campaign] = relationship()
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    brief_id: Mapped[UUID] = mapped_column(ForeignKey("briefs.id"))
    """The version the creator read."""
    pitch: Mapped[str]
    fee_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    fee: Mapped[Money] = composite("fee_minor", "currency")
    state: Mapped[ApplicationState] = mapped_column(
        StateText(ApplicationState), default=ApplicationState.SUBMITTED
    )
    decline_reason: Mapped[str] = mapped_column(default="")
    applied_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    """The brand's deadline to reply."""
    answered_at: Mapped[datetime | None]


class Offer(Base):
    """Terms put by one side. Its terms never change; a counter-offer supersedes it.

    One without a fee is what a challenge offers to everybody: nobody applied for it, and joining
    is accepting it.
    """

    __tablename__ = "offers"
    __table_args__ = (
        one_of("state", OfferState),
        one_of("made_by", Party),
        one_of("usage_media", UsageMedia),
        UniqueConstraint("application_id", "number"),
        Index(
            "uq_offers_open",
            "application_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_offers_expiring", "expires_at", postgresql_where=text("state = 'open'")),
        Index(None, "campaign_id"),
        Index(None, "creator_id"),
        CheckConstraint(
            "fee_minor >= 0 AND (fee_minor = 0) = (application_id IS NULL)",
            name="a_fee_was_asked_for",
        ),
        CheckConstraint(
            "creator_fee_bps BETWEEN 0 AND 10000 AND brand_fee_bps BETWEEN 0 AND 10000"
            " AND fee_tax_bps BETWEEN 0 AND 10000 AND withheld_bps BETWEEN 0 AND 9999",
            name="platform_fees_are_shares",
        ),
        CheckConstraint(
            "num_nulls(bonus_rate_minor, bonus_cap_minor, bonus_days) IN (0, 3)"
            " AND (bonus_rate_minor IS NULL OR (bonus_rate_minor > 0"
            " AND bonus_cap_minor >= bonus_rate_minor AND bonus_days BETWEEN 1 AND 60))",
            name="bonus_is_whole",
        ),
        CheckConstraint(
            "num_nulls(exclusive_category, exclusive_from_on, exclusive_until_on) IN (0, 3)"
            " AND (exclusive_category IS NULL OR exclusive_until_on >= exclusive_from_on)",
            name="exclusivity_is_whole",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), nullable=True)
    application: Mapped[Application] = relationship()
    """There is one wherever two sides agree on a fee: all that is ever seen as an offer."""
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    brief_id: Mapped[UUID] = mapped_column(ForeignKey("briefs.id"))
    brief: Mapped[Brief] = relationship()
    number: Mapped[int]
    made_by: Mapped[Party] = mapped_column(StateText(Party))
    fee_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    fee: Mapped[Money] = composite("fee_minor", "currency")
    """The whole fee, before the platform's share."""
    creator_fee_bps: Mapped[int]
    """The platform's share of the creator's fee."""
    brand_fee_bps: Mapped[int]
    """The platform fee the brand pays on top."""
    fee_tax_bps: Mapped[int] = mapped_column(default=0)
    """The sales tax on what the brand pays on top."""
    withheld_bps: Mapped[int] = mapped_column(default=0)
    """The tax kept back of what the creator is left with."""
    hold_days: Mapped[int]
    """From acceptance until the fee is payable."""
    bonus_rate_minor: Mapped[int | None]
    """For each 1,000 views of a post; None for an offer without a bonus."""
    bonus_cap_minor: Mapped[int | None]
    """The most the bonus pays, for all posts together."""
    bonus_days: Mapped[int | None]
    """How long views are counted after a post was published."""
    deliverables: Mapped[list[Json]]
    """In order: {"format", "description", "fee_minor", "draft_due_on", "publish_by_on"}, and with a
    bonus "bonus_cap_minor", the deliverable's part of the cap."""
    usage_media: Mapped[str]
    usage_days: Mapped[int | None]
    revision_rounds: Mapped[int]
    exclusive_category: Mapped[str | None]
    """What the creator leaves to the brand alone; None for an offer without exclusivity."""
    exclusive_from_on: Mapped[date | None] = mapped_column(Date)
    exclusive_until_on: Mapped[date | None] = mapped_column(Date)
    """The last day."""
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[OfferState] = mapped_column(StateText(OfferState), default=OfferState.OPEN)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    @property
    def shares(self) -> Shares:
        """What is taken of its fee, and of its bonus."""
        return Shares(
            brand=self.brand_fee_bps,
            brand_tax=self.fee_tax_bps,
            creator=self.creator_fee_bps,
            withheld=self.withheld_bps,
        )

    @property
    def bonus(self) -> Bonus | None:
        """What it pays for views beside the fee."""
        rate, cap, days = self.bonus_rate_minor, self.bonus_cap_minor, self.bonus_days
        if rate is None or cap is None or days is None:
            return None
        return Bonus(rate=Money(rate, self.currency), cap=Money(cap, self.currency), days=days)

    @property
    def exclusive(self) -> Exclusive | None:
        """What the creator is to leave to the brand alone."""
        category, first, last = (
            self.exclusive_category,
            self.exclusive_from_on,
            self.exclusive_until_on,
        )
        if category is None or first is None or last is None:
            return None
        return Exclusive(category=category, starts_on=first, until_on=last)

    @property
    def most(self) -> Money:
        """What is promised when it is accepted: the fee and all of the bonus."""
        return Money(self.fee_minor + (self.bonus_cap_minor or 0), self.currency)


class Collaboration(Base):
    """What an accepted offer becomes. The offer it points to holds the frozen terms."""

    __tablename__ = "collaborations"
    __table_args__ = (
        one_of("state", CollaborationState),
        UniqueConstraint("campaign_id", "creator_id"),
        Index(None, "creator_id"),
        Index(None, "brand_id", "state"),
        CheckConstraint(
            "num_nulls(expected_views, expected_low, expected_high) IN (0, 3)"
            " AND 0 <= expected_low AND expected_low <= expected_views"
            " AND expected_views <= expected_high",
            name="expected_is_whole",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    campaign: Mapped[Campaign] = relationship()
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"), unique=True)
    offer: Mapped[Offer] = relationship()
    state: Mapped[CollaborationState] = mapped_column(
        StateText(CollaborationState), default=CollaborationState.ACTIVE
    )
    released_minor: Mapped[int] = mapped_column(default=0)
    """What of its promise went back to the campaign, less what a dispute promised again.

    Below nothing where a dispute gave an entry of a challenge more than it had won.
    """
    agreed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    expected_views: Mapped[int | None]
    """Of each of its videos, as it was expected when it was agreed; None where no views were known,
    and for a challenge."""
    expected_low: Mapped[int | None]
    expected_high: Mapped[int | None]
    """Four of five videos were expected to be between the two."""


class RestingFunds(Base):
    """What of a campaign's funds can be neither promised nor sent back before a moment.

    In the books it is the campaign's like all of its funds. The amount falls when a dispute takes
    it again; once the moment has passed the row says nothing any more.
    """

    __tablename__ = "resting_funds"
    __table_args__ = (
        one_of("why", RestReason),
        CheckConstraint("amount_minor >= 0", name="amount_is_not_negative"),
        Index(None, "campaign_id", "rests_until"),
    )

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    """What may be disputed: a deliverable, or all prizes of the campaign of this id."""
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    why: Mapped[RestReason] = mapped_column(StateText(RestReason))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite("amount_minor", "currency")
    rests_until: Mapped[datetime]


class UsageGrant(Base):
    """What the brand may do with the video, and until when."""

    __tablename__ = "usage_grants"
    __table_args__ = (
        one_of("media", UsageMedia),
        Index(None, "collaboration_id"),
        CheckConstraint("until_on >= starts_on", name="ends_after_it_starts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"))
    media: Mapped[str]
    territory: Mapped[str] = mapped_column(default="worldwide")
    starts_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    """None means for ever ("perpetuity")."""
