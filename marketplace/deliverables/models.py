"""Deliverables, what was handed in for them, and the posts that came of them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import Party
from marketplace.creators.models import Channel, Platform
from marketplace.deliverables.rules import (
    DeliverableEvent,
    DeliverableState,
    EndingReason,
    EndingState,
    PostState,
    SubmissionKind,
    Verdict,
)
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.base import Base, Json, StateText, one_of


class Deliverable(Base):
    """A thing owed by a creator to a brand, for a fee; or an entry to a challenge, for none.

    An entry begins as approved: there is no draft of it, and nobody has to accept it.
    """

    __tablename__ = "deliverables"
    __table_args__ = (
        one_of("state", DeliverableState),
        UniqueConstraint("collaboration_id", "position"),
        Index(None, "brand_id", "state"),
        Index(None, "creator_id", "state"),
        CheckConstraint("fee_minor >= 0", name="fee_is_not_negative"),
        CheckConstraint("rounds_used >= 0", name="rounds_used_is_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"))
    collaboration: Mapped[Collaboration] = relationship()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    position: Mapped[int]
    format: Mapped[str]
    description: Mapped[str]
    fee_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    fee: Mapped[Money] = composite("fee_minor", "currency")
    draft_due_on: Mapped[date] = mapped_column(Date)
    publish_by_on: Mapped[date] = mapped_column(Date)
    state: Mapped[DeliverableState] = mapped_column(
        StateText(DeliverableState), default=DeliverableState.AWAITING_SUBMISSION
    )
    rounds_allowed: Mapped[int]
    rounds_used: Mapped[int] = mapped_column(default=0)
    answer_by: Mapped[datetime | None]
    """The brand's deadline: to review a draft, or to object to a live post."""
    accepted_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None]
    """Since when the two sides are in dispute about its money; payouts say so from above."""

    @property
    def is_entry(self) -> bool:
        """True for an entry to a challenge: a prize is all that it can earn."""
        return self.fee_minor == 0


class DeliverableStep(Base):
    """One move in a deliverable's life."""

    __tablename__ = "deliverable_steps"
    __table_args__ = (
        one_of("event", DeliverableEvent),
        one_of("state", DeliverableState),
        Index(None, "deliverable_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"))
    event: Mapped[DeliverableEvent] = mapped_column(StateText(DeliverableEvent))
    state: Mapped[DeliverableState] = mapped_column(StateText(DeliverableState))
    """The state it led to."""
    actor_id: Mapped[UUID | None]
    """None for the system."""
    happened_at: Mapped[datetime]


class Submission(Base):
    """One version handed in; append-only."""

    __tablename__ = "submissions"
    __table_args__ = (
        one_of("kind", SubmissionKind),
        UniqueConstraint("deliverable_id", "number"),
        CheckConstraint(
            "(kind = 'link' AND link IS NOT NULL) OR (kind = 'file' AND file_key IS NOT NULL)",
            name="has_what_its_kind_says",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"))
    number: Mapped[int]
    kind: Mapped[SubmissionKind] = mapped_column(StateText(SubmissionKind))
    link: Mapped[str | None]
    file_key: Mapped[str | None]
    """Name of the file in the upload folder; made by us, never by the uploader."""
    file_name: Mapped[str | None]
    content_type: Mapped[str | None]
    size_bytes: Mapped[int | None]
    checklist: Mapped[list[Json]]
    """What the brief asked, ticked by the creator: {"text": …, "done": true}."""
    note: Mapped[str] = mapped_column(default="")
    submitted_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime]


class Review(Base):
    """The brand's judgement on one submission."""

    __tablename__ = "reviews"
    __table_args__ = (one_of("verdict", Verdict),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id"), unique=True)
    verdict: Mapped[Verdict] = mapped_column(StateText(Verdict))
    comment: Mapped[str] = mapped_column(default="")
    reviewed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reviewed_at: Mapped[datetime]


class PublishedPost(Base):
    """The public address a creator has pasted, and whether the platform confirms it."""

    __tablename__ = "published_posts"
    __table_args__ = (
        one_of("state", PostState),
        one_of("platform", Platform),
        Index(
            "uq_published_posts_post",
            "platform",
            "external_id",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
        Index(
            "uq_published_posts_deliverable",
            "deliverable_id",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"))
    deliverable: Mapped[Deliverable] = relationship()
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"))
    channel: Mapped[Channel] = relationship()
    platform: Mapped[Platform] = mapped_column(StateText(Platform))
    external_id: Mapped[str]
    address: Mapped[str]
    state: Mapped[PostState] = mapped_column(StateText(PostState), default=PostState.CHECKING)
    refusal: Mapped[str] = mapped_column(default="")
    """Why it was refused, in a plain sentence."""
    pasted_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    """As the platform says."""


class Ending(Base):
    """One side's wish to end a collaboration before its work is done, and what came of it."""

    __tablename__ = "endings"
    __table_args__ = (
        one_of("state", EndingState),
        one_of("asked_by", Party),
        one_of("reason", EndingReason),
        CheckConstraint("release_minor >= 0", name="release_is_not_negative"),
        Index(
            "uq_endings_waiting",
            "collaboration_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'with_staff')"),
        ),
        Index(None, "collaboration_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"))
    collaboration: Mapped[Collaboration] = relationship()
    asked_by: Mapped[Party] = mapped_column(StateText(Party))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[EndingReason] = mapped_column(StateText(EndingReason))
    note: Mapped[str] = mapped_column(default="")
    release_minor: Mapped[int]
    """What goes back to the campaign, as whoever confirmed last saw it."""
    state: Mapped[EndingState] = mapped_column(StateText(EndingState))
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    """Until then the other side may think; afterwards staff can be called."""
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    answer: Mapped[str] = mapped_column(default="")
    """What the other side or staff said to it."""
