"""Signing up and in, the links in mails, and how somebody becomes staff."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts import service as accounts
from marketplace.accounts.models import SignInAttempt, User
from marketplace.accounts.rules import DeadLink, Link, LinkFault, TooManyTries
from marketplace.accounts.service import signing_in
from marketplace.kernel.actor import NOBODY, Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from tests.factories.accounts import (
    NOON,
    PASSWORD,
    make_user,
)
from tests.services.signing_up import HERE, HOUR, MINUTE, posted, sign_up, try_password

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
    session: Session, monkeypatch: pytest.MonkeyPatch, hasher_of_the_product: PasswordHasher
) -> None:
    monkeypatch.setattr(signing_in, "_HASHER", hasher_of_the_product)
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
