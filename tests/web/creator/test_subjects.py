"""What was found in a creator's posts: for them, for brands, and for staff who judge objections."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import Channel
from marketplace.creators.rules.subjects import Subject
from marketplace.kernel.actor import Actor
from tests.conftest import sign_in
from tests.factories.creators import make_channel, make_video
from tests.web.reading import plain


@pytest.fixture
def channel(session: Session, bea: Actor) -> Channel:
    """Bea's, with two posts about beer."""
    assert bea.creator_id is not None
    found = make_channel(session, creator_id=bea.creator_id)
    for number in ("1", "2"):
        make_video(session, channel_id=found.id, external_id=number, hashtags=["beer"])
    creators.find_subjects(session, channel_ids=[found.id])
    return found


def test_without_a_finding_the_page_says_so(beas: FlaskClient) -> None:
    assert "Nothing is found" in beas.get("/creator/subjects").text


def test_a_creator_sees_what_was_found_in_which_posts_and_objects_once(
    beas: FlaskClient, session: Session, channel: Channel, bea: Actor
) -> None:
    page = beas.get("/creator/subjects").text
    assert "2 of 2" in page
    assert page.count("The post of") == 2

    empty = beas.post("/creator/subjects", data={"subject": "alcohol", "words": ""})
    assert (empty.status_code, "Say in a sentence" in empty.text) == (422, True)
    said = {"subject": "alcohol", "words": "It is ginger beer."}
    assert beas.post("/creator/subjects", data=said).status_code == 303
    assert beas.post("/creator/subjects", data=said).status_code == 409
    assert beas.post("/creator/subjects", data=said | {"subject": "zzz"}).status_code == 422

    page = beas.get("/creator/subjects").text
    assert "“It is ginger beer.” Waiting for staff to look at them." in page
    assert bea.creator_id is not None
    assert list(queries.objections_of(session, creator_id=bea.creator_id)) == [Subject.ALCOHOL]


def test_a_brand_sees_the_same_table(
    client: FlaskClient, channel: Channel, alice: Actor, bea: Actor
) -> None:
    sign_in(client, alice)

    page = client.get(f"/brand/creators/{bea.creator_id}").text

    assert "What the last posts touch" in page
    assert "2 of 2" in page


@pytest.mark.parametrize(("verdict", "left"), [("clear", []), ("uphold", ["alcohol"])])
def test_staff_are_told_of_an_objection_and_judge_it(
    client: FlaskClient,
    session: Session,
    channel: Channel,
    bea: Actor,
    stella: Actor,
    verdict: str,
    left: list[str],
) -> None:
    sign_in(client, bea)
    client.post("/creator/subjects", data={"subject": "alcohol", "words": "It is ginger beer."})
    assert bea.creator_id is not None
    objection = queries.objections_of(session, creator_id=bea.creator_id)[Subject.ALCOHOL]
    sign_in(client, stella)
    assert "1 objection to a subject waits" in client.get("/staff/").text
    page = client.get("/staff/subjects").text
    assert "It is ginger beer." in page
    assert "2 of the last 2 posts" in page

    answer = client.post(f"/staff/subjects/{objection.id}/{verdict}")

    assert (answer.status_code, answer.location) == (303, "/staff/subjects")
    session.refresh(channel)
    assert channel.subjects == left
    assert "No objection waits" in client.get("/staff/subjects").text
    assert client.post(f"/staff/subjects/{objection.id}/{verdict}").status_code == 409
    decided = plain(client.get("/staff/subjects?only=decided").text)
    state = "Does not touch it" if verdict == "clear" else "Touches it"
    assert re.search(rf"Bea Alcohol It is ginger beer\. .* Stella {state}", decided)
    assert "/staff/subjects?only=decided" in client.get("/staff/").text
