"""What the links in our e-mails open, and what they say when they are dead."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.models import Brand, MemberInvitation, User
from marketplace.accounts.rules import LinkPurpose, make_link
from marketplace.config import Settings
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.clock import utc_now
from marketplace.store.outbox import OutboxMessage
from tests.conftest import sign_in
from tests.factories.accounts import PASSWORD, make_invitation, make_user

PATHS = {
    LinkPurpose.CONFIRM_EMAIL: "/confirm/",
    LinkPurpose.RESET_PASSWORD: "/reset-password/",
    LinkPurpose.JOIN_BRAND: "/invitation/",
}
EMAIL = "nia@example.test"


def path_to(settings: Settings, purpose: LinkPurpose, user: User) -> str:
    token = make_link(
        settings.secret_key, purpose=purpose, subject_id=user.id, serial=user.link_serial
    )
    return PATHS[purpose] + token


def invitation_path(settings: Settings, invitation: MemberInvitation) -> str:
    token = make_link(settings.secret_key, purpose=LinkPurpose.JOIN_BRAND, subject_id=invitation.id)
    return f"/invitation/{token}"


def in_a_week() -> datetime:
    return utc_now() + timedelta(days=7)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/notifications").status_code == 200


def test_a_confirmation_takes_one_click_and_signs_nobody_in(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    user = make_user(session, email=EMAIL, email_confirmed_at=None)
    path = path_to(settings, LinkPurpose.CONFIRM_EMAIL, user)
    assert client.get(path).status_code == 200
    assert not queries.is_confirmed(session, user.id)
    answer = client.post(path)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert queries.is_confirmed(session, user.id)
    assert "nia@example.test is confirmed." in client.get("/sign-in").text
    assert not is_signed_in(client)


def test_the_confirmation_can_be_asked_for_again(client: FlaskClient, session: Session) -> None:
    user = make_user(session, email=EMAIL, email_confirmed_at=None)
    sign_in(client, Actor(user_id=user.id))
    assert "Send the link again" in client.get("/confirmation").text
    answer = client.post("/confirmation", follow_redirects=True)
    assert "A link is on its way to nia@example.test." in answer.text
    assert session.scalars(select(OutboxMessage.name)).all() == ["ConfirmationWanted"]


def test_a_confirmed_person_has_nothing_to_confirm(client: FlaskClient, bea: Actor) -> None:
    sign_in(client, bea)
    page = client.get("/confirmation").text
    assert "Your e-mail address is confirmed" in page
    assert "Send the link again" not in page


@pytest.mark.parametrize("email", [EMAIL, "unknown@example.test"])
def test_asking_for_a_new_password_looks_the_same_for_everybody(
    client: FlaskClient, session: Session, email: str
) -> None:
    make_user(session, email=EMAIL)
    answer = client.post("/forgot-password", data={"email": email})
    assert (answer.status_code, answer.location) == (303, "/look-in-your-mail")
    sent = session.scalars(select(OutboxMessage.name)).all()
    assert sent == (["PasswordResetWanted"] if email == EMAIL else [])


@pytest.mark.parametrize(
    ("email", "sentence"),
    [("", "Your e-mail address is needed."), ("nia", "This is not an e-mail address.")],
)
def test_a_new_password_needs_an_address(client: FlaskClient, email: str, sentence: str) -> None:
    assert client.get("/forgot-password").status_code == 200
    answer = client.post("/forgot-password", data={"email": email})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_new_password_signs_in_and_works_from_then_on(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    user = make_user(session, email=EMAIL)
    path = path_to(settings, LinkPurpose.RESET_PASSWORD, user)
    assert client.get(path).status_code == 200

    weak = client.post(path, data={"password": "short"})
    assert weak.status_code == 422
    assert "A password has at least 10 characters." in weak.text

    answer = client.post(path, data={"password": "seven green pears"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)
    client.post("/sign-out")
    for password, code in ((PASSWORD, 422), ("seven green pears", 303)):
        data = {"email": EMAIL, "password": password}
        assert client.post("/sign-in", data=data).status_code == code


@pytest.mark.parametrize("purpose", LinkPurpose)
@pytest.mark.parametrize("fault", ["cut short", "another purpose", "another secret", "expired"])
def test_a_dead_link_is_a_page_that_says_why(
    client: FlaskClient,
    session: Session,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    purpose: LinkPurpose,
    fault: str,
) -> None:
    user = make_user(session)
    good = path_to(settings, purpose, user)
    other = next(each for each in LinkPurpose if each is not purpose)
    path = {
        "cut short": good[:-3],
        "another purpose": PATHS[purpose]
        + make_link(settings.secret_key, purpose=other, subject_id=user.id),
        "another secret": PATHS[purpose]
        + make_link("another secret", purpose=purpose, subject_id=user.id),
        "expired": good,
    }[fault]
    sentence = "This link is not complete, or it was not made by us."
    if fault == "expired":
        sentence = "This link is too old."
        now = TimestampSigner("").get_timestamp()
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: now + 8 * 86_400)
    for answer in (client.get(path), client.post(path, data={"password": "seven green pears"})):
        assert answer.status_code == 410
        assert sentence in answer.text
    assert not is_signed_in(client)


@pytest.mark.parametrize("purpose", [LinkPurpose.CONFIRM_EMAIL, LinkPurpose.RESET_PASSWORD])
def test_a_link_works_once(
    client: FlaskClient, session: Session, settings: Settings, purpose: LinkPurpose
) -> None:
    path = path_to(settings, purpose, make_user(session, email_confirmed_at=None))
    data = {"password": "seven green pears"}
    assert client.post(path, data=data).status_code == 303
    client.post("/sign-out")
    for answer in (client.get(path), client.post(path, data=data)):
        assert answer.status_code == 410
        assert "This link has been used already" in answer.text
    assert not is_signed_in(client)


def test_an_invited_stranger_signs_up_and_joins(
    client: FlaskClient, session: Session, settings: Settings, acme: Brand, alice: Actor
) -> None:
    invitation = make_invitation(
        session,
        brand=acme,
        invited_by=alice,
        email=EMAIL,
        role=Role.FINANCE,
        expires_at=in_a_week(),
    )
    path = invitation_path(settings, invitation)
    page = client.get(path)
    assert "Join the team of Acme Kitchen?" in page.text
    assert "Alice invites you." in page.text
    assert "Create your account to join" in page.text
    assert client.post(path).status_code == 200  # signed out: nothing but the same page

    form = f"/sign-up/member?email={EMAIL}&next={path}"
    assert f'value="{EMAIL}"' in client.get(form).text
    signed_up = client.post(form, data={"name": "Nia", "email": EMAIL, "password": PASSWORD})
    assert signed_up.location == path
    assert "Join the team" in client.get(path).text
    joined = client.post(path)
    assert (joined.status_code, joined.location.rstrip("/")) == (303, "/brand")

    user = queries.user_by_email(session, EMAIL)
    assert user is not None
    session.refresh(user)
    assert queries.people_who(session, acme.id, {Role.FINANCE}) == [user.id]
    assert user.email_confirmed_at is not None
    again = client.get(path)
    assert again.status_code == 410
    assert "sign in and you will find the brand there" in again.text


def test_an_invited_person_with_an_account_is_asked_to_sign_in(
    client: FlaskClient, session: Session, settings: Settings, acme: Brand, alice: Actor
) -> None:
    make_user(session, email=EMAIL)
    invitation = make_invitation(
        session, brand=acme, invited_by=alice, email=EMAIL, expires_at=in_a_week()
    )
    page = client.get(invitation_path(settings, invitation)).text
    assert "Sign in to join" in page
    assert "Create your account" not in page


def test_an_invitation_is_not_for_whoever_holds_its_link(
    client: FlaskClient,
    session: Session,
    settings: Settings,
    acme: Brand,
    alice: Actor,
    mallory: Actor,
) -> None:
    invitation = make_invitation(
        session, brand=acme, invited_by=alice, email=EMAIL, expires_at=in_a_week()
    )
    path = invitation_path(settings, invitation)
    sign_in(client, mallory)
    assert "this invitation is for" in client.get(path).text
    answer = client.post(path)
    assert answer.status_code == 409
    assert f"This invitation is for {EMAIL}" in answer.text
    assert mallory.user_id not in {one.user_id for one in queries.members_of(session, acme.id)}


@pytest.mark.parametrize(
    ("column", "sentence"),
    [("revoked_at", "This invitation was taken back."), ("expires_at", "This link is too old.")],
)
def test_an_invitation_that_is_over_says_so(
    client: FlaskClient,
    session: Session,
    settings: Settings,
    acme: Brand,
    alice: Actor,
    column: str,
    sentence: str,
) -> None:
    invitation = make_invitation(
        session, brand=acme, invited_by=alice, email=EMAIL, expires_at=in_a_week()
    )
    setattr(invitation, column, utc_now())
    session.flush()
    answer = client.get(invitation_path(settings, invitation))
    assert answer.status_code == 410
    assert sentence in answer.text
