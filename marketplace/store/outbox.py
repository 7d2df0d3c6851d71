"""Messages that rooms leave in their own transaction, for the relay to carry on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.messages import Message
from marketplace.store.base import Base, Json
from marketplace.store.paging import Page, page_of
from marketplace.store.rows import insert_rows


class OutboxMessage(Base):
    """A fact that happened; written with the change it speaks of, or not at all."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_waiting", "id", postgresql_where=text("relayed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    body: Mapped[Json]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    relayed_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    """When the mail that it asks for went out, where nothing else remembers that."""
    failed_job: Mapped[str | None]
    """The job that gave up on it, for the operator to see and try again."""
    failure: Mapped[str | None]


def post(session: Session, message: Message) -> None:
    """Leave a message; it goes out only if this transaction commits."""
    session.add(OutboxMessage(id=new_id(), name=message.name(), body=message.to_json()))


def post_all(session: Session, messages: Sequence[Message]) -> None:
    """Leave many messages in one statement."""
    insert_rows(
        session,
        OutboxMessage,
        [{"id": new_id(), "name": each.name(), "body": each.to_json()} for each in messages],
    )


def failed(session: Session, *, page: int) -> Page[OutboxMessage]:
    """Messages that a job gave up on, newest first."""
    return page_of(session, _FAILED, number=page)


def retry(session: Session, message_id: UUID) -> None:
    """Leave the message once more, for all its jobs, and call the failure dealt with.

    Raises NotFound, and Conflict when it has not failed or was tried again already.
    """
    message = session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if message is None:
        raise NotFound("message")
    if message.failure is None:
        raise Conflict("This message has been tried again already")
    message.failure = message.failed_job = None
    session.add(OutboxMessage(id=new_id(), name=message.name, body=message.body))


_FAILED: Final = (
    select(OutboxMessage)
    .where(OutboxMessage.failure.is_not(None))
    .order_by(OutboxMessage.posted_at.desc(), OutboxMessage.id.desc())
)
ANY_FAILED: Final = _FAILED.exists()
