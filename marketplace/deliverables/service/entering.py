"""The posts of a challenge: one deliverable for each creator who joined, without a fee."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.collaborations.models import Collaboration
from marketplace.deliverables.messages import EntryRefused
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableEvent, DeliverableState, PostState
from marketplace.deliverables.service.moves import take_step
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import new_id
from marketplace.store.locks import lock_row, lock_rows
from marketplace.store.outbox import post


def add_entry(
    session: Session,
    collaboration: Collaboration,
    *,
    wanted: Mapping[str, Any],
    currency: str,
    publish_by: date,
) -> Deliverable:
    """Write the one post that a creator may hand in to a challenge they have just joined.

    wanted: the deliverable of its brief.
    """
    entry = Deliverable(
        id=new_id(),
        collaboration_id=collaboration.id,
        campaign_id=collaboration.campaign_id,
        brand_id=collaboration.brand_id,
        creator_id=collaboration.creator_id,
        position=1,
        format=wanted["format"],
        description=wanted["description"],
        fee_minor=0,
        currency=currency,
        draft_due_on=publish_by,
        publish_by_on=publish_by,
        state=DeliverableState.APPROVED,
        rounds_allowed=0,
        rounds_used=0,
    )
    session.add(entry)
    return entry


def refuse_entry(
    session: Session, *, deliverable_id: UUID, reason: str, actor: Actor, now: datetime
) -> PublishedPost:
    """Take a live entry out, because it breaks the rules; the creator may hand in another post.

    reason: a plain sentence for the creator. Raises Conflict when there is no live post of it.
    """
    deliverable = lock_row(session, Deliverable, deliverable_id)
    found = session.scalar(
        select(PublishedPost).where(
            PublishedPost.deliverable_id == deliverable_id,
            PublishedPost.state.in_((PostState.VERIFIED, PostState.NOT_VISIBLE)),
        )
    )
    if found is None or deliverable.state is not DeliverableState.LIVE:
        raise Conflict("There is no live post of this entry to refuse")
    found = lock_row(session, PublishedPost, found.id)
    take_step(session, deliverable, DeliverableEvent.REFUSE_POST, actor=actor, now=now)
    found.state = PostState.REFUSED
    found.refusal = reason
    found.checked_at = now
    post(session, EntryRefused(post_id=found.id))
    return found


def end_entries(
    session: Session, *, campaign_id: UUID, counted: set[UUID], actor: Actor, now: datetime
) -> None:
    """Close every entry of a challenge: those that were counted are accepted, the rest is over.

    counted: deliverables. A post that is still being checked is refused. Once they are closed
    nothing happens.
    """
    ids = session.scalars(
        select(Deliverable.id).where(
            Deliverable.campaign_id == campaign_id,
            Deliverable.state.in_((DeliverableState.APPROVED, DeliverableState.LIVE)),
        )
    )
    open_entries = lock_rows(session, Deliverable, ids)
    for entry in open_entries:
        accepted = entry.id in counted
        event = DeliverableEvent.ACCEPT if accepted else DeliverableEvent.CANCEL
        take_step(session, entry, event, actor=actor, now=now)
        entry.accepted_at = now if accepted else None
    session.execute(
        update(PublishedPost)
        .where(
            PublishedPost.deliverable_id.in_([each.id for each in open_entries]),
            PublishedPost.state == PostState.CHECKING,
        )
        .values(state=PostState.REFUSED, refusal="The challenge is over.", checked_at=now)
    )
