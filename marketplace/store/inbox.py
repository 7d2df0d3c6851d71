"""Webhooks, each kept once by its sender's id before anybody works on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.messages import Message
from marketplace.store.base import Base, Json, StateText, one_of
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post
from marketplace.store.paging import Page, page_of


class InboxState(StrEnum):
    """What became of a webhook."""

    WAITING = "waiting"
    HANDLED = "handled"
    UNUSED = "unused"
    """Nothing of ours depends on its kind."""
    ASIDE = "aside"
    """Nothing to act on: of the other mode, about an account we do not know, or about something
    that its sender does not know any more."""


@dataclass(frozen=True, slots=True)
class WebhookKept(Message):
    """A webhook was kept and waits to be handled."""

    inbox_id: UUID


class InboxMessage(Base):
    """One webhook as it came in; handled later by a job."""

    __tablename__ = "inbox_messages"
    __table_args__ = (
        one_of("state", InboxState),
        CheckConstraint("(state = 'waiting') = (handled_at IS NULL)", name="handled_is_dated"),
        UniqueConstraint("sender", "sender_id"),
        Index(
            "ix_inbox_messages_waiting", "received_at", postgresql_where=text("handled_at IS NULL")
        ),
        Index(None, "received_at"),
        Index(None, "object_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sender: Mapped[str]
    """Who sent it: ``stripe``, ``stripe_connect`` or ``tiktok``."""
    sender_id: Mapped[str]
    kind: Mapped[str]
    livemode: Mapped[bool] = mapped_column(default=False)
    account: Mapped[str | None]
    """The account at the sender that it happened in; None for our own."""
    object_id: Mapped[str] = mapped_column(default="")
    """The sender's id of what it is about."""
    body: Mapped[Json]
    state: Mapped[InboxState] = mapped_column(StateText(InboxState), default=InboxState.WAITING)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    """When it stopped waiting."""
    failure: Mapped[str | None]
    """Why it still waits, or why it was put aside."""


def keep_once(
    session: Session,
    *,
    sender: str,
    sender_id: str,
    kind: str,
    body: Json,
    now: datetime,
    livemode: bool = False,
    account: str | None = None,
    object_id: str = "",
    aside: str = "",
) -> UUID | None:
    """Keep a webhook and ring for it; return its row's id, or None when it was kept before.

    aside: why nobody is to act on it; then it is kept and nothing rings.
    """
    kept = session.scalar(
        insert(InboxMessage)
        .values(
            id=new_id(),
            sender=sender,
            sender_id=sender_id,
            kind=kind,
            livemode=livemode,
            account=account,
            object_id=object_id,
            body=body,
            state=InboxState.ASIDE if aside else InboxState.WAITING,
            received_at=now,
            handled_at=now if aside else None,
            failure=aside or None,
        )
        .on_conflict_do_nothing(index_elements=["sender", "sender_id"])
        .returning(InboxMessage.id)
    )
    if kept is not None and not aside:
        post(session, WebhookKept(inbox_id=kept))
    return kept


def conclude(
    session: Session, inbox_id: UUID, *, state: InboxState, now: datetime, why: str | None = None
) -> None:
    """Write down what became of a webhook. why: for one that was put aside."""
    kept = lock_row(session, InboxMessage, inbox_id)
    kept.state = state
    kept.handled_at = now
    kept.failure = why


def went_wrong(session: Session, inbox_id: UUID, *, why: str) -> None:
    """Write down why a webhook still waits."""
    lock_row(session, InboxMessage, inbox_id).failure = why[:2_000]


def handle_again(session: Session, inbox_id: UUID) -> None:
    """Have a webhook handled once more, whatever became of it; raises NotFound.

    Handling looks at the object as it is now, so a second time changes nothing that is right.
    """
    kept = lock_row(session, InboxMessage, inbox_id)
    kept.state = InboxState.WAITING
    kept.handled_at = kept.failure = None
    post(session, WebhookKept(inbox_id=inbox_id))


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


def kept_webhooks(
    session: Session, *, state: InboxState | None, about: str, page: int
) -> Page[InboxMessage]:
    """Webhooks newest first; of one state or all.

    about: the id of an object, an account or the webhook itself; empty for all.
    """
    statement = select(InboxMessage).order_by(
        InboxMessage.received_at.desc(), InboxMessage.id.desc()
    )
    if state is not None:
        statement = statement.where(InboxMessage.state == state)
    if about:
        statement = statement.where(
            or_(
                InboxMessage.object_id == about,
                InboxMessage.account == about,
                InboxMessage.sender_id == about,
            )
        )
    return page_of(session, statement, number=page)


def webhook_by_id(session: Session, inbox_id: UUID) -> InboxMessage:
    """A webhook by our own id of it; raises NotFound."""
    found = session.get(InboxMessage, inbox_id)
    if found is None:
        raise NotFound("webhook")
    return found


def stuck_count(session: Session) -> int:
    """How many webhooks wait because something went wrong."""
    return session.scalar(select(func.count()).where(*_STUCK)) or 0


_STUCK: Final = (InboxMessage.handled_at.is_(None), InboxMessage.failure.is_not(None))
ANY_STUCK: Final = exists().where(*_STUCK)
