"""Tell everybody whom a turn of things concerns: staff, who pays for a brand, a creator."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.kernel.actor import Role
from marketplace.notifications import service as notifications
from marketplace.payouts import queries as payouts

PAY_ROLES: Final = (Role.OWNER, Role.FINANCE)


def tell_payers(
    session: Session,
    brand_id: UUID,
    *,
    kind: str,
    about: UUID,
    title: str,
    text: str,
    path: str,
    now: datetime,
    on: date | None = None,
) -> None:
    """Tell those who may move the brand's money, once for each kind and thing.

    on: once a day for that thing.
    """
    about_then = about if on is None else f"{about}:{on}"
    people = accounts.people_who(session, brand_id, PAY_ROLES)
    notifications.tell_each(
        session, people, kind=kind, about=about_then, title=title, text=text, path=path, now=now
    )


def tell_staff(
    session: Session,
    *,
    kind: str,
    about: UUID | str,
    title: str,
    text: str,
    path: str,
    now: datetime,
    but: UUID | None = None,
) -> None:
    """Tell every member of staff, once for each kind and thing. but: who is not told."""
    people = [user_id for user_id in accounts.staff_ids(session) if user_id != but]
    notifications.tell_each(
        session, people, kind=kind, about=about, title=title, text=text, path=path, now=now
    )


def tell_earner(
    session: Session,
    creator_id: UUID,
    *,
    kind: str,
    about: UUID | str,
    title: str,
    text: str,
    path: str = "/creator/earnings",
    now: datetime,
) -> None:
    """Tell a creator, once for each kind and thing; nobody where no person is the creator."""
    user_id = payouts.user_of(session, creator_id)
    if user_id is not None:
        notifications.tell(
            session,
            user_id=user_id,
            kind=kind,
            title=title,
            text=text,
            path=path,
            once_key=f"{kind}:{about}",
            now=now,
        )
