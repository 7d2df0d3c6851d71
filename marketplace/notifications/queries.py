"""Reading what people were told."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.notifications.models import Notification
from marketplace.store.paging import Page, page_of


def unread_count(session: Session, user_id: UUID) -> int:
    """Return how many notifications of a person they have not read."""
    unread = select(func.count()).where(
        Notification.user_id == user_id, Notification.read_at.is_(None)
    )
    return session.scalar(unread) or 0


def notifications_of(session: Session, user_id: UUID, *, page: int) -> Page[Notification]:
    """Return one page of a person's notifications, newest first."""
    mine = (
        select(Notification)
        .where(Notification.user_id == user_id)
        .order_by(Notification.created_at.desc(), Notification.id.desc())
    )
    return page_of(session, mine, number=page)
