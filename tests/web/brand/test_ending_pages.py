"""Ending a collaboration, as the two sides and staff go through it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables.models import Deliverable, Ending
from marketplace.deliverables.rules import DeliverableState, EndingState
from marketplace.kernel.actor import Actor
from marketplace.web.endings import view_of
from tests.conftest import sign_in
from tests.factories.deliverables import make_deliverable
from tests.web.access.world import words

S = DeliverableState
ASK = {"reason": "plans_changed", "note": "We moved the launch.", "release": "40000"}


@pytest.fixture
def owed(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    made = make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.IN_REVIEW)
    session.flush()
    return made


@pytest.fixture
def path(owed: Deliverable) -> str:
    return f"/collaborations/{owed.collaboration_id}"


def test_what_happens_to_the_money_is_shown_before_anybody_confirms(
    client: FlaskClient, owed: Deliverable, path: str, alice: Actor
) -> None:
    sign_in(client, alice)
    text = words(client.get(f"/brand{path}/end"))

    assert "Called off; nothing is paid for it" in text
    assert "$400.00" in text
    assert "It ends when the creator agrees, or when Fairview decides." in text
    assert "Work that is in review or live cannot be ended by one side." in text
    assert 'name="release" type="hidden" value="40000"' in text


def test_one_side_asks_and_the_other_agrees(
    client: FlaskClient, session: Session, owed: Deliverable, path: str, alice: Actor, bea: Actor
) -> None:
    sign_in(client, alice)
    assert client.post(f"/brand{path}/end", data=ASK).status_code == 303
    assert "Take the wish back" in words(client.get(f"/brand{path}"))
    ending = session.scalars(select(Ending)).one()

    sign_in(client, bea)
    text = words(client.get(f"/creator{path}"))
    assert "“We moved the launch.”" in text
    assert "Agree to end it" in text
    answer = client.post(f"/creator/endings/{ending.id}/agree", data={"release": "40000"})

    assert answer.status_code == 303
    session.expire_all()
    agreed = session.scalars(select(Collaboration)).one()
    assert (agreed.state, ending.state) == (CollaborationState.CANCELLED, EndingState.AGREED)
    assert "as both agreed" in words(client.get(f"/creator{path}"))
    assert client.get(f"/creator{path}/end").status_code == 409


def test_a_creator_may_end_alone_and_is_told_so(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = make_deliverable(session, brand=acme, by=alice, creator=bea)
    session.flush()
    sign_in(client, bea)
    page = f"/creator/collaborations/{owed.collaboration_id}/end"

    assert "You can end it alone" in words(client.get(page))
    assert client.post(page, data=ASK).status_code == 303
    session.expire_all()
    assert owed.state is S.CANCELLED


def test_a_brand_reads_from_which_minute_it_may_end_alone(
    app: Flask, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = make_deliverable(session, brand=acme, by=alice, creator=bea)
    agreed = session.get_one(Collaboration, owed.collaboration_id)
    first = datetime.combine(owed.draft_due_on + timedelta(days=8), time(12), UTC)

    with app.test_request_context():
        early, late = (
            view_of(session, alice, agreed, now=now)
            for now in (first - timedelta(seconds=1), first)
        )
        said, then = early.rule.replace("\xa0", " "), late.rule

    assert f"From {first:%a %-d %b %Y}, 12:00 UTC, 7 days after the work was due" in said
    assert then == "You can end it alone: when you confirm, it has ended."


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        ({"reason": ""}, 422, "Choose a reason."),
        ({"reason": "boredom"}, 422, "Choose one of these"),
        ({"reason": "other", "note": ""}, 422, "Say why, in a sentence the other side will read."),
        ({"note": "x" * 2_001}, 422, "Keep this to 2000 characters."),
        ({"release": "39999"}, 409, "The work has moved since you looked"),
        ({"release": "-1"}, 409, "Open the page again"),
        ({"release": ""}, 409, "Open the page again"),
    ],
)
def test_what_is_not_confirmed_as_shown_does_not_happen(
    client: FlaskClient,
    session: Session,
    owed: Deliverable,
    path: str,
    alice: Actor,
    typed: dict[str, str],
    status: int,
    told: str,
) -> None:
    sign_in(client, alice)

    answer = client.post(f"/brand{path}/end", data=ASK | typed)

    assert answer.status_code == status
    assert told in words(answer)
    assert session.scalars(select(Ending)).all() == []
    assert owed.state is S.IN_REVIEW


def test_two_sides_that_do_not_agree_ask_staff(
    client: FlaskClient,
    session: Session,
    owed: Deliverable,
    path: str,
    alice: Actor,
    bea: Actor,
    stella: Actor,
) -> None:
    sign_in(client, alice)
    client.post(f"/brand{path}/end", data=ASK)
    ending = session.scalars(select(Ending)).one()
    sign_in(client, bea)
    client.post(f"/creator/endings/{ending.id}/decline", data={"answer": "I am nearly done."})
    sign_in(client, alice)
    assert "Ask Fairview to decide" in words(client.get(f"/brand{path}"))
    client.post(f"/brand/endings/{ending.id}/staff")

    sign_in(client, stella)
    assert "1 ending to decide" in words(client.get("/staff/"))
    assert "Beans in a minute" in words(client.get("/staff/endings"))
    page = f"/staff/endings/{ending.id}"
    assert "I am nearly done." in words(client.get(page))
    silent = client.post(page, data={"end": "1", "release": "40000", "answer": ""})
    assert silent.status_code == 422
    decided = client.post(page, data={"keep": "1", "release": "40000", "answer": "Let it be made."})

    assert decided.status_code == 303
    session.expire_all()
    assert (ending.state, owed.state) == (EndingState.KEPT_BY_STAFF, S.IN_REVIEW)
    assert "Beans in a minute" not in words(client.get("/staff/endings"))
    before = words(client.get("/staff/endings?only=decided"))
    assert "Beans in a minute" in before
    assert "Goes on" in before
    assert "Stella" in before.partition("Beans in a minute")[2]
    assert ", by Stella." in words(client.get(page))
    sign_in(client, bea)
    seen = words(client.get(f"/creator{path}"))
    assert "Let it be made." in seen
    assert "Stella" not in seen


def test_a_wish_is_something_to_do_on_the_other_sides_home_until_it_is_answered(
    client: FlaskClient, session: Session, path: str, alice: Actor, bea: Actor, vic: Actor
) -> None:
    sign_in(client, alice)
    client.post(f"/brand{path}/end", data=ASK)
    ending = session.scalars(select(Ending)).one()
    assert "wants to end a collaboration" not in client.get("/brand/").text

    sign_in(client, bea)
    home = client.get("/creator/").text
    assert "Acme Kitchen wants to end a collaboration" in home
    assert f'href="/creator{path}"' in home
    client.post(f"/creator/endings/{ending.id}/decline", data={"answer": "I have filmed already."})
    assert "wants to end a collaboration" not in client.get("/creator/").text


def test_a_creators_wish_waits_on_the_brands_home_for_who_may_answer(
    client: FlaskClient, path: str, alice: Actor, bea: Actor, vic: Actor, mallory: Actor
) -> None:
    sign_in(client, bea)
    assert client.post(f"/creator{path}/end", data=ASK).status_code == 303

    for actor, shown in ((alice, True), (vic, False), (mallory, False)):
        sign_in(client, actor)
        home = client.get("/brand/").text
        assert ("Bea wants to end a collaboration" in home) is shown
