"""How live posts did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.deliverables.models import PublishedPost
from marketplace.kernel.errors import NotFound
from marketplace.metrics.models import MetricGap, MetricSnapshot, PostTracking


@dataclass(frozen=True, slots=True)
class DuePost:
    """A post that is to be read now."""

    post_id: UUID
    external_id: str


def tracking_of(session: Session, post_id: UUID) -> PostTracking:
    """When a post is read next; raises NotFound before it is live."""
    found = session.get(PostTracking, post_id)
    if found is None:
        raise NotFound("tracked post")
    return found


def tracking_or_none(session: Session, post_id: UUID) -> PostTracking | None:
    """When a post is read next; None before it is live."""
    return session.get(PostTracking, post_id)


def channels_due(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Channels with a post that is to be read now."""
    return session.scalars(
        select(PublishedPost.channel_id)
        .join(PostTracking, PostTracking.post_id == PublishedPost.id)
        .where(PostTracking.next_read_at <= now)
        .distinct()
    ).all()


def posts_due(session: Session, *, channel_id: UUID, now: datetime) -> list[DuePost]:
    """Posts of one channel that are to be read now."""
    rows = session.execute(
        select(PublishedPost.id, PublishedPost.external_id)
        .join(PostTracking, PostTracking.post_id == PublishedPost.id)
        .where(PublishedPost.channel_id == channel_id, PostTracking.next_read_at <= now)
        .order_by(PublishedPost.id)
    )
    return [DuePost(*row) for row in rows]


def tracked_posts(session: Session, *, channel_id: UUID) -> Sequence[UUID]:
    """Posts of one channel whose reading has not ended."""
    return session.scalars(
        select(PublishedPost.id)
        .join(PostTracking, PostTracking.post_id == PublishedPost.id)
        .where(PublishedPost.channel_id == channel_id, PostTracking.next_read_at.is_not(None))
    ).all()


def post_series(session: Session, *, post_id: UUID) -> Sequence[MetricSnapshot]:
    """Every reading of a post, oldest first."""
    return session.scalars(
        select(MetricSnapshot)
        .where(MetricSnapshot.post_id == post_id)
        .order_by(MetricSnapshot.taken_at)
    ).all()


def gaps_of(session: Session, *, post_id: UUID, limit: int = 10) -> Sequence[MetricGap]:
    """The newest failures to read a post, newest first."""
    return session.scalars(
        select(MetricGap)
        .where(MetricGap.post_id == post_id)
        .order_by(MetricGap.noticed_at.desc())
        .limit(limit)
    ).all()
