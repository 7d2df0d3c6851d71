"""Bonuses for views and every booking of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.payouts.models import (
    BonusMeasurement,
    ViewBonus,
)
from marketplace.store.arrays import of_ids

_ENDS: Final = text(
    """
    SELECT p.id, coalesce(
        b.counted_until,
        coalesce(p.published_at, p.pasted_at)
            + make_interval(days => CAST(o.bonus_days AS int))) AS until
    FROM published_posts p
    JOIN deliverables d ON d.id = p.deliverable_id AND d.state IN ('live', 'accepted')
    JOIN collaborations c ON c.id = d.collaboration_id
    JOIN offers o ON o.id = c.offer_id AND o.bonus_days IS NOT NULL
    LEFT JOIN view_bonuses b ON b.deliverable_id = d.id
    WHERE p.id = ANY(CAST(:posts AS uuid[])) AND (b.id IS NULL OR b.state = 'counting')
    """
)


def bonus_of(session: Session, *, deliverable_id: UUID) -> ViewBonus | None:
    """The bonus of an accepted deliverable; None before that, and where none was agreed."""
    return session.scalar(select(ViewBonus).where(ViewBonus.deliverable_id == deliverable_id))


def bonus_by_id(session: Session, bonus_id: UUID) -> ViewBonus:
    """A bonus by its id; raises NotFound."""
    found = session.get(ViewBonus, bonus_id)
    if found is None:
        raise NotFound("bonus")
    return found


def measurement_by_id(session: Session, measurement_id: UUID) -> BonusMeasurement:
    """Why an entry moved a bonus; raises NotFound."""
    found = session.get(BonusMeasurement, measurement_id)
    if found is None:
        raise NotFound("measurement")
    return found


def bonus_ends(session: Session, post_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Post id -> from when on no view counts for its bonus, where one is agreed and not final."""
    rows = session.execute(_ENDS, {"posts": of_ids(post_ids)})
    return {row.id: row.until for row in rows}
