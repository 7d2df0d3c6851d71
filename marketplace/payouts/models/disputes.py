"""Disputes between brand and creator, and everything that was said in them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.rules import Party
from marketplace.creators.models import Creator
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.payouts.rules.disputes import (
    DisputeAbout,
    DisputeEvent,
    DisputeReason,
    DisputeState,
)
from marketplace.store.base import Base, StateText, one_of

_OPEN: Final = text("state IN ('asked', 'with_staff')")


class Dispute(Base):
    """Brand and creator disagree about the money of one deliverable, and what came of it."""

    __tablename__ = "disputes"
    __table_args__ = (
        one_of("state", DisputeState),
        one_of("about", DisputeAbout),
        one_of("reason", DisputeReason),
        one_of("opened_by", Party),
        CheckConstraint("stake_minor > 0", name="stake_is_positive"),
        CheckConstraint("set_aside_minor BETWEEN 0 AND stake_minor", name="set_aside_within_stake"),
        CheckConstraint(
            "brand_share_bps BETWEEN 0 AND 10000 AND creator_share_bps BETWEEN 0 AND 10000"
            " AND result_bps BETWEEN 0 AND 10000",
            name="shares_are_parts_of_the_whole",
        ),
        CheckConstraint(
            "(state IN ('settled', 'decided')) = (result_bps IS NOT NULL)",
            name="ruled_has_its_number",
        ),
        CheckConstraint(
            "(state IN ('asked', 'with_staff')) = (closed_at IS NULL)", name="closed_when_over"
        ),
        UniqueConstraint("collaboration_id", "number"),
        Index("uq_disputes_open", "deliverable_id", unique=True, postgresql_where=_OPEN),
        Index(
            "uq_disputes_ruled",
            "deliverable_id",
            "about",
            unique=True,
            postgresql_where=text("state IN ('settled', 'decided')"),
        ),
        Index("ix_disputes_due", "due_at", postgresql_where=_OPEN),
        Index(None, "brand_id"),
        Index(None, "creator_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"))
    deliverable: Mapped[Deliverable] = relationship()
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"))
    number: Mapped[int]
    """Of the disputes in its collaboration, from 1."""
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    campaign: Mapped[Campaign] = relationship()
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    opened_by: Mapped[Party] = mapped_column(StateText(Party))
    reason: Mapped[DisputeReason] = mapped_column(StateText(DisputeReason))
    about: Mapped[DisputeAbout] = mapped_column(StateText(DisputeAbout))
    stake_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    stake: Mapped[Money] = composite("stake_minor", "currency")
    """What is disputed, before the platform's share; nothing moves it while the dispute is open."""
    set_aside_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    set_aside: Mapped[Money] = composite("set_aside_minor", "currency")
    """What the campaign has promised again of money that had gone back to it; nothing when over."""
    state: Mapped[DisputeState] = mapped_column(StateText(DisputeState))
    brand_share_bps: Mapped[int | None]
    """The creator's part of the stake that the brand would agree to now."""
    creator_share_bps: Mapped[int | None]
    result_bps: Mapped[int | None]
    """The creator's part, as settled or decided."""
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Until when the other side has to answer; then, until when staff mean to decide."""
    reminded_at: Mapped[datetime | None]
    """When somebody was last reminded that this time runs out."""
    closed_at: Mapped[datetime | None]

    def wish_of(self, party: Party) -> int | None:
        """The creator's part that this side would agree to."""
        return self.brand_share_bps if party is Party.BRAND else self.creator_share_bps


class DisputeStep(Base):
    """One thing that was said or done in a dispute, with its proof. Append-only."""

    __tablename__ = "dispute_steps"
    __table_args__ = (
        one_of("event", DisputeEvent),
        one_of("state", DisputeState),
        one_of("party", Party),
        CheckConstraint("share_bps BETWEEN 0 AND 10000", name="share_is_a_part_of_the_whole"),
        Index(None, "dispute_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("disputes.id"))
    dispute: Mapped[Dispute] = relationship()
    event: Mapped[DisputeEvent] = mapped_column(StateText(DisputeEvent))
    state: Mapped[DisputeState] = mapped_column(StateText(DisputeState))
    """The state it led to."""
    party: Mapped[Party | None] = mapped_column(StateText(Party))
    """Whose side; None for staff and the system."""
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    share_bps: Mapped[int | None]
    """The creator's part that was named."""
    words: Mapped[str] = mapped_column(default="")
    link: Mapped[str | None]
    file_key: Mapped[str | None]
    """Name of the proof in the upload folder; made by us, never by the uploader."""
    file_name: Mapped[str | None]
    content_type: Mapped[str | None]
    happened_at: Mapped[datetime]
