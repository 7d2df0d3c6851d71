"""Brands, who works for them, and how they came."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts import service as accounts
from marketplace.accounts.models import Brand, BrandMember
from marketplace.accounts.rules import DeadLink, LinkFault
from marketplace.kernel.actor import NOBODY, Actor, Role
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from tests.factories.accounts import (
    NOON,
    make_brand,
    make_invitation,
    make_member,
    make_user,
)
from tests.services.signing_up import HOUR, MINUTE, posted

# Brands


def create_brand(session: Session, actor: Actor, **changes: str) -> Brand:
    given = {"name": "Larch Outdoors", "country": "SE", "website": "larch.test"} | changes
    return accounts.create_brand(session, actor=actor, now=NOON, **given)


def test_who_creates_a_brand_owns_it(session: Session) -> None:
    me = Actor(user_id=make_user(session).id)
    brand = create_brand(session, me, name="  Larch   Outdoors ")
    assert (brand.name, brand.country, brand.website) == (
        "Larch Outdoors", "SE", "https://larch.test",
    )  # fmt: skip
    [owner] = queries.members_of(session, brand.id)
    assert (owner.user_id, owner.role) == (me.user_id, Role.OWNER)
    assert queries.brands_of(session, user_id=me.user_id) == [brand]


def test_a_second_click_makes_no_second_brand(session: Session) -> None:
    me = Actor(user_id=make_user(session).id)
    create_brand(session, me)
    session.flush()
    with pytest.raises(InvalidInput) as refusal:
        create_brand(session, me, name="larch outdoors")
    assert refusal.value.problems == {"name": "You are in a brand of this name already."}
    assert session.scalar(select(func.count()).select_from(Brand)) == 1


def test_every_problem_of_a_brand_is_said_at_once(session: Session) -> None:
    me = Actor(user_id=make_user(session).id)
    with pytest.raises(InvalidInput) as refusal:
        create_brand(session, me, name="", country="XX", website="ftp://larch.test")
    assert set(refusal.value.problems) == {"name", "country", "website"}


def test_nobody_creates_no_brand(session: Session) -> None:
    with pytest.raises(NotPermitted):
        create_brand(session, NOBODY)


# Teams


@pytest.fixture
def larch(session: Session) -> Brand:
    return make_brand(session)


@pytest.fixture
def olga(session: Session, larch: Brand) -> Actor:
    return make_member(session, brand=larch, role=Role.OWNER)


def invite(session: Session, actor: Actor, brand: Brand, email: str = "new@example.test", **more):
    given = {"role": Role.FINANCE, "now": NOON} | more
    found = accounts.invite_member(session, actor=actor, brand_id=brand.id, email=email, **given)
    session.flush()
    return found


def roles(session: Session, brand: Brand) -> dict[UUID, Role]:
    session.flush()
    return {line.user_id: line.role for line in queries.members_of(session, brand.id)}


def test_an_owner_invites_and_the_invited_join_with_their_role(
    session: Session, larch: Brand, olga: Actor
) -> None:
    invitation = invite(session, olga, larch, " New@example.test")
    assert posted(session) == [("MemberInvited", {"invitation_id": str(invitation.id)})]
    newcomer = make_user(session, email="new@example.test", email_confirmed_at=None)

    member = accounts.accept_invitation(
        session, actor=Actor(user_id=newcomer.id), invitation_id=invitation.id, now=NOON + HOUR
    )

    assert (member.role, member.joined_at) == (Role.FINANCE, NOON + HOUR)
    assert roles(session, larch) == {olga.user_id: Role.OWNER, newcomer.id: Role.FINANCE}
    assert newcomer.email_confirmed_at == NOON + HOUR
    assert queries.open_invitations(session, larch.id) == []
    with pytest.raises(DeadLink) as refusal:
        accounts.accept_invitation(
            session, actor=Actor(user_id=newcomer.id), invitation_id=invitation.id, now=NOON + HOUR
        )
    assert refusal.value.fault is LinkFault.USED


@pytest.mark.parametrize("role", [Role.MANAGER, Role.FINANCE, Role.VIEWER])
def test_only_owners_change_the_team(
    session: Session, larch: Brand, olga: Actor, role: Role
) -> None:
    member = make_member(session, brand=larch, role=role)
    invitation = invite(session, olga, larch)
    before = roles(session, larch)
    with pytest.raises(NotPermitted):
        invite(session, member, larch, "other@example.test")
    with pytest.raises(NotPermitted):
        accounts.change_role(
            session, actor=member, brand_id=larch.id, user_id=member.user_id, role=Role.OWNER
        )
    with pytest.raises(NotPermitted):
        accounts.remove_member(session, actor=member, brand_id=larch.id, user_id=olga.user_id)
    with pytest.raises(NotPermitted):
        accounts.revoke_invitation(
            session, actor=member, brand_id=larch.id, invitation_id=invitation.id, now=NOON
        )
    assert roles(session, larch) == before
    assert queries.open_invitations(session, larch.id) == [invitation]


def test_for_an_outsider_a_brand_does_not_exist(
    session: Session, larch: Brand, olga: Actor, mallory: Actor
) -> None:
    invitation = invite(session, olga, larch)
    rival = next(iter(mallory.brands))
    with pytest.raises(NotFound):
        invite(session, mallory, larch, "other@example.test")
    with pytest.raises(NotFound):
        accounts.remove_member(session, actor=mallory, brand_id=larch.id, user_id=olga.user_id)
    with pytest.raises(NotFound):
        accounts.remove_member(session, actor=mallory, brand_id=larch.id, user_id=mallory.user_id)
    with pytest.raises(NotFound):
        accounts.revoke_invitation(
            session, actor=mallory, brand_id=rival, invitation_id=invitation.id, now=NOON
        )
    with pytest.raises(NotFound):
        accounts.change_role(
            session, actor=mallory, brand_id=rival, user_id=olga.user_id, role=Role.VIEWER
        )
    with pytest.raises(NotFound):
        queries.brand_seen_by(session, mallory, larch.id)


def test_members_and_the_invited_are_not_invited_again(
    session: Session, larch: Brand, olga: Actor
) -> None:
    ben = make_user(session, email="ben@larch.test")
    make_member(session, brand=larch, user=ben)
    invite(session, olga, larch)
    with pytest.raises(InvalidInput, match="in the team already"):
        invite(session, olga, larch, "Ben@larch.test")
    with pytest.raises(InvalidInput, match="invited already"):
        invite(session, olga, larch, "NEW@example.test")
    assert len(posted(session)) == 1


def test_an_expired_invitation_opens_nothing_and_makes_room_for_a_new_one(
    session: Session, larch: Brand, olga: Actor
) -> None:
    old = invite(session, olga, larch)
    newcomer = Actor(user_id=make_user(session, email="new@example.test").id)
    week_later = NOON + timedelta(days=7)
    with pytest.raises(DeadLink) as refusal:
        accounts.accept_invitation(session, actor=newcomer, invitation_id=old.id, now=week_later)
    assert refusal.value.fault is LinkFault.EXPIRED

    fresh = invite(session, olga, larch, now=week_later)
    assert queries.open_invitations(session, larch.id) == [fresh]
    accounts.accept_invitation(session, actor=newcomer, invitation_id=fresh.id, now=week_later)


def test_an_invitation_taken_back_opens_nothing(
    session: Session, larch: Brand, olga: Actor
) -> None:
    invitation = invite(session, olga, larch)
    newcomer = Actor(user_id=make_user(session, email="new@example.test").id)
    for later in (MINUTE, HOUR):
        accounts.revoke_invitation(
            session,
            actor=olga,
            brand_id=larch.id,
            invitation_id=invitation.id,
            now=NOON + later,
        )
    assert invitation.revoked_at == NOON + MINUTE
    with pytest.raises(DeadLink) as refusal:
        accounts.accept_invitation(
            session, actor=newcomer, invitation_id=invitation.id, now=NOON + HOUR
        )
    assert refusal.value.fault is LinkFault.REVOKED
    with pytest.raises(DeadLink) as shown:
        queries.invitation_card(session, invitation_id=invitation.id, now=NOON)
    assert shown.value.fault is LinkFault.REVOKED
    assert roles(session, larch) == {olga.user_id: Role.OWNER}


def test_an_accepted_invitation_cannot_be_taken_back(
    session: Session, larch: Brand, olga: Actor
) -> None:
    invitation = invite(session, olga, larch)
    newcomer = Actor(user_id=make_user(session, email="new@example.test").id)
    accounts.accept_invitation(session, actor=newcomer, invitation_id=invitation.id, now=NOON)
    with pytest.raises(Conflict, match="accepted meanwhile"):
        accounts.revoke_invitation(
            session, actor=olga, brand_id=larch.id, invitation_id=invitation.id, now=NOON
        )


def test_an_invitation_is_for_one_address(session: Session, larch: Brand, olga: Actor) -> None:
    invitation = invite(session, olga, larch)
    other = make_user(session, email="other@example.test")
    with pytest.raises(Conflict, match=r"for new@example\.test, you are other@example\.test"):
        accounts.accept_invitation(
            session, actor=Actor(user_id=other.id), invitation_id=invitation.id, now=NOON
        )
    assert invitation.accepted_at is None


def test_joining_a_second_time_keeps_the_role_one_has(
    session: Session, larch: Brand, olga: Actor
) -> None:
    invitation = invite(session, olga, larch)
    joined = make_member(
        session, brand=larch, role=Role.MANAGER, user=make_user(session, email="new@example.test")
    )
    member = accounts.accept_invitation(
        session, actor=joined, invitation_id=invitation.id, now=NOON
    )
    assert member.role is Role.MANAGER
    assert invitation.accepted_at == NOON


def test_who_has_not_confirmed_their_own_address_invites_nobody(
    session: Session, larch: Brand
) -> None:
    unsure = make_member(
        session, brand=larch, role=Role.OWNER, user=make_user(session, email_confirmed_at=None)
    )
    with pytest.raises(NotPermitted, match="before you have confirmed"):
        invite(session, unsure, larch)
    assert posted(session) == []


def test_fifty_invitations_are_enough(session: Session, larch: Brand, olga: Actor) -> None:
    for number in range(50):
        make_invitation(session, brand=larch, invited_by=olga, email=f"guest{number}@example.test")
    with pytest.raises(InvalidInput, match="50 invitations wait"):
        invite(session, olga, larch)


def test_the_last_owner_neither_leaves_nor_is_demoted(
    session: Session, larch: Brand, olga: Actor
) -> None:
    with pytest.raises(Conflict, match="Invite somebody as owner first"):
        accounts.remove_member(session, actor=olga, brand_id=larch.id, user_id=olga.user_id)
    make_member(session, brand=larch, role=Role.VIEWER)
    with pytest.raises(Conflict, match="Make somebody else an owner first"):
        accounts.change_role(
            session, actor=olga, brand_id=larch.id, user_id=olga.user_id, role=Role.VIEWER
        )
    assert roles(session, larch)[olga.user_id] is Role.OWNER


def test_one_of_two_owners_may_go(session: Session, larch: Brand, olga: Actor) -> None:
    second = make_member(session, brand=larch, role=Role.VIEWER)
    accounts.change_role(
        session, actor=olga, brand_id=larch.id, user_id=second.user_id, role=Role.OWNER
    )
    session.flush()
    accounts.remove_member(session, actor=olga, brand_id=larch.id, user_id=olga.user_id)
    assert roles(session, larch) == {second.user_id: Role.OWNER}


def test_anybody_may_leave_and_owners_take_people_out(
    session: Session, larch: Brand, olga: Actor
) -> None:
    leaver = make_member(session, brand=larch, role=Role.VIEWER)
    removed = make_member(session, brand=larch, role=Role.FINANCE)
    accounts.remove_member(session, actor=leaver, brand_id=larch.id, user_id=leaver.user_id)
    accounts.remove_member(session, actor=olga, brand_id=larch.id, user_id=removed.user_id)
    assert roles(session, larch) == {olga.user_id: Role.OWNER}
    with pytest.raises(NotFound):
        accounts.remove_member(session, actor=olga, brand_id=larch.id, user_id=removed.user_id)


def test_people_to_tell_are_found_by_role(session: Session, larch: Brand, olga: Actor) -> None:
    fiona = make_member(session, brand=larch, role=Role.FINANCE)
    make_member(session, brand=larch, role=Role.VIEWER)
    make_member(session, brand=make_brand(session, name="Other"), role=Role.OWNER)
    assert queries.people_who(session, larch.id, {Role.OWNER, Role.FINANCE}) == sorted(
        [olga.user_id, fiona.user_id]
    )


def test_what_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        queries.user_by_id(session, uuid4())
    with pytest.raises(NotFound):
        queries.brand_by_id(session, uuid4())
    with pytest.raises(DeadLink):
        queries.invitation_card(session, invitation_id=uuid4(), now=NOON)
    with pytest.raises(DeadLink):
        accounts.accept_invitation(
            session, actor=Actor(user_id=make_user(session).id), invitation_id=uuid4(), now=NOON
        )
    assert session.scalars(select(BrandMember)).all() == []
