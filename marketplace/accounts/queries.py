"""Reading people, brands and who belongs to which."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, BrandMember, MemberInvitation, User
from marketplace.accounts.rules import DeadLink, LinkFault
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import NotFound

WAITING_INVITATION: Final = and_(
    MemberInvitation.accepted_at.is_(None), MemberInvitation.revoked_at.is_(None)
)
"""Of an invitation to a team: nobody has answered it, and nobody has taken it back."""


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member on the team page."""

    user_id: UUID
    name: str
    email: str
    role: Role
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationCard:
    """What an invited person sees before they answer."""

    id: UUID
    brand_id: UUID
    brand_name: str
    invited_by: str
    email: str
    role: Role
    invited_at: datetime
    expires_at: datetime
    has_account: bool


def user_by_id(session: Session, user_id: UUID) -> User:
    """Return the person; raises NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("person")
    return user


def user_by_email(session: Session, email: str) -> User | None:
    """Return the person with this address, as ``clean_email`` gives it, if there is one."""
    return session.scalar(select(User).where(User.email == email))


def brand_by_id(session: Session, brand_id: UUID) -> Brand:
    """Return the brand; raises NotFound. Its name is public: scope by actor elsewhere."""
    brand = session.get(Brand, brand_id)
    if brand is None:
        raise NotFound("brand")
    return brand


def brand_names(session: Session, brand_ids: Collection[UUID]) -> dict[UUID, str]:
    """Brand id -> its name."""
    brands = session.scalars(select(Brand).where(Brand.id.in_(brand_ids)))
    return {brand.id: brand.name for brand in brands}


def brand_seen_by(session: Session, actor: Actor, brand_id: UUID) -> Brand:
    """Return the brand if this actor is a member of it, otherwise raise NotFound."""
    if not actor.belongs_to(brand_id):
        raise NotFound("brand")
    return brand_by_id(session, brand_id)


def brands_of(session: Session, *, user_id: UUID) -> list[Brand]:
    """Return the brands a person is a member of, by name."""
    return list(
        session.scalars(
            select(Brand)
            .join(BrandMember, BrandMember.brand_id == Brand.id)
            .where(BrandMember.user_id == user_id)
            .order_by(Brand.name, Brand.id)
        )
    )


def is_confirmed(session: Session, user_id: UUID) -> bool:
    """True when the person has shown that their e-mail address is theirs."""
    return bool(
        session.scalar(
            select(exists().where(User.id == user_id, User.email_confirmed_at.is_not(None)))
        )
    )


def members_of(session: Session, brand_id: UUID) -> list[MemberLine]:
    """Return the members of a brand in the order they joined."""
    rows = session.execute(
        select(User.id, User.name, User.email, BrandMember.role, BrandMember.joined_at)
        .join(BrandMember, BrandMember.user_id == User.id)
        .where(BrandMember.brand_id == brand_id)
        .order_by(BrandMember.joined_at, User.id)
    )
    return [MemberLine(*row) for row in rows]


def others_in(session: Session, brand_id: UUID, user_id: UUID | None) -> list[MemberLine]:
    """Return the members of a brand but one, in the order they joined."""
    return [each for each in members_of(session, brand_id) if each.user_id != user_id]


def people_who(session: Session, brand_id: UUID, roles: Collection[Role]) -> list[UUID]:
    """Return the ids of a brand's members in one of these roles: whom to tell."""
    return list(
        session.scalars(
            select(BrandMember.user_id)
            .where(BrandMember.brand_id == brand_id, BrandMember.role.in_(roles))
            .order_by(BrandMember.user_id)
        )
    )


def staff_ids(session: Session) -> list[UUID]:
    """Return the ids of all staff: whom to tell when the operator must act."""
    return list(
        session.scalars(
            select(User.id).where(User.is_staff, User.closed_at.is_(None)).order_by(User.id)
        )
    )


def open_invitations(session: Session, brand_id: UUID) -> list[MemberInvitation]:
    """Return a brand's invitations that nobody has answered or taken back, newest first."""
    return list(
        session.scalars(
            select(MemberInvitation)
            .where(MemberInvitation.brand_id == brand_id, WAITING_INVITATION)
            .order_by(MemberInvitation.invited_at.desc(), MemberInvitation.id)
        )
    )


def invitation_card(session: Session, *, invitation_id: UUID, now: datetime) -> InvitationCard:
    """Return an invitation that can still be accepted; raises DeadLink otherwise."""
    row = session.execute(
        select(MemberInvitation, Brand.name, User.name)
        .join(Brand, Brand.id == MemberInvitation.brand_id)
        .join(User, User.id == MemberInvitation.invited_by)
        .where(MemberInvitation.id == invitation_id)
    ).one_or_none()
    if row is None:
        raise DeadLink(LinkFault.BROKEN)
    invitation, brand_name, invited_by = row
    if (fault := fault_of(invitation, now=now)) is not None:
        raise DeadLink(fault)
    return InvitationCard(
        id=invitation.id,
        brand_id=invitation.brand_id,
        brand_name=brand_name,
        invited_by=invited_by,
        email=invitation.email,
        role=invitation.role,
        invited_at=invitation.invited_at,
        expires_at=invitation.expires_at,
        has_account=user_by_email(session, invitation.email) is not None,
    )


def fault_of(invitation: MemberInvitation, *, now: datetime) -> LinkFault | None:
    """Return why an invitation cannot be accepted, or None when it can."""
    if invitation.accepted_at is not None:
        return LinkFault.USED
    if invitation.revoked_at is not None:
        return LinkFault.REVOKED
    if invitation.expires_at <= now:
        return LinkFault.EXPIRED
    return None
