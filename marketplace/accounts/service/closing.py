"""A person closes their account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.messages import AccountClosed
from marketplace.accounts.models import Brand, BrandMember, MemberInvitation, User
from marketplace.accounts.service.signing_in import NO_PASSWORD
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Conflict
from marketplace.kernel.sentences import Sentence
from marketplace.store.locks import lock_row, lock_rows
from marketplace.store.outbox import post


def close(session: Session, *, user_id: UUID, now: datetime) -> None:
    """Close an account: every session and link of it ends, and its address is free again.

    The person leaves every brand that has others; of one that has nobody else, invitations to its
    team are taken back. Whether anything keeps the account open is for the room above all money to
    ask (``payouts.service.close_account``). A second time changes nothing. Raises NotFound,
    Conflict when a brand would be left without an owner, or this installation without staff.
    """
    staff = set(queries.staff_ids(session))
    if user_id in staff:
        lock_rows(session, User, staff)  # two who close at the same time do not both go
        _keep_staff(session, user_id)
    user = lock_row(session, User, user_id)
    if user.closed_at is not None:
        return
    memberships = session.scalars(
        select(BrandMember).where(BrandMember.user_id == user_id).order_by(BrandMember.brand_id)
    ).all()
    for membership in memberships:
        _leave(session, membership, now)
    post(session, AccountClosed(email=user.email, person=user.name))
    user.email = f"{user.id}@closed.invalid"
    user.password_hash = NO_PASSWORD
    user.link_serial += 1
    user.session_serial += 1
    user.closed_at = now


def _keep_staff(session: Session, leaving: UUID) -> None:
    if set(queries.staff_ids(session)) <= {leaving}:
        raise Conflict("Nobody else is staff here. Have somebody else made staff first")


def _leave(session: Session, membership: BrandMember, now: datetime) -> None:
    """Leave a brand to the others; whoever is alone in one stays, for what it has to keep."""
    brand = lock_row(session, Brand, membership.brand_id)
    others = queries.others_in(session, brand.id, membership.user_id)
    if not others:
        # whoever is about to accept one is waited for, and then they are no longer alone
        _take_back_invitations(session, brand.id, now)
        others = queries.others_in(session, brand.id, membership.user_id)
    if not others:
        return
    if not any(each.role is Role.OWNER for each in others):
        raise Conflict(
            Sentence("{brand} has no other owner. Make somebody one first", brand=brand.name)
        )
    session.delete(membership)


def _take_back_invitations(session: Session, brand_id: UUID, now: datetime) -> None:
    session.execute(
        update(MemberInvitation)
        .where(MemberInvitation.brand_id == brand_id, queries.WAITING_INVITATION)
        .values(revoked_at=now)
    )
