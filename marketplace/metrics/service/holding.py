"""Views of a post are held back, let go, or taken away by the platform itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.metrics.models import HeldViews


def hold_views(
    session: Session, *, post_id: UUID, held_for: UUID, from_at: datetime, views: int
) -> None:
    """Let so many more views of a post not count from a reading on.

    held_for: what they are held for. Once for each reading.
    """
    session.add(
        HeldViews(id=new_id(), post_id=post_id, held_for=held_for, from_at=from_at, views=views)
    )


def let_count(session: Session, *, held_for: UUID) -> None:
    """Let all views count that were held for something. The second time nothing happens."""
    session.execute(delete(HeldViews).where(HeldViews.held_for == held_for))


def let_go_of_removed(session: Session, *, post_id: UUID, removed: int, from_at: datetime) -> None:
    """Hold so many fewer from a reading on: the platform has taken views away itself.

    Otherwise they would be taken out twice. What was held last is let go of first, and no more than
    is held. The second time for one reading nothing happens.
    """
    if _is_let_go(session, post_id, from_at):
        return
    held = session.execute(
        select(HeldViews.held_for, func.sum(HeldViews.views))
        .where(HeldViews.post_id == post_id, HeldViews.from_at < from_at)
        .group_by(HeldViews.held_for)
        .having(func.sum(HeldViews.views) > 0)
        .order_by(func.min(HeldViews.from_at).desc(), HeldViews.held_for)
    ).all()
    for held_for, views in held:
        less = min(removed, int(views))
        if less <= 0:
            return
        hold_views(session, post_id=post_id, held_for=held_for, from_at=from_at, views=-less)
        removed -= less


def _is_let_go(session: Session, post_id: UUID, from_at: datetime) -> bool:
    there = exists().where(
        HeldViews.post_id == post_id, HeldViews.from_at == from_at, HeldViews.views < 0
    )
    return bool(session.scalar(select(there)))
