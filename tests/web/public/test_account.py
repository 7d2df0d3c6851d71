"""A person's own account, and closing it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from tests.conftest import sign_in
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration


@pytest.fixture
def nia(session: Session) -> User:
    made = make_user(session, email="nia@example.test")
    session.commit()
    return made


@pytest.fixture
def nias(client: FlaskClient, nia: User) -> FlaskClient:
    sign_in(client, Actor(user_id=nia.id))
    return client


def test_whoever_closes_their_account_is_signed_out_everywhere_and_may_sign_up_anew(
    nias: FlaskClient, session: Session, nia: User
) -> None:
    elsewhere = nias.application.test_client()
    sign_in(elsewhere, Actor(user_id=nia.id))
    assert "Close my account" in nias.get("/account").text
    assert 'href="/account"' in nias.get("/notifications").text

    answer = nias.post("/account/close", data={"password": PASSWORD})

    assert (answer.status_code, answer.location) == (303, "/")
    assert "Your account is closed" in nias.get("/").text
    for client in (nias, elsewhere):
        assert client.get("/account").location.startswith("/sign-in?next=")
    typed = {"email": "nia@example.test", "password": PASSWORD}
    assert nias.post("/sign-in", data=typed).status_code == 422
    session.expire_all()
    assert nia.closed_at is not None
    assert nia.email != "nia@example.test"


@pytest.mark.parametrize(
    ("typed", "told"), [("", "Your password is needed."), ("wrong", "This is not your password.")]
)
def test_without_the_password_nothing_is_closed(
    typed: str, told: str, nias: FlaskClient, session: Session, nia: User
) -> None:
    answer = nias.post("/account/close", data={"password": typed})

    assert answer.status_code == 422
    assert told in answer.text
    session.expire_all()
    assert nia.closed_at is None


def test_what_keeps_an_account_open_is_said_before_anybody_tries_and_when_they_do(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign: Campaign = make_campaign(session, brand=acme, by=alice)
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    user = session.get_one(User, bea.user_id)
    user.password_hash = make_user(session, email="other@example.test").password_hash
    session.commit()
    sign_in(client, bea)
    said = "You have 1 collaboration under way: finish or end what you have agreed to."

    page = client.get("/account").text
    answer = client.post("/account/close", data={"password": PASSWORD})

    assert said in page
    assert "Close my account" not in page
    assert answer.status_code == 409
    assert said in answer.text
    session.expire_all()
    assert user.closed_at is None
