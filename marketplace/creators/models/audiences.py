"""Who watches them: shares, the pictures that show them, and whom two share."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.creators.models.channels import Channel
from marketplace.creators.rules.co_audience import CoAudienceSource
from marketplace.creators.rules.evidence import AudienceSource, ProofState
from marketplace.kernel.ids import new_id
from marketplace.store.base import Base, Json, StateText, one_of


class AudienceSnapshot(Base):
    """What a channel's audience was made of at one moment; its shares are never overwritten."""

    __tablename__ = "audience_snapshots"
    __table_args__ = (
        one_of("source", AudienceSource),
        Index(None, "channel_id", "taken_at"),
        CheckConstraint("sample_size >= 0", name="sample_size_is_not_negative"),
        CheckConstraint(
            "confirmed_at IS NULL OR source = 'upload'", name="only_uploads_are_confirmed"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"))
    channel: Mapped[Channel] = relationship()
    source: Mapped[AudienceSource] = mapped_column(StateText(AudienceSource))
    sample_size: Mapped[int]
    taken_at: Mapped[datetime]
    age: Mapped[Json]
    """Label -> share in basis points: 13-17, 18-24, 25-34, 35-44, 45-54, 55+."""
    gender: Mapped[Json]
    """female, male, other_or_unknown -> share in basis points."""
    country: Mapped[Json]
    """ISO 3166 code -> share in basis points; what is left is the rest of the world."""
    interest: Mapped[Json]
    """Topic -> share in basis points of the audience that follows it; may exceed the whole."""
    language: Mapped[Json] = mapped_column(default=dict)
    """ISO 639 code -> share in basis points; what is left is not known."""
    confirmed_at: Mapped[datetime | None]
    """When staff saw these shares in the picture that came with them."""
    set_aside_at: Mapped[datetime | None]
    """When staff found that the picture does not show them; nobody counts with them any more."""


class AudienceProof(Base):
    """A picture of a platform's statistics that a creator handed in with an audience."""

    __tablename__ = "audience_proofs"
    __table_args__ = (
        one_of("state", ProofState),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_or_waiting"),
        Index(None, "state", "handed_in_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey("audience_snapshots.id"), unique=True)
    snapshot: Mapped[AudienceSnapshot] = relationship()
    file_key: Mapped[str]
    """Name of the file in the upload folder; made by us, never by the uploader."""
    file_name: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int]
    handed_in_at: Mapped[datetime]
    state: Mapped[ProofState] = mapped_column(StateText(ProofState), default=ProofState.WAITING)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decider: Mapped[User | None] = relationship()
    reason: Mapped[str] = mapped_column(default="")
    """Why it was refused, for the creator to read."""


class CoAudience(Base):
    """Of the people looked at who watch one creator, how many watch another one too.

    One observation for each direction of two creators; a newer one takes its place.
    """

    __tablename__ = "co_audiences"
    __table_args__ = (
        one_of("source", CoAudienceSource),
        CheckConstraint("shared >= 0 AND shared <= sample", name="shared_is_part_of_sample"),
        CheckConstraint("sample > 0", name="sample_is_positive"),
        CheckConstraint("creator_id <> other_id", name="two_creators"),
    )

    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    sample: Mapped[int]
    """People who watch ``creator_id`` and were looked at."""
    shared: Mapped[int]
    """Those of them who watch ``other_id`` too."""
    source: Mapped[CoAudienceSource] = mapped_column(StateText(CoAudienceSource))
    observed_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=text("clock_timestamp()"), index=True
    )
