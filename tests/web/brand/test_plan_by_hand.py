"""What a plan's page shows is worked out again from the page alone, and what was accepted stays."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators import service as creators
from marketplace.kernel.actor import Actor
from tests.conftest import NOON, make_person, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_planned_creator
from tests.services.planned import make_crowd
from tests.web.brand.planning import accepting, plan_of, text_of

pytestmark = pytest.mark.usefixtures("noon")

PICK = re.compile(r"\+([\d,]+) people with 1 video for \$([\d,.]+)")
RESULT = re.compile(
    r"(\d+) creators? for \$([\d,.]+) reach(?:es)? about ([\d,]+) different people.*?"
    r"(?:\$([\d,.]+)|Nothing) of the budget is left"
)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def alices(client: FlaskClient, alice: Actor) -> FlaskClient:
    sign_in(client, alice)
    return client


def number(words: str | None) -> float:
    return float((words or "0").replace(",", ""))


@pytest.mark.parametrize("asked", [{}, {"most": 3}, {"by_hand": True}])
def test_what_each_adds_comes_to_the_reach_and_the_prices_to_the_cost(
    alices: FlaskClient, session: Session, campaign: Campaign, asked: dict[str, object]
) -> None:
    crowd = make_crowd(session, 12)
    session.commit()
    by_hand = {"hand": "y", "pick": crowd[5].id, "have": crowd[2].id}

    found = text_of(
        alices.get(
            plan_of(campaign, budget="500.00", **(by_hand if "by_hand" in asked else asked))
        ).text
    )

    told = RESULT.search(found)
    assert told
    picks = PICK.findall(found)
    assert len(picks) == int(told[1]) >= 2
    assert sum(number(adds) for adds, _ in picks) == number(told[3])
    cost = sum(number(price) for _, price in picks)
    assert cost == pytest.approx(number(told[2]))
    assert cost + number(told[4]) == pytest.approx(500)
    alone = [number(each) for each in re.findall(r"Reaches ([\d,]+) alone", found)]
    assert sum(alone) > number(told[3])
    assert all(number(adds) <= of for (adds, _), of in zip(picks, alone, strict=True))


def test_only_who_wants_to_be_found_by_a_group_is_planned(
    alices: FlaskClient, session: Session, campaign: Campaign
) -> None:
    for name, views in (("Cleo", 30_000), ("Dora", 40_000), ("Emil", 90_000)):
        person = make_person(session, name.lower())
        made = make_planned_creator(session, name, views=views, fee_minor=20_000, user_id=person.id)
        if name != "Emil":
            whose = Actor(user_id=person.id, creator_id=made.id)
            creators.declare_groups(session, actor=whose, groups=["veterans"], now=NOON)
    session.commit()

    everybody = text_of(alices.get(plan_of(campaign, budget="1000.00")).text)
    asked = text_of(alices.get(plan_of(campaign, budget="1000.00", group="veterans")).text)

    assert "3 creators for $600.00" in everybody
    assert "2 creators for $400.00" in asked
    assert "@emil" not in asked
    assert "Veterans" not in asked.split("Who is in")[1]


def test_what_was_accepted_stays_below_the_next_plan_with_what_it_promised(
    alices: FlaskClient, session: Session, campaign: Campaign
) -> None:
    make_crowd(session, 12)
    session.commit()
    page = alices.get(plan_of(campaign, budget="500.00")).text
    told = RESULT.search(text_of(page))
    between = re.search(r"Four of five times between ([\d,]+) and ([\d,]+)\.", text_of(page))
    assert told
    assert between

    assert alices.post(plan_of(campaign), data=accepting(page)).status_code == 303

    below = text_of(alices.get(plan_of(campaign, budget="300.00")).text).split("Accepted before")
    assert (
        f"Mon 2 Nov 2026, 12:00 UTC : ${told[2]} of $500.00, expected to reach {told[3]} people,"
        f" four of five times {between[1]} to {between[2]}."
    ) in below[1]
