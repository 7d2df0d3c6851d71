"""A person's own account, and closing it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.money import Money
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Payout
from tests.conftest import sign_in
from tests.factories.accounts import PASSWORD, make_member, make_user
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration, terms
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_earning,
    make_paid_campaign,
    make_payout_account,
)


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


def test_whoever_is_alone_in_a_brand_reads_that_it_is_left_to_nobody(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    said = f"Nobody is left in {acme.name} then, and nobody can join it any more."
    sign_in(client, alice)
    assert said in client.get("/account").text

    make_member(session, brand=acme, role=Role.OWNER)
    session.commit()

    assert said not in client.get("/account").text


def test_staff_close_their_account_like_everybody(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    make_user(session, is_staff=True)
    session.commit()
    sign_in(client, stella)

    assert "Close my account" in client.get("/account").text


def test_a_creator_who_leaves_can_have_sent_what_is_below_the_smallest_payout(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    make_payout_account(session, bea)
    leave_a_small_rest(session, acme, by=alice, to=bea)
    sign_in(client, bea)
    said = "$8.55 is less than we send as a rule, and nothing more is to come."
    assert said in " ".join(client.get("/account").text.split())

    first = client.post("/creator/payouts/left-over", follow_redirects=True)
    again = client.post("/creator/payouts/left-over", follow_redirects=True)

    assert "It is on its way." in first.text
    assert "There is nothing to be sent now." in again.text
    assert "Send me what is left" not in again.text
    assert [each.amount for each in session.scalars(select(Payout))] == [Money(855, "USD")]


def test_a_creator_without_an_account_reads_how_what_is_left_can_be_sent(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    leave_a_small_rest(session, acme, by=alice, to=bea)
    sign_in(client, bea)

    page = " ".join(client.get("/account").text.split())

    assert (
        "$8.55 is less than we send as a rule, and nothing more is to come. To leave you can have"
        " it sent all the same, but you have no account now that it can go to."
        ' <a href="/creator/earnings#account">Set up payouts</a>, then come back here.'
    ) in page
    assert "Send me what is left" not in page


def leave_a_small_rest(session: Session, brand: Brand, *, by: Actor, to: Actor) -> None:
    """Let a creator have earned, and nothing more to come, what is below the smallest payout."""
    campaign = make_paid_campaign(session, brand=brand, by=by)
    offered = terms(fee=Money(900, "USD"))
    work = make_accepted(session, campaign, by=by, creator=to, offered=offered)
    make_earning(session, work)
    payouts.complete(session, collaboration_id=work.collaboration_id, now=HOLD_OVER)
    session.commit()
