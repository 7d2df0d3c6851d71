"""Creators look for briefs by what they give to."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from tests.factories.campaigns import make_campaign
from tests.factories.causes import make_giving, make_organisation
from tests.web.reading import plain

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def giving(session: Session, acme: Brand, alice: Actor, stella: Actor) -> Campaign:
    reefs = make_organisation(session, by=stella)
    return make_giving(session, brand=acme, organisation=reefs, by=alice)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", {"gives", "plain"}),
        ("any", {"gives"}),
        ("climate", {"gives"}),
        ("health", set()),
        ("weather", {"gives", "plain"}),
    ],
)
def test_creators_look_for_briefs_by_cause(
    beas: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    giving: Campaign,
    asked: str,
    shown: set[str],
) -> None:
    make_campaign(session, brand=acme, by=alice, name="Plain beans")
    session.commit()

    page = beas.get(f"/creator/briefs?cause={asked}").text

    names = {"gives": "Beans that give", "plain": "Plain beans"}
    assert {key for key, name in names.items() if name in page} == shown
    if not shown:
        assert "No open brief gives to that" in page


def test_a_brief_says_what_it_gives_beside_the_pay(beas: FlaskClient, giving: Campaign) -> None:

    page = plain(beas.get(f"/creator/briefs/{giving.id}").text)

    assert "It gives to a cause Acme Kitchen gives $5.00 for every 1,000 views" in page
    assert "paid for already, on top of your fee" in page


def test_a_creator_says_what_they_care_about_and_reads_it_on_the_card_until_undone(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, giving: Campaign
) -> None:
    session.commit()
    choice = {"choice": "more_cause:climate"}
    assert "Gives to what you care about" not in beas.get("/creator/briefs").text

    answer = beas.post("/creator/briefs/choices", data=choice)
    assert answer.location == "/creator/briefs#more_cause:climate"

    page = plain(beas.get("/creator/briefs").text)
    assert "Gives to what you care about ×1.25" in page
    assert "stands higher." in page
    assert "You see less of" not in page
    beas.post("/creator/briefs/choices", data={"undo": choice["choice"]})
    assert "Gives to what you care about" not in beas.get("/creator/briefs").text
    odd = beas.post("/creator/briefs/choices", data={"choice": "more_cause:war"})
    assert odd.status_code == 422
