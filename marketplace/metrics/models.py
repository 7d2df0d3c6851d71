"""Readings of live posts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.ids import new_id
from marketplace.store.base import Base


class PostTracking(Base):
    """When a post is read next, and until when at all."""

    __tablename__ = "post_trackings"
    __table_args__ = (Index(None, "next_read_at"),)

    post_id: Mapped[UUID] = mapped_column(ForeignKey("published_posts.id"), primary_key=True)
    next_read_at: Mapped[datetime | None]
    """None: reading has ended."""
    tracking_until: Mapped[datetime]
    last_read_at: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]
    missing_count: Mapped[int] = mapped_column(default=0)


class MetricSnapshot(Base):
    """A reading at a moment, never overwritten. What the platform did not say is None, never 0."""

    __tablename__ = "metric_snapshots"
    __table_args__ = (UniqueConstraint("post_id", "taken_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("published_posts.id"))
    taken_at: Mapped[datetime]
    views: Mapped[int | None]
    likes: Mapped[int | None]
    comments: Mapped[int | None]
    shares: Mapped[int | None]
    definition: Mapped[str]
    """Which counting rule of which platform: "tiktok.display.v2"."""
    payload_sha256: Mapped[str]


class HeldViews(Base):
    """Views of a post that do not count from a reading on; a room above says why, and until when.

    A row below 0 takes back of it what the platform has taken away itself.
    """

    __tablename__ = "held_views"
    __table_args__ = (
        UniqueConstraint("held_for", "from_at"),
        Index(None, "post_id", "from_at"),
        CheckConstraint("views <> 0", name="says_something"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("published_posts.id"))
    held_for: Mapped[UUID]
    """What they are held for; it is let go as a whole."""
    from_at: Mapped[datetime]
    """When the reading was taken from which on they do not count."""
    views: Mapped[int]


class MetricGap(Base):
    """A reading that could not be taken, and why."""

    __tablename__ = "metric_gaps"
    __table_args__ = (Index(None, "post_id", "noticed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("published_posts.id"))
    noticed_at: Mapped[datetime]
    kind: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
