"""Deliverables, by who asks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from marketplace.deliverables.models import (
    Deliverable,
    DeliverableStep,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rows this actor may know of: their brands', their own as a creator, or all for staff."""
    if actor.is_staff or actor.is_system:
        return true()
    return or_(
        Deliverable.brand_id.in_(list(actor.brands)), Deliverable.creator_id == actor.creator_id
    )


def deliverable_seen_by(session: Session, actor: Actor, deliverable_id: UUID) -> Deliverable:
    """The deliverable, if this actor may know of it; otherwise NotFound."""
    found = session.scalar(
        select(Deliverable).where(Deliverable.id == deliverable_id, visible_to(actor))
    )
    if found is None:
        raise NotFound("deliverable")
    return found


def deliverables_of(session: Session, *, collaboration_id: UUID) -> Sequence[Deliverable]:
    """What a collaboration owes, in the order agreed."""
    return session.scalars(
        select(Deliverable)
        .where(Deliverable.collaboration_id == collaboration_id)
        .order_by(Deliverable.position)
    ).all()


def steps_of(session: Session, *, deliverable_id: UUID) -> Sequence[DeliverableStep]:
    """What happened to a deliverable, oldest first."""
    return session.scalars(
        select(DeliverableStep)
        .where(DeliverableStep.deliverable_id == deliverable_id)
        .order_by(DeliverableStep.happened_at, DeliverableStep.id)
    ).all()
