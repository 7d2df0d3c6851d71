"""People who sign up, and what is posted for them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.accounts.models import User
from marketplace.store.outbox import OutboxMessage
from tests.factories.accounts import (
    NOON,
    PASSWORD,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
HERE = "192.0.2.7"


def posted(session: Session) -> list[tuple[str, dict[str, str]]]:
    session.flush()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.name, row.body) for row in rows]


def sign_up(session: Session, email: str = "Nia@Example.test", **changes: object) -> User | None:
    given = {"email": email, "name": "Nia Example", "password": PASSWORD, "now": NOON} | changes
    return accounts.sign_up(session, **given)


def try_password(
    session: Session, email: str, password: str, *, now=NOON, address: str = HERE
) -> User | None:
    found = accounts.check_password(
        session, email=email, password=password, address=address, now=now
    )
    session.flush()
    return found
