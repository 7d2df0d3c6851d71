"""For whom alone a creator works, in what, until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.creators.models import Exclusivity


def exclusivities_of(session: Session, *, creator_id: UUID, today: date) -> Sequence[Exclusivity]:
    """What a creator has promised and is not over, with the brands, the first to end at the top."""
    return session.scalars(
        select(Exclusivity)
        .where(
            Exclusivity.creator_id == creator_id,
            Exclusivity.ended_at.is_(None),
            Exclusivity.until_on >= today,
        )
        .options(joinedload(Exclusivity.brand))
        .order_by(Exclusivity.until_on, Exclusivity.collaboration_id)
    ).all()


def bound_until(
    session: Session,
    *,
    creator_id: UUID,
    brand_id: UUID,
    category: str,
    starts_on: date,
    until_on: date,
) -> date | None:
    """The last day on which a creator is another brand's in a category; None where they are free.

    starts_on, until_on: the days that are asked for.
    """
    return session.scalar(
        select(func.max(Exclusivity.until_on)).where(
            Exclusivity.creator_id == creator_id,
            Exclusivity.brand_id != brand_id,
            Exclusivity.category == category,
            Exclusivity.starts_on <= until_on,
            Exclusivity.until_on >= starts_on,
            Exclusivity.ended_at.is_(None),
        )
    )
