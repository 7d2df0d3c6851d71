"""Who watches a channel."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import (
    select,
)
from sqlalchemy.orm import Session

from marketplace.creators.models import (
    AudienceSnapshot,
)
from marketplace.creators.rules import Audience


def latest_audience(session: Session, *, channel_id: UUID) -> AudienceSnapshot | None:
    """The newest snapshot of a channel's audience; None while nobody has given one."""
    return session.scalar(
        select(AudienceSnapshot)
        .where(AudienceSnapshot.channel_id == channel_id)
        .order_by(AudienceSnapshot.taken_at.desc(), AudienceSnapshot.id.desc())
        .limit(1)
    )


def audience_in(snapshot: AudienceSnapshot) -> Audience:
    """The shares of a snapshot, as the rules know them."""
    return Audience(
        age=snapshot.age,
        gender=snapshot.gender,
        country=snapshot.country,
        interest=snapshot.interest,
    )
