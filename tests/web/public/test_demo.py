"""The demo's own pages, and that they are nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.gateways.mail_folder import MailFolder
from marketplace.kernel.actor import Actor
from tests.conftest import sign_in
from tests.factories.accounts import make_user

EMAIL = "dora@example.test"


@dataclass(frozen=True, slots=True)
class Account:
    persona: str
    email: str
    what: str


@pytest.fixture
def in_the_demo(app: Flask) -> Iterator[None]:
    before = app.config["DEMO"], app.config.get("DEMO_ACCOUNTS", ())
    app.config["DEMO"] = True
    app.config["DEMO_ACCOUNTS"] = [
        Account("Dora, a creator", EMAIL, what="A draft that waits for review.")
    ]
    yield
    app.config["DEMO"], app.config["DEMO_ACCOUNTS"] = before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/demo"),
        ("GET", "/demo/mail"),
        ("GET", "/demo/styleguide"),
        ("POST", "/demo/sign-in"),
    ],
)
def test_outside_the_demo_its_pages_do_not_exist(
    client: FlaskClient, session: Session, method: str, path: str
) -> None:
    make_user(session, email=EMAIL)
    assert client.open(path, method=method, data={"email": EMAIL}).status_code == 404
    assert client.get("/notifications").status_code == 302


@pytest.mark.usefixtures("in_the_demo")
def test_one_click_steps_into_a_persona(client: FlaskClient, session: Session) -> None:
    make_user(session, email=EMAIL)
    page = client.get("/demo").text
    assert "A draft that waits for review." in page
    answer = client.post("/demo/sign-in", data={"email": EMAIL})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/notifications").status_code == 200
    assert "You are here" in client.get("/demo").text


@pytest.mark.usefixtures("in_the_demo")
def test_nobody_but_the_demo_accounts_is_stepped_into(
    client: FlaskClient, session: Session
) -> None:
    make_user(session, email="private@example.test")
    for email in ("private@example.test", ""):
        assert client.post("/demo/sign-in", data={"email": email}).status_code == 404
    assert client.get("/notifications").status_code == 302


@pytest.mark.usefixtures("in_the_demo")
def test_an_account_that_was_not_seeded_is_said_to_be_missing(client: FlaskClient) -> None:
    answer = client.post("/demo/sign-in", data={"email": EMAIL}, follow_redirects=True)
    assert "This account is not there." in answer.text


@pytest.mark.usefixtures("in_the_demo")
def test_the_mail_that_went_out_can_be_read_with_links_to_click(
    client: FlaskClient, settings: Settings
) -> None:
    folder = Path(settings.mail_folder)
    assert "No mail yet" in client.get("/demo/mail").text
    mailer = MailFolder(folder, settings.mail_sender)
    mailer.send(to="a@b.test", subject="First", text="Hello <b>,\n\nhttp://127.0.0.1:5000/x?a=1\n")
    mailer.send(to="a@b.test", subject="Second €", text="Hello\n")
    page = client.get("/demo/mail").text
    for path in folder.glob("*.eml"):
        path.unlink()
    assert page.index("Second €") < page.index("First")
    assert '<a href="http://127.0.0.1:5000/x?a=1"' in page
    assert "Hello &lt;b&gt;" in page


@pytest.mark.usefixtures("in_the_demo")
def test_every_part_of_the_pages_can_be_looked_at(client: FlaskClient) -> None:
    answer = client.get("/demo/styleguide")
    assert answer.status_code == 200
    assert "What do the parts look like?" in answer.text
    assert answer.text.count("<svg") > 4


@pytest.mark.usefixtures("in_the_demo")
def test_staff_find_the_clock_here(client: FlaskClient, stella: Actor, bea: Actor) -> None:
    offered = {}
    for name, who in {"stella": stella, "bea": bea}.items():
        sign_in(client, who)
        offered[name] = "/staff/clock" in client.get("/demo").text
    assert offered == {"stella": True, "bea": False}
