"""People, brands and teams for tests."""

from __future__ import annotations

from datetime import UTC, datetime

from argon2 import PasswordHasher, profiles
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, BrandMember, MemberInvitation, User
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.ids import new_id

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PASSWORD = "three quiet kettles"
CHEAP = PasswordHasher.from_parameters(profiles.CHEAPEST)
"""Hashes the passwords of tests: the product's own parameters take long, by design."""


def make_user(
    session: Session,
    *,
    name: str = "Nia Example",
    email: str | None = None,
    password: str = PASSWORD,
    is_staff: bool = False,
    email_confirmed_at: datetime | None = NOON,
    closed_at: datetime | None = None,
) -> User:
    user_id = new_id()
    user = User(
        id=user_id,
        email=email or f"{user_id.hex}@example.test",
        name=name,
        password_hash=CHEAP.hash(password),
        is_staff=is_staff,
        email_confirmed_at=email_confirmed_at,
        link_serial=0,
        session_serial=0,
        created_at=NOON,
        closed_at=closed_at,
    )
    session.add(user)
    session.flush()
    return user


def make_brand(
    session: Session, *, name: str = "Larch Outdoors", country: str = "SE", website: str = ""
) -> Brand:
    brand = Brand(id=new_id(), name=name, country=country, website=website, created_at=NOON)
    session.add(brand)
    session.flush()
    return brand


def make_member(
    session: Session, *, brand: Brand, role: Role = Role.MANAGER, user: User | None = None
) -> Actor:
    """Somebody who acts for the brand; a new person unless one is given."""
    person = user or make_user(session)
    session.add(BrandMember(brand_id=brand.id, user_id=person.id, role=role, joined_at=NOON))
    session.flush()
    return Actor(user_id=person.id, brands={brand.id: role}, is_staff=person.is_staff)


def make_invitation(
    session: Session,
    *,
    brand: Brand,
    invited_by: Actor,
    email: str,
    role: Role = Role.MANAGER,
    expires_at: datetime = datetime(2026, 11, 9, 12, tzinfo=UTC),
) -> MemberInvitation:
    invitation = MemberInvitation(
        id=new_id(),
        brand_id=brand.id,
        email=email,
        role=role,
        invited_by=invited_by.user_id,
        invited_at=NOON,
        expires_at=expires_at,
    )
    session.add(invitation)
    session.flush()
    return invitation
