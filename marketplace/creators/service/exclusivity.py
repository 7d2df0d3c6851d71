"""Writing down for whom alone a creator works; the rooms above agree on it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.creators.models import Exclusivity


def bind(
    session: Session,
    *,
    collaboration_id: UUID,
    creator_id: UUID,
    brand_id: UUID,
    category: str,
    starts_on: date,
    until_on: date,
) -> None:
    """Write down that a creator works for this brand alone in a category, both days included."""
    session.add(
        Exclusivity(
            collaboration_id=collaboration_id,
            creator_id=creator_id,
            brand_id=brand_id,
            category=category,
            starts_on=starts_on,
            until_on=until_on,
        )
    )


def unbind(session: Session, *, collaboration_id: UUID, now: datetime) -> None:
    """End before its time what was agreed in a collaboration; nothing where nothing was."""
    session.execute(
        update(Exclusivity)
        .where(Exclusivity.collaboration_id == collaboration_id, Exclusivity.ended_at.is_(None))
        .values(ended_at=now)
    )
