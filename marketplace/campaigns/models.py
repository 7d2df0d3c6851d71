"""Campaigns and their briefs."""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.accounts.models import Brand
from marketplace.campaigns.rules import CampaignEvent, CampaignKind, CampaignState, UsageMedia
from marketplace.creators.rules.groups import Group
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.base import Base, Json, StateText, one_of
from marketplace.store.names import NameWords, follows


class BriefState(StrEnum):
    """A brief is written, then published; from then on it never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Campaign(Base):
    """The container: dates, budget, state."""

    __tablename__ = "campaigns"
    __table_args__ = (
        one_of("state", CampaignState),
        one_of("kind", CampaignKind),
        CheckConstraint("budget_minor > 0", name="budget_is_positive"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        Index(None, "brand_id"),
        Index(None, "state"),
        Index(None, "name_words", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    brand: Mapped[Brand] = relationship()
    name: Mapped[str]
    name_words: Mapped[str] = mapped_column(NameWords, deferred=True)
    _found_by = follows("name", "name_words")
    kind: Mapped[CampaignKind] = mapped_column(
        StateText(CampaignKind), default=CampaignKind.AGREEMENTS, server_default="agreements"
    )
    state: Mapped[CampaignState] = mapped_column(
        StateText(CampaignState), default=CampaignState.DRAFT
    )
    currency: Mapped[str] = mapped_column(String(3))
    budget_minor: Mapped[int]
    budget: Mapped[Money] = composite("budget_minor", "currency")
    """What the brand means to spend on creators' fees; the platform fee comes on top."""
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    category: Mapped[str | None]
    """What it is for, one of CATEGORIES; None only for one from before it was asked."""
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    terms_at: Mapped[datetime | None]
    """The platform's terms of this moment are the campaign's for good: when it was published, or
    paid for before. None while it is a draft without money: those of now."""
    closed_at: Mapped[datetime | None]


class Brief(Base):
    """One version of what is to be made. A published version is never edited."""

    __tablename__ = "briefs"
    __table_args__ = (
        one_of("state", BriefState),
        one_of("usage_media", UsageMedia),
        UniqueConstraint("campaign_id", "version"),
        Index(
            "uq_briefs_draft",
            "campaign_id",
            unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
        CheckConstraint("version >= 1", name="version_starts_at_one"),
        CheckConstraint(
            "fee_low_minor > 0 AND fee_high_minor >= fee_low_minor", name="fee_range_is_in_order"
        ),
        CheckConstraint("revision_rounds BETWEEN 0 AND 5", name="revision_rounds_are_few"),
        CheckConstraint("usage_days > 0", name="usage_days_are_positive"),
        CheckConstraint("jsonb_array_length(target_words) <= 20", name="words_are_few"),
        CheckConstraint(
            f"amplified_groups <@ '{json.dumps(list(Group))}'", name="groups_are_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    campaign: Mapped[Campaign] = relationship()
    version: Mapped[int]
    state: Mapped[BriefState] = mapped_column(StateText(BriefState), default=BriefState.DRAFT)
    summary: Mapped[str]
    """What to make, in a few sentences."""
    dos: Mapped[list[str]]
    donts: Mapped[list[str]]
    deliverables: Mapped[list[Json]]
    """In order: {"format": "video", "description": …, "count": 1}."""
    target_age: Mapped[Json]
    """Age label -> share in basis points of the audience wanted; empty means any."""
    target_gender: Mapped[Json]
    target_country: Mapped[Json]
    target_interests: Mapped[list[str]]
    target_words: Mapped[list[str]]
    """Words and hashtags of posts beside the interests, as they are read, in order."""
    amplified_groups: Mapped[list[str]] = mapped_column(server_default="[]")
    """Groups that the brand wants to hear from. Only who has declared one of them is told."""
    fee_low_minor: Mapped[int | None]
    fee_high_minor: Mapped[int | None]
    usage_media: Mapped[str]
    """organic or paid: where the brand may show the video."""
    usage_days: Mapped[int | None]
    """How long from publication; None means for ever, which creators are told in words."""
    disclosure: Mapped[str]
    """The label the post must carry."""
    revision_rounds: Mapped[int]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    change_note: Mapped[str] = mapped_column(default="")
    """For an amendment: what is different from the version before."""


class CampaignStep(Base):
    """One move in a campaign's life."""

    __tablename__ = "campaign_steps"
    __table_args__ = (
        one_of("event", CampaignEvent),
        one_of("state", CampaignState),
        Index(None, "campaign_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    event: Mapped[CampaignEvent] = mapped_column(StateText(CampaignEvent))
    state: Mapped[CampaignState] = mapped_column(StateText(CampaignState))
    """The state it led to."""
    actor_id: Mapped[UUID | None]
    happened_at: Mapped[datetime]
