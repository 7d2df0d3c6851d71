"""Signing up and in, links by e-mail, brands and their teams."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts import service as accounts
from marketplace.accounts.models import Brand, BrandMember, SignInAttempt, User
from marketplace.accounts.rules import DeadLink, Link, LinkFault, TooManyTries
from marketplace.kernel.actor import NOBODY, Actor, Role
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.store.outbox import OutboxMessage
from tests.factories.accounts import (
    NOON,
    PASSWORD,
    make_brand,
    make_invitation,
    make_member,
    make_user,
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


# Signing up


def test_signing_up_makes_a_person_and_asks_them_to_confirm(session: Session) -> None:
    user = sign_up(session)

    assert user is not None
    assert (user.email, user.name, user.is_staff) == ("nia@example.test", "Nia Example", False)
    assert user.email_confirmed_at is None
    assert not queries.is_confirmed(session, user.id)
    assert PASSWORD not in user.password_hash
    assert user.password_hash.startswith("$argon2id$")
    assert posted(session) == [("ConfirmationWanted", {"user_id": str(user.id)})]


def test_signing_up_again_changes_nothing_and_writes_to_the_holder(session: Session) -> None:
    first = sign_up(session)
    assert first is not None
    kept_hash = first.password_hash

    again = sign_up(
        session, "NIA@example.test ", name="Somebody", password="a better idea", now=NOON + HOUR
    )

    assert again is None
    session.refresh(first)
    assert (first.name, first.password_hash) == ("Nia Example", kept_hash)
    assert posted(session)[1:] == [("SignUpRepeated", {"user_id": str(first.id)})]


def test_the_holder_is_written_to_at_most_once_a_minute(session: Session) -> None:
    sign_up(session)
    for seconds in (10, 70, 80):
        assert sign_up(session, now=NOON + timedelta(seconds=seconds)) is None
    assert [name for name, _ in posted(session)] == ["ConfirmationWanted", "SignUpRepeated"]


def test_every_problem_of_a_sign_up_is_said_at_once(session: Session) -> None:
    with pytest.raises(InvalidInput) as refusal:
        sign_up(session, "nia", name=" ", password="short")
    assert set(refusal.value.problems) == {"email", "name", "password"}
    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_asking_for_many_known_addresses_closes_the_door(session: Session) -> None:
    known = [make_user(session).email for _ in range(30)]
    for email in known:
        assert sign_up(session, email, address=HERE) is None
        session.flush()
    with pytest.raises(TooManyTries):
        sign_up(session, "new@example.test", address=HERE)


# Signing in


def test_the_right_password_signs_in_whatever_the_case_of_the_address(session: Session) -> None:
    user = make_user(session, email="nia@example.test")
    found = try_password(session, " NIA@Example.test", PASSWORD)
    assert found is user
    attempt = session.scalars(select(SignInAttempt)).one()
    assert (attempt.email, attempt.address, attempt.succeeded, attempt.tried_at) == (
        "nia@example.test", HERE, True, NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nia@example.test", "three loud kettles"),
        ("unknown@example.test", PASSWORD),
        ("not an address", PASSWORD),
        ("nia@example.test", ""),
    ],
)
def test_what_does_not_fit_signs_nobody_in_and_is_written_down(
    session: Session, email: str, password: str
) -> None:
    make_user(session, email="nia@example.test")
    assert try_password(session, email, password) is None
    assert session.scalars(select(SignInAttempt.succeeded)).all() == [False]


def test_a_closed_account_and_one_without_a_password_cannot_sign_in(session: Session) -> None:
    closed = make_user(session, closed_at=NOON)
    waiting = make_user(session)
    waiting.password_hash = ""
    assert try_password(session, closed.email, PASSWORD) is None
    assert try_password(session, waiting.email, "") is None


def test_ten_failures_close_the_door_for_that_address_even_to_the_right_password(
    session: Session,
) -> None:
    user = make_user(session)
    for _ in range(10):
        assert try_password(session, user.email, "three loud kettles") is None
    with pytest.raises(TooManyTries):
        try_password(session, user.email, PASSWORD)
    with pytest.raises(TooManyTries):
        try_password(session, user.email, PASSWORD, now=NOON + 14 * MINUTE, address="192.0.2.8")

    assert try_password(session, user.email, PASSWORD, now=NOON + 15 * MINUTE) is user


def test_thirty_failures_from_one_place_close_the_door_for_that_place_only(
    session: Session,
) -> None:
    user = make_user(session)
    for number in range(30):
        session.add(
            SignInAttempt(
                email=f"guess{number}@example.test", address=HERE, succeeded=False, tried_at=NOON
            )
        )
    session.flush()
    with pytest.raises(TooManyTries):
        try_password(session, user.email, PASSWORD)
    assert try_password(session, user.email, PASSWORD, address="192.0.2.8") is user


def test_a_hash_of_older_parameters_is_renewed_when_its_password_is_given(
    session: Session,
) -> None:
    user = make_user(session)
    user.password_hash = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    session.flush()
    assert try_password(session, user.email, PASSWORD) is user
    assert not PasswordHasher().check_needs_rehash(user.password_hash)
    assert PasswordHasher().verify(user.password_hash, PASSWORD)


def test_old_attempts_are_forgotten(session: Session) -> None:
    user = make_user(session)
    try_password(session, user.email, "three loud kettles")
    try_password(session, user.email, "three loud kettles", now=NOON + 2 * HOUR)
    assert accounts.forget_attempts(session, now=NOON + 25 * HOUR) == 1
    assert accounts.forget_attempts(session, now=NOON + 25 * HOUR) == 0


# Links


def link_to(user: User) -> Link:
    return Link(subject_id=user.id, serial=user.link_serial)


def test_a_confirmation_link_works_once(session: Session) -> None:
    user = make_user(session, email_confirmed_at=None)
    link = link_to(user)

    assert accounts.confirm_email(session, link=link, now=NOON) is user
    assert user.email_confirmed_at == NOON
    assert queries.is_confirmed(session, user.id)

    with pytest.raises(DeadLink) as refusal:
        accounts.confirm_email(session, link=link, now=NOON + HOUR)
    assert refusal.value.fault is LinkFault.USED
    assert user.email_confirmed_at == NOON


def test_a_link_to_nobody_or_to_a_closed_account_is_broken(session: Session) -> None:
    closed = make_user(session, closed_at=NOON)
    for link in (Link(subject_id=uuid4(), serial=0), link_to(closed)):
        with pytest.raises(DeadLink) as refusal:
            accounts.confirm_email(session, link=link, now=NOON)
        assert refusal.value.fault is LinkFault.BROKEN


def test_asking_for_the_confirmation_again_sends_one_a_minute_and_none_when_confirmed(
    session: Session,
) -> None:
    user = make_user(session, email_confirmed_at=None)
    me = Actor(user_id=user.id)
    for seconds in (0, 30, 61):
        accounts.ask_confirmation(session, actor=me, now=NOON + timedelta(seconds=seconds))
    wanted = ("ConfirmationWanted", {"user_id": str(user.id)})
    assert posted(session) == [wanted, wanted]

    user.email_confirmed_at = NOON
    accounts.ask_confirmation(session, actor=me, now=NOON + HOUR)
    assert posted(session) == [wanted, wanted]
    with pytest.raises(NotPermitted):
        accounts.ask_confirmation(session, actor=NOBODY, now=NOON)


def test_a_password_link_is_sent_to_those_who_have_an_account_only(session: Session) -> None:
    user = make_user(session, email="nia@example.test")
    accounts.ask_password_reset(session, email=" Nia@example.test", now=NOON)
    accounts.ask_password_reset(session, email="unknown@example.test", now=NOON)
    accounts.ask_password_reset(session, email=make_user(session, closed_at=NOON).email, now=NOON)
    assert posted(session) == [("PasswordResetWanted", {"user_id": str(user.id)})]
    with pytest.raises(InvalidInput):
        accounts.ask_password_reset(session, email="nia", now=NOON)


def test_a_new_password_ends_sessions_confirms_the_address_and_uses_up_every_link(
    session: Session,
) -> None:
    user = make_user(session, email_confirmed_at=None)
    link = link_to(user)

    accounts.reset_password(session, link=link, password="seven green pears", now=NOON)
    session.flush()

    assert try_password(session, user.email, "seven green pears") is user
    assert try_password(session, user.email, PASSWORD) is None
    assert (user.session_serial, user.link_serial) == (1, 1)
    assert user.email_confirmed_at == NOON
    assert posted(session) == [("PasswordChanged", {"user_id": str(user.id)})]
    with pytest.raises(DeadLink) as refusal:
        accounts.reset_password(session, link=link, password="eight green pears", now=NOON)
    assert refusal.value.fault is LinkFault.USED
    assert user.session_serial == 1


def test_a_weak_new_password_leaves_the_link_good(session: Session) -> None:
    user = make_user(session)
    link = link_to(user)
    with pytest.raises(InvalidInput):
        accounts.reset_password(session, link=link, password="short", now=NOON)
    assert accounts.check_link(session, link=link) is user


# Staff


def test_staff_are_made_from_nobody_or_from_somebody(session: Session) -> None:
    new = accounts.make_staff(
        session, email="Stella@example.test", name="Stella", password=PASSWORD, now=NOON
    )
    known = make_user(session)
    promoted = accounts.make_staff(session, email=known.email, name="", password=None, now=NOON)

    assert (new.email, new.is_staff, new.email_confirmed_at) == ("stella@example.test", True, NOON)
    assert promoted is known
    assert promoted.is_staff
    assert try_password(session, known.email, PASSWORD) is known
    assert queries.staff_ids(session) == sorted([new.id, known.id])
    assert posted(session) == []


def test_staff_without_a_password_are_sent_a_link_to_set_one(session: Session) -> None:
    user = accounts.make_staff(
        session, email="stella@example.test", name="Stella", password=None, now=NOON
    )
    assert posted(session) == [("PasswordResetWanted", {"user_id": str(user.id)})]
    assert try_password(session, user.email, "") is None


def test_a_closed_account_does_not_become_staff(session: Session) -> None:
    closed = make_user(session, closed_at=NOON)
    with pytest.raises(InvalidInput, match="closed"):
        accounts.make_staff(session, email=closed.email, name="", password=None, now=NOON)
    assert closed.is_staff is False


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
    assert queries.roles_of(session, user_id=me.user_id) == {brand.id: Role.OWNER}
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
    with pytest.raises(Conflict, match="needs an owner"):
        accounts.remove_member(session, actor=olga, brand_id=larch.id, user_id=olga.user_id)
    with pytest.raises(Conflict, match="needs an owner"):
        accounts.change_role(
            session, actor=olga, brand_id=larch.id, user_id=olga.user_id, role=Role.VIEWER
        )
    assert roles(session, larch) == {olga.user_id: Role.OWNER}


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
