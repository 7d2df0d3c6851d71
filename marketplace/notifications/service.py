"""Telling people what happened, and remembering what they have read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.notifications.messages import NotificationWritten
from marketplace.notifications.models import Notification
from marketplace.notifications.rules import check_path
from marketplace.store.outbox import post


@dataclass(frozen=True, slots=True)
class Letter:
    """A notification that is to go out by e-mail."""

    to: str
    name: str
    title: str
    text: str
    path: str


def tell(
    session: Session,
    *,
    user_id: UUID,
    kind: str,
    title: str,
    text: str,
    path: str,
    now: datetime,
    once_key: str | None = None,
) -> Notification | None:
    """Tell a person something, on their page and by e-mail.

    path: where to act on it, a path of this site.
    once_key: telling again under the same key, to whomever, does nothing and returns None.
    Raises InvalidInput for a path that leads elsewhere.
    """
    written = session.scalar(
        insert(Notification)
        .values(
            id=new_id(),
            user_id=user_id,
            kind=kind,
            title=title,
            text=text,
            path=check_path(path),
            once_key=once_key,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Notification.once_key])
        .returning(Notification)
    )
    if written is not None:
        post(session, NotificationWritten(notification_id=written.id))
    return written


def tell_each(
    session: Session,
    user_ids: Iterable[UUID],
    *,
    kind: str,
    about: UUID | str,
    title: str,
    text: str,
    path: str,
    now: datetime,
) -> None:
    """Tell several people, each once for this kind and thing. about: which thing."""
    for user_id in user_ids:
        tell(
            session,
            user_id=user_id,
            kind=kind,
            title=title,
            text=text,
            path=path,
            now=now,
            once_key=f"{kind}:{about}:{user_id}",
        )


def mark_read(
    session: Session, *, actor: Actor, notification_id: UUID, now: datetime
) -> Notification:
    """Note that a person has seen a notification; a second time keeps the first moment.

    Raises NotFound for another person's.
    """
    found = session.get(Notification, notification_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound("notification")
    found.read_at = found.read_at or now
    return found


def mark_all_read(session: Session, *, actor: Actor, now: datetime) -> int:
    """Note that a person has seen everything so far; return how many were new."""
    changed = session.scalars(
        update(Notification)
        .where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))
        .values(read_at=now)
        .returning(Notification.id)
    ).all()
    return len(changed)


def letter_for(session: Session, *, notification_id: UUID) -> Letter | None:
    """Return what to send for a notification, or None when there is nothing to send.

    Nothing is sent twice, nor what was read on the page meanwhile, nor to an address that nobody
    has confirmed, nor to a closed account.
    """
    row = session.execute(_LETTER, {"notification": notification_id}).first()
    return None if row is None else Letter(*row)


def record_emailed(session: Session, *, notification_id: UUID, now: datetime) -> None:
    """Remember that a notification went out by e-mail."""
    session.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.emailed_at.is_(None))
        .values(emailed_at=now)
    )


_LETTER: Final = (
    select(User.email, User.name, Notification.title, Notification.text, Notification.path)
    .join(User, User.id == Notification.user_id)
    .where(
        Notification.id == bindparam("notification"),
        Notification.emailed_at.is_(None),
        Notification.read_at.is_(None),
        User.email_confirmed_at.is_not(None),
        User.closed_at.is_(None),
    )
)
