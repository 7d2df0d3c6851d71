"""What the verbs share: the one way to take a step, and who may judge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.deliverables import queries
from marketplace.deliverables.models import Deliverable, DeliverableStep, PublishedPost
from marketplace.deliverables.rules import LIFE, DeliverableEvent, PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotPermitted
from marketplace.kernel.ids import new_id


def take_step(
    session: Session,
    deliverable: Deliverable,
    event: DeliverableEvent,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Move the deliverable if nobody else has moved it since it was read; its row is locked then.

    Raises InvalidTransition, Conflict.
    """
    before = deliverable.state
    after = LIFE.next(before, event)
    moved = session.execute(
        update(Deliverable)
        .where(Deliverable.id == deliverable.id, Deliverable.state == before)
        .values(state=after)
        .returning(Deliverable.id)
    ).scalar()
    if moved is None:
        raise Conflict("Somebody else has just changed this deliverable; look at it again")
    session.add(
        DeliverableStep(
            id=new_id(),
            deliverable_id=deliverable.id,
            event=event,
            state=after,
            actor_id=actor.user_id,
            happened_at=now,
        )
    )


def judged_by(session: Session, actor: Actor, deliverable_id: UUID) -> Deliverable:
    """Return the deliverable for somebody who may judge it.

    Raises NotFound, NotPermitted, and Conflict for an entry to a challenge.
    """
    deliverable = queries.deliverable_seen_by(session, actor, deliverable_id)
    if deliverable.creator_id == actor.creator_id:
        raise NotPermitted("judge your own work, also as a member of the brand")
    if not actor.may_edit(deliverable.brand_id):
        raise NotPermitted("judge this work; an owner or manager of the brand can")
    if deliverable.is_entry:
        raise Conflict("An entry to a challenge is judged by its views")
    return deliverable


def refuse_posts(
    session: Session, works: Iterable[Deliverable], *, reason: str, now: datetime
) -> None:
    """Check no more posts of works that are over. reason: a plain sentence for the creator."""
    session.execute(
        update(PublishedPost)
        .where(
            PublishedPost.deliverable_id.in_([each.id for each in works]),
            PublishedPost.state == PostState.CHECKING,
        )
        .values(state=PostState.REFUSED, refusal=reason, checked_at=now)
    )
