"""Which part of a creator's audience was seen to watch others too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.creators.models import CoAudience


def co_audiences_as_of(session: Session) -> datetime | None:
    """When the last observation was recorded; None when nothing was ever observed."""
    return session.scalar(select(func.max(CoAudience.recorded_at)))


def co_audiences_among(session: Session, creator_ids: Collection[UUID]) -> Sequence[CoAudience]:
    """What was observed of two who are both among these creators, always in the same order."""
    ids = sorted(creator_ids)
    return session.scalars(
        select(CoAudience)
        .where(CoAudience.creator_id.in_(ids), CoAudience.other_id.in_(ids))
        .order_by(CoAudience.creator_id, CoAudience.other_id)
    ).all()
