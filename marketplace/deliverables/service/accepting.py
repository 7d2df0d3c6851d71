"""Accepting what is live, by word or by silence; the fee is earned with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.deliverables.messages import DeliverableAccepted
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableEvent, DeliverableState, PostState
from marketplace.deliverables.service.moves import judged_by, take_step
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.store.outbox import post
from marketplace.store.rows import those_of


def accept(session: Session, *, actor: Actor, deliverable_id: UUID, now: datetime) -> Deliverable:
    """Accept the live post: the fee is earned.

    Raises NotFound, NotPermitted, InvalidTransition (also the second time), Conflict.
    """
    return _accept(session, judged_by(session, actor, deliverable_id), actor=actor, now=now)


def accept_silent(
    session: Session, *, now: datetime, limit: int = 200, ids: Collection[UUID] | None = None
) -> int:
    """Accept every live post whose brand has let the time to object pass; return how many.

    A post that the platform no longer shows waits for the brand's own word. ids: only these.
    """
    due = session.scalars(
        those_of(_silent(now), Deliverable.id, ids)
        .limit(limit)
        .with_for_update(of=Deliverable, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for deliverable in due:
        _accept(session, deliverable, actor=SYSTEM, now=now)
    return len(due)


def silent_ids(session: Session, *, now: datetime) -> Sequence[UUID]:
    """The live posts, by their deliverables, whose brand has let the time to object pass."""
    return session.scalars(_silent(now).with_only_columns(Deliverable.id)).all()


def _silent(now: datetime) -> Select[Deliverable]:
    return (
        select(Deliverable)
        .join(PublishedPost, PublishedPost.deliverable_id == Deliverable.id)
        .where(
            Deliverable.state == DeliverableState.LIVE,
            Deliverable.answer_by <= now,
            PublishedPost.state == PostState.VERIFIED,
        )
        .order_by(Deliverable.id)
    )


def _accept(
    session: Session, deliverable: Deliverable, *, actor: Actor, now: datetime
) -> Deliverable:
    take_step(session, deliverable, DeliverableEvent.ACCEPT, actor=actor, now=now)
    deliverable.answer_by = None
    deliverable.accepted_at = now
    post(session, DeliverableAccepted(deliverable_id=deliverable.id))
    return deliverable
