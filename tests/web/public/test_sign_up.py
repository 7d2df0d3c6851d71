"""Signing up, and becoming a brand or a creator."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.models import Brand, User
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor, Role
from marketplace.store.outbox import OutboxMessage
from tests.conftest import sign_in
from tests.factories.accounts import PASSWORD, make_user

WISH = {"name": "Nia Example", "email": "Nia@example.test", "password": PASSWORD}
BRAND = {"name": "Larch Outdoors", "country": "SE", "website": "larch.test"}
PROFILE = {"display_name": "Nia cooks", "country": "SE", "topics": ["cooking"], "bio": "Soups."}


def messages(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


@pytest.mark.parametrize(
    ("persona", "next_page"), [("brand", "/new/brand"), ("creator", "/new/creator")]
)
def test_signing_up_signs_in_and_goes_on_to_the_next_step(
    client: FlaskClient, session: Session, persona: str, next_page: str
) -> None:
    assert client.get(f"/sign-up/{persona}").status_code == 200
    answer = client.post(f"/sign-up/{persona}", data=WISH)
    assert (answer.status_code, answer.location) == (303, next_page)
    page = client.get(next_page)
    assert page.text.count("open the link we sent to nia@example.test.") == 1
    assert session.scalars(select(User.email)).all() == ["nia@example.test"]
    assert messages(session) == ["ConfirmationWanted"]


def test_an_address_with_an_account_is_not_told_apart_and_signs_nobody_in(
    client: FlaskClient, session: Session
) -> None:
    make_user(session, email="nia@example.test", name="The real Nia")
    answer = client.post("/sign-up/brand", data=WISH, follow_redirects=True)
    assert answer.request.path == "/look-in-your-mail"
    assert "account already" not in answer.text
    assert client.get("/notifications").status_code == 302
    assert session.scalars(select(User.name)).all() == ["The real Nia"]
    assert messages(session) == ["SignUpRepeated"]


def test_a_sign_up_with_faults_says_them_all_and_keeps_what_was_typed(
    client: FlaskClient, session: Session
) -> None:
    answer = client.post(
        "/sign-up/brand", data={"name": "Nia", "email": "nia@", "password": "short"}
    )
    assert answer.status_code == 422
    assert "This is not an e-mail address." in answer.text
    assert "A password has at least 10 characters." in answer.text
    assert 'value="nia@"' in answer.text
    assert "short" not in answer.text.replace("shortcuts", "")
    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_trying_many_known_addresses_closes_the_door(client: FlaskClient, session: Session) -> None:
    make_user(session, email="nia@example.test")
    for _ in range(10):
        assert client.post("/sign-up/brand", data=WISH).status_code == 303
    answer = client.post("/sign-up/brand", data=WISH)
    assert answer.status_code == 429
    assert "There were too many tries that did not fit. Wait 15 minutes" in answer.text


def test_there_is_no_other_persona(client: FlaskClient) -> None:
    assert client.get("/sign-up/staff").status_code == 404


def test_a_brand_is_created_with_its_owner(client: FlaskClient, session: Session) -> None:
    me = Actor(user_id=make_user(session).id)
    sign_in(client, me)
    assert client.get("/new/brand").status_code == 200
    answer = client.post("/new/brand", data=BRAND)
    assert answer.status_code == 303
    assert answer.location.rstrip("/") == "/brand"
    brand = session.scalars(select(Brand)).one()
    assert (brand.name, brand.country, brand.website) == (
        "Larch Outdoors", "SE", "https://larch.test",
    )  # fmt: skip
    [owner] = queries.members_of(session, brand.id)
    assert (owner.user_id, owner.role) == (me.user_id, Role.OWNER)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "A name is needed."),
        ("country", "", "Choose a country from the list."),
        ("country", "XX", "Choose a country from the list."),
        ("website", "javascript:alert(1)", "This is not a web address."),
    ],
)
def test_a_brand_that_cannot_be_is_refused_with_its_reason(
    client: FlaskClient, session: Session, field: str, value: str, sentence: str
) -> None:
    sign_in(client, Actor(user_id=make_user(session).id))
    answer = client.post("/new/brand", data=BRAND | {field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert session.scalar(select(func.count()).select_from(Brand)) == 0


def test_a_profile_is_created_for_the_person_signed_in(
    client: FlaskClient, session: Session
) -> None:
    me = make_user(session)
    sign_in(client, Actor(user_id=me.id))
    assert client.get("/new/creator").status_code == 200
    answer = client.post("/new/creator", data=PROFILE)
    assert answer.status_code == 303
    creator = session.scalars(select(Creator)).one()
    assert (creator.user_id, creator.display_name, creator.country, creator.topics) == (
        me.id, "Nia cooks", "SE", ["cooking"],
    )  # fmt: skip
    assert client.get("/new/creator").status_code == 303


def test_a_profile_that_cannot_be_is_refused_with_its_reason(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, Actor(user_id=make_user(session).id))
    answer = client.post("/new/creator", data=PROFILE | {"bio": "x" * 601})
    assert answer.status_code == 422
    assert "Keep this to 600 characters." in answer.text
    assert session.scalar(select(func.count()).select_from(Creator)) == 0


@pytest.mark.parametrize("path", ["/new/brand", "/new/creator", "/confirmation"])
def test_the_next_steps_are_for_those_who_are_signed_in(client: FlaskClient, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in?next=")


def test_the_choice_leads_to_signing_up_or_past_it(client: FlaskClient, session: Session) -> None:
    assert "/sign-up/creator" in client.get("/start").text
    sign_in(client, Actor(user_id=make_user(session).id))
    page = client.get("/start").text
    assert "/new/creator" in page
    assert "/sign-up/creator" not in page


def test_who_is_signed_in_is_not_signed_up_again(client: FlaskClient, bea: Actor) -> None:
    sign_in(client, bea)
    assert client.get("/sign-up/brand").location == "/new/brand"
    assert client.get("/sign-up/creator").location == "/"
