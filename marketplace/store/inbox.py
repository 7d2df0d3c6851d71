"""Webhooks, each kept once by its sender's id before anybody works on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kernel.ids import new_id
from marketplace.kernel.messages import Message
from marketplace.store.base import Base, Json
from marketplace.store.outbox import post


@dataclass(frozen=True, slots=True)
class WebhookKept(Message):
    """A webhook was kept and waits to be handled."""

    inbox_id: UUID


class InboxMessage(Base):
    """One webhook as it came in; handled later by a job."""

    __tablename__ = "inbox_messages"
    __table_args__ = (
        UniqueConstraint("sender", "sender_id"),
        Index(
            "ix_inbox_messages_waiting", "received_at", postgresql_where=text("handled_at IS NULL")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sender: Mapped[str]
    """Who sent it: ``stripe``, ``stripe_connect`` or ``tiktok``."""
    sender_id: Mapped[str]
    kind: Mapped[str]
    body: Mapped[Json]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    failure: Mapped[str | None]


def keep_once(
    session: Session, *, sender: str, sender_id: str, kind: str, body: Json, now: datetime
) -> UUID | None:
    """Keep a webhook and ring for it; return its row's id, or None when it was kept before."""
    kept = session.scalar(
        insert(InboxMessage)
        .values(
            id=new_id(), sender=sender, sender_id=sender_id, kind=kind, body=body, received_at=now
        )
        .on_conflict_do_nothing(index_elements=["sender", "sender_id"])
        .returning(InboxMessage.id)
    )
    if kept is not None:
        post(session, WebhookKept(inbox_id=kept))
    return kept


def ring_waiting(session: Session, *, received_before: datetime, received_after: datetime) -> int:
    """Ring again for webhooks of that time that nobody has handled; return how many."""
    waiting = session.scalars(
        select(InboxMessage.id)
        .where(
            InboxMessage.handled_at.is_(None),
            InboxMessage.received_at < received_before,
            InboxMessage.received_at > received_after,
        )
        .order_by(InboxMessage.received_at)
        .limit(1_000)
    ).all()
    for inbox_id in waiting:
        post(session, WebhookKept(inbox_id=inbox_id))
    return len(waiting)
