"""Brands and who belongs to their teams."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.messages import MemberInvited
from marketplace.accounts.models import Brand, BrandMember, MemberInvitation, User
from marketplace.accounts.rules import (
    INVITATION_LIFE,
    DeadLink,
    LinkFault,
    clean_country,
    clean_email,
    clean_name,
    clean_website,
    may_manage_team,
)
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post

_OPEN_INVITATIONS_LIMIT: Final = 50


def create_brand(
    session: Session, *, actor: Actor, name: str, country: str, website: str, now: datetime
) -> Brand:
    """Make a brand with the actor as its owner.

    The same name twice for one person is refused, so that a second click makes no second brand.
    Raises InvalidInput, NotPermitted.
    """
    user = lock_row(session, User, _person(actor, "create a brand"))
    problems: dict[str, str] = {}
    kept_name, kept_country, kept_website = "", "", ""
    try:
        kept_name = clean_name(name)
    except InvalidInput as refusal:
        problems |= refusal.problems
    try:
        kept_country = clean_country(country)
    except InvalidInput as refusal:
        problems |= refusal.problems
    try:
        kept_website = clean_website(website)
    except InvalidInput as refusal:
        problems |= refusal.problems
    mine = queries.brands_of(session, user_id=user.id)
    if kept_name.casefold() in {brand.name.casefold() for brand in mine}:
        problems["name"] = "You are in a brand of this name already."
    if problems:
        raise InvalidInput(problems)
    brand = Brand(
        id=new_id(), name=kept_name, country=kept_country, website=kept_website, created_at=now
    )
    session.add(brand)
    session.flush()  # the member's row points at the brand's
    session.add(BrandMember(brand_id=brand.id, user_id=user.id, role=Role.OWNER, joined_at=now))
    return brand


def invite_member(
    session: Session, *, actor: Actor, brand_id: UUID, email: str, role: Role, now: datetime
) -> MemberInvitation:
    """Ask a person to join a brand; they are written to, whether they have an account or not.

    Raises NotFound, NotPermitted (also before the actor has confirmed their own address),
    InvalidInput.
    """
    brand = _team_of(session, actor, brand_id, act="invite people to this brand")
    actor_id = _person(actor, "invite people")
    if not queries.is_confirmed(session, actor_id):
        raise NotPermitted("invite people before you have confirmed your e-mail address")
    kept_email = clean_email(email)
    if kept_email in {member.email for member in queries.members_of(session, brand.id)}:
        raise InvalidInput({"email": "This person is in the team already."})
    waiting = queries.open_invitations(session, brand.id)
    for earlier in waiting:
        if earlier.email == kept_email and earlier.expires_at > now:
            raise InvalidInput({"email": "This person is invited already. Take that back first."})
        if earlier.email == kept_email:
            earlier.revoked_at = now
    if len(waiting) >= _OPEN_INVITATIONS_LIMIT:
        text = f"{_OPEN_INVITATIONS_LIMIT} invitations wait for an answer. Take some back first."
        raise InvalidInput({"email": text})
    session.flush()  # an expired invitation makes room before its successor is written
    invitation = MemberInvitation(
        id=new_id(),
        brand_id=brand.id,
        email=kept_email,
        role=role,
        invited_by=actor_id,
        invited_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    session.add(invitation)
    post(session, MemberInvited(invitation_id=invitation.id))
    return invitation


def revoke_invitation(
    session: Session, *, actor: Actor, brand_id: UUID, invitation_id: UUID, now: datetime
) -> MemberInvitation:
    """Take an invitation back; a second time changes nothing.

    Raises NotFound, NotPermitted, Conflict when it was accepted meanwhile.
    """
    _team_of(session, actor, brand_id, act="take back invitations of this brand")
    invitation = _locked_invitation(session, invitation_id)
    if invitation is None or invitation.brand_id != brand_id:
        raise NotFound("invitation")
    if invitation.accepted_at is not None:
        raise Conflict("This invitation was accepted meanwhile")
    invitation.revoked_at = invitation.revoked_at or now
    return invitation


def accept_invitation(
    session: Session, *, actor: Actor, invitation_id: UUID, now: datetime
) -> BrandMember:
    """Join a brand. The caller has read the invitation's signed link, so the address is confirmed.

    A person who is a member meanwhile keeps their role.
    Raises DeadLink, Conflict when the invitation is for another address.
    """
    user = lock_row(session, User, _person(actor, "join a brand"))
    invitation = _locked_invitation(session, invitation_id)
    if invitation is None:
        raise DeadLink(LinkFault.BROKEN)
    if (fault := queries.fault_of(invitation, now=now)) is not None:
        raise DeadLink(fault)
    if invitation.email != user.email:
        raise Conflict(f"This invitation is for {invitation.email}, you are {user.email}")
    session.execute(
        insert(BrandMember)
        .values(brand_id=invitation.brand_id, user_id=user.id, role=invitation.role, joined_at=now)
        .on_conflict_do_nothing()
    )
    invitation.accepted_at = now
    user.email_confirmed_at = user.email_confirmed_at or now
    return session.get_one(BrandMember, (invitation.brand_id, user.id))


def change_role(
    session: Session, *, actor: Actor, brand_id: UUID, user_id: UUID, role: Role
) -> BrandMember:
    """Give a member another role.

    Raises NotFound, NotPermitted, Conflict when the brand would have no owner.
    """
    _team_of(session, actor, brand_id, act="change roles of this brand")
    member = _member(session, brand_id, user_id)
    if member.role is Role.OWNER and role is not Role.OWNER:
        _keep_an_owner(session, brand_id)
    member.role = role
    return member


def remove_member(session: Session, *, actor: Actor, brand_id: UUID, user_id: UUID) -> None:
    """Take a member out of a brand; everybody may take out themselves, owners anybody.

    Raises NotFound, NotPermitted, Conflict when the brand would have no owner.
    """
    if user_id == actor.user_id:
        queries.brand_seen_by(session, actor, brand_id)
        lock_row(session, Brand, brand_id)
    else:
        _team_of(session, actor, brand_id, act="take people out of this brand")
    member = _member(session, brand_id, user_id)
    if member.role is Role.OWNER:
        _keep_an_owner(session, brand_id)
    session.delete(member)


def _team_of(session: Session, actor: Actor, brand_id: UUID, *, act: str) -> Brand:
    queries.brand_seen_by(session, actor, brand_id)
    if not may_manage_team(actor.brands.get(brand_id)):
        raise NotPermitted(act)
    return lock_row(session, Brand, brand_id)


def _member(session: Session, brand_id: UUID, user_id: UUID) -> BrandMember:
    member = session.get(BrandMember, (brand_id, user_id), populate_existing=True)
    if member is None:
        raise NotFound("member")
    return member


def _keep_an_owner(session: Session, brand_id: UUID) -> None:
    if len(queries.people_who(session, brand_id, {Role.OWNER})) >= 2:
        return
    if len(queries.members_of(session, brand_id)) == 1:
        raise Conflict("A brand needs an owner. Invite somebody as owner first")
    raise Conflict("A brand needs an owner. Make somebody else an owner first")


def _locked_invitation(session: Session, invitation_id: UUID) -> MemberInvitation | None:
    return session.get(MemberInvitation, invitation_id, with_for_update=True)


def _person(actor: Actor, act: str) -> UUID:
    if actor.user_id is None:
        raise NotPermitted(act)
    return actor.user_id
