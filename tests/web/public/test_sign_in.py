"""Signing in and out, and what the cookie is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import flask
import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.accounts.models import SignInAttempt
from marketplace.accounts.rules import Link
from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.ids import new_id
from marketplace.store.session import reading
from tests.conftest import sign_in
from tests.factories.accounts import NOON, PASSWORD, make_user

EMAIL = "nia@example.test"


def post_sign_in(client: FlaskClient, *, password: str = PASSWORD, query: str = ""):
    return client.post(f"/sign-in{query}", data={"email": EMAIL, "password": password})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/notifications").status_code == 200


def test_the_right_password_opens_the_pages(client: FlaskClient, session: Session) -> None:
    make_user(session, email=EMAIL)
    assert not is_signed_in(client)
    answer = post_sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {"email": EMAIL, "password": "three loud kettles"},
            "This e-mail address and password do not fit together.",
        ),
        (
            {"email": "unknown@example.test", "password": PASSWORD},
            "This e-mail address and password do not fit together.",
        ),
        ({"email": "", "password": PASSWORD}, "Your e-mail address is needed."),
        ({"email": EMAIL, "password": ""}, "Your password is needed."),
    ],
)
def test_what_does_not_fit_is_said_and_the_address_is_kept(
    client: FlaskClient, session: Session, data: dict[str, str], sentence: str
) -> None:
    make_user(session, email=EMAIL)
    answer = client.post("/sign-in", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{data["email"]}"' in answer.text
    assert data["password"] == "" or data["password"] not in answer.text
    assert not is_signed_in(client)


def test_after_too_many_failures_the_door_is_closed_for_a_while(
    client: FlaskClient, session: Session
) -> None:
    make_user(session, email=EMAIL)
    for _ in range(10):
        session.add(
            SignInAttempt(id=new_id(), email=EMAIL, address="", succeeded=False, tried_at=utc_now())
        )
    session.flush()
    answer = post_sign_in(client)
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", ["/brand/team", "/notifications?page=2"])
def test_signing_in_goes_on_to_the_page_that_was_asked_for(
    client: FlaskClient, session: Session, path: str
) -> None:
    make_user(session, email=EMAIL)
    turned_away = client.get(path)
    assert turned_away.status_code == 302
    assert turned_away.location.startswith("/sign-in?next=")
    answer = client.post(turned_away.location, data={"email": EMAIL, "password": PASSWORD})
    assert answer.location == path


@pytest.mark.parametrize(
    "asked_for", ["https://evil.test/", "//evil.test", "/%5Cevil.test", "javascript:alert(1)",
                  "/%09/evil.test", "evil"]
)  # fmt: skip
def test_signing_in_goes_on_to_no_other_site(
    client: FlaskClient, session: Session, asked_for: str
) -> None:
    make_user(session, email=EMAIL)
    assert post_sign_in(client, query=f"?next={asked_for}").location == "/"
    assert client.get(f"/sign-in?next={asked_for}").location == "/"


def test_nothing_that_was_in_the_session_before_survives_signing_in(
    client: FlaskClient, session: Session
) -> None:
    make_user(session, email=EMAIL)
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie["brand_id"] = str(new_id())
    post_sign_in(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert "brand_id" not in cookie
        assert cookie["_user_id"]


def test_signing_out_leaves_nothing(client: FlaskClient, bea: Actor) -> None:
    sign_in(client, bea)
    with client.session_transaction() as cookie:
        cookie["brand_id"] = str(new_id())
    assert client.get("/sign-out").status_code == 405
    assert is_signed_in(client)
    answer = client.post("/sign-out", follow_redirects=True)
    assert "You are signed out." in answer.text
    assert not is_signed_in(client)
    with client.session_transaction() as cookie:
        assert not {"_user_id", "brand_id"} & set(cookie)


def test_a_new_password_ends_every_other_session(client: FlaskClient, session: Session) -> None:
    user = make_user(session, email=EMAIL)
    post_sign_in(client)
    assert is_signed_in(client)
    accounts.reset_password(
        session,
        link=Link(subject_id=user.id, serial=user.link_serial),
        password="seven green pears",
        now=NOON,
    )
    session.flush()
    assert not is_signed_in(client)


def test_a_closed_account_is_signed_out(client: FlaskClient, session: Session, bea: Actor) -> None:
    user = make_user(session, email=EMAIL)
    post_sign_in(client)
    user.closed_at = NOON + timedelta(days=1)
    session.flush()
    assert not is_signed_in(client)


@pytest.mark.parametrize("carried", ["", "nonsense", "nonsense:0", ":", "0"])
def test_a_cookie_that_makes_no_sense_signs_nobody_in(client: FlaskClient, carried: str) -> None:
    with client.session_transaction() as cookie:
        cookie["_user_id"] = carried
    assert not is_signed_in(client)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: FlaskClient, session: Session
) -> None:
    make_user(session, email=EMAIL)
    cookies = post_sign_in(client).headers.getlist("Set-Cookie")
    (cookie,) = [line for line in cookies if line.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie
    assert not [line for line in cookies if line.startswith("remember_token=")]


def test_who_is_signed_in_does_not_sign_in_again(client: FlaskClient, bea: Actor) -> None:
    sign_in(client, bea)
    assert client.get("/sign-in?next=/notifications").location == "/notifications"


def test_everybody_is_sent_to_the_home_of_their_work(
    client: FlaskClient, session: Session, alice: Actor, bea: Actor, stella: Actor
) -> None:
    nobody_yet = Actor(user_id=make_user(session).id)
    homes = {}
    for name, who in {"alice": alice, "bea": bea, "stella": stella, "new": nobody_yet}.items():
        sign_in(client, who)
        homes[name] = client.get("/").location.rstrip("/")
    assert homes == {"alice": "/brand", "bea": "/creator", "stella": "/staff", "new": "/start"}


def test_the_landing_is_for_those_who_are_signed_out(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "/sign-up/brand" in answer.text
    assert "/sign-up/creator" in answer.text


def test_the_landing_says_all_fees_in_one_line(client: FlaskClient) -> None:
    assert (
        "Brands pay 10\xa0% on top of a creator’s fee. Creators receive 95\xa0% of it, "
        "from 7 days after their work is accepted."
    ) in client.get("/").text


@pytest.mark.parametrize(
    ("base_url", "secure"), [("https://fairview.test", True), ("http://localhost", False)]
)
def test_over_https_the_cookie_never_travels_in_the_clear(
    settings: Settings, base_url: str, *, secure: bool
) -> None:
    product = create_app(replace(settings, base_url=base_url))
    assert product.config["SESSION_COOKIE_SECURE"] is secure


def test_a_page_that_is_rendered_before_its_transaction_ends_knows_the_person(
    app: Flask, session: Session
) -> None:
    user = make_user(session, name="Nia Example", email=EMAIL)
    with app.test_request_context("/start"):
        flask.session["_user_id"] = f"{user.id}:0"
        app.preprocess_request()
        with reading():
            page = render_template("public/look_in_mail.html")
    assert "Nia Example" in page
