"""What every page needs to know of the person who asks, in one question to the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, BrandMember, User
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor, Role
from marketplace.notifications.models import Notification
from marketplace.store.rows import plain_rows


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person with an account, as they were when the request began."""

    name: str
    email: str
    is_confirmed: bool
    is_closed: bool
    session_serial: int
    unread_count: int
    brand_names: Mapping[UUID, str]
    """Of the brands they are a member of."""
    actor: Actor
    country: str | None = None
    """Where the creator they are lives."""


def look_up(session: Session, user_id: UUID) -> Visitor | None:
    """Return who the person is, what they may act for and what they have not read yet."""
    found = plain_rows(session, _WHO, {"user_id": user_id}).one_or_none()
    if found is None:
        return None
    creator_id, country = found.creator or (None, None)
    brands = [(UUID(brand), Role(role), name) for brand, role, name in found.brands or ()]
    return Visitor(
        name=found.name,
        email=found.email,
        is_confirmed=found.email_confirmed_at is not None,
        is_closed=found.closed_at is not None,
        session_serial=found.session_serial,
        unread_count=found.unread,
        brand_names={brand: name for brand, _, name in brands},
        actor=Actor(
            user_id=user_id,
            brands={brand: role for brand, role, _ in brands},
            creator_id=UUID(creator_id) if creator_id else None,
            is_staff=found.is_staff,
        ),
        country=country,
    )


_WHO = select(
    User.name,
    User.email,
    User.email_confirmed_at,
    User.closed_at,
    User.session_serial,
    User.is_staff,
    select(func.json_agg(func.json_build_array(Brand.id, BrandMember.role, Brand.name)))
    .select_from(BrandMember)
    .join(Brand, Brand.id == BrandMember.brand_id)
    .where(BrandMember.user_id == User.id)
    .scalar_subquery()
    .label("brands"),
    select(func.json_build_array(Creator.id, Creator.country))
    .where(Creator.user_id == User.id)
    .scalar_subquery()
    .label("creator"),
    select(func.count())
    .where(Notification.user_id == User.id, Notification.read_at.is_(None))
    .scalar_subquery()
    .label("unread"),
).where(User.id == bindparam("user_id"))
