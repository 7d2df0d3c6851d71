"""Bonuses for views and every booking of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.payouts.models import (
    BonusMeasurement,
    ViewBonus,
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
