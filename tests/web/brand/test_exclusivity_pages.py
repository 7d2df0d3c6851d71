"""Exclusivity in the form of an offer, on its page, and where a creator meets it afterwards."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations.models import Application, Collaboration, Offer
from marketplace.kernel.actor import Actor
from tests.conftest import sign_in
from tests.factories.campaigns import fund, make_campaign
from tests.factories.collaborations import TERMS, make_application
from tests.factories.creators import make_channel, make_exclusivity
from tests.web.access.asking import OFFER

pytestmark = pytest.mark.usefixtures("noon")

ASKED = {
    "exclusive_category": "food",
    "exclusive_from_on": "2026-11-10",
    "exclusive_until_on": "2026-12-10",
}


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    found = make_campaign(session, brand=acme, by=alice)
    fund(session, found, TERMS.fee)
    return found


@pytest.fixture
def application(session: Session, campaign: Campaign, bea: Actor) -> Application:
    return make_application(session, campaign=campaign, creator=bea)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"exclusive_until_on": ""}, "Give the exclusivity both of its days."),
        ({"exclusive_category": ""}, "Say in what, or clear both days."),
        ({"exclusive_until_on": "2026-11-09"}, "The exclusivity ends before it begins."),
        ({"exclusive_until_on": "2027-11-11"}, "An exclusivity can last a year at most."),
        ({"exclusive_until_on": "soon"}, "Enter a day, such as"),
        ({"exclusive_category": "other"}, "Choose one of these"),
    ],
)
def test_an_exclusivity_that_cannot_be_is_said_under_its_field_and_offers_nothing(
    client: FlaskClient,
    session: Session,
    application: Application,
    alice: Actor,
    typed: dict[str, str],
    said: str,
) -> None:
    sign_in(client, alice)

    answer = client.post(f"/brand/applications/{application.id}/offer", data=OFFER | ASKED | typed)

    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalars(select(Offer)).all() == []


def test_it_is_read_before_anybody_agrees_and_holds_afterwards(
    client: FlaskClient,
    session: Session,
    application: Application,
    alice: Actor,
    bea: Actor,
    mallory: Actor,
) -> None:
    sign_in(client, alice)
    client.post(f"/brand/applications/{application.id}/offer", data=OFFER | ASKED)
    offer = session.scalars(select(Offer)).one()
    sentence = "works in food for Acme Kitchen alone, from Tue 10 Nov 2026 until Thu 10 Dec 2026."
    assert sentence in client.get(f"/brand/offers/{offer.id}").text

    sign_in(client, bea)
    assert sentence in client.get(f"/creator/offers/{offer.id}").text
    counter = client.get(f"/creator/offers/{offer.id}/counter").text
    assert 'value="2026-12-10"' in counter
    assert client.post(f"/creator/offers/{offer.id}/accept").status_code == 303

    agreed = session.scalars(select(Collaboration)).one()
    assert sentence in client.get(f"/creator/collaborations/{agreed.id}").text
    mine = client.get("/creator/collaborations").text
    assert "In food you work for" in mine
    assert "until Thu 10 Dec 2026" in mine

    rival = session.get_one(Brand, next(iter(mallory.brands)))
    theirs = make_campaign(session, brand=rival, by=mallory, name="Other beans")
    brief = client.get(f"/creator/briefs/{theirs.id}").text
    assert "You have promised to work for one brand alone in food until Thu 10 Dec 2026" in brief
    assert 'id="apply"' not in brief
    refused = client.post(
        f"/creator/briefs/{theirs.id}", data={"pitch": "I cook.", "fee": "300.00"}
    )
    assert refused.status_code == 409
    assert "You have promised to work for one brand alone in food" in refused.text
    assert "Acme" not in refused.text.split("<main")[1].split("</main")[0]


def test_a_campaign_from_before_says_what_it_is_for_once_and_meets_promises_from_then_on(
    client: FlaskClient,
    session: Session,
    campaign: Campaign,
    alice: Actor,
    vic: Actor,
    bea: Actor,
    mallory: Actor,
) -> None:
    campaign.category = None
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id)
    make_exclusivity(session, creator_id=bea.creator_id, brand_id=next(iter(mallory.brands)))
    page, says = f"/brand/campaigns/{campaign.id}", f"/brand/campaigns/{campaign.id}/category"
    bound = "1 has promised another brand not to work in your category at the time."
    sign_in(client, vic)
    assert "published before campaigns said what they are for" in client.get(page).text
    assert says not in client.get(page).text
    sign_in(client, alice)
    assert says in client.get(page).text
    assert bound not in client.get(f"{page}/matches").text

    for odd in ("", "soup"):
        refused = client.post(says, data={"category": odd})
        assert (refused.status_code, campaign.category) == (422, None)
        assert "Choose a category from the list." in refused.text
    assert client.post(says, data={"category": "food"}).location == page

    assert says not in client.get(page).text
    assert bound in client.get(f"{page}/matches").text
    again = client.post(says, data={"category": "drinks"})
    assert again.status_code == 409
    assert "has said what it is for, and that stays" in again.text
    session.refresh(campaign)
    assert campaign.category == "food"


@pytest.mark.parametrize("state", [CampaignState.DRAFT, CampaignState.CLOSED])
def test_only_an_open_campaign_says_it_late(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, state: CampaignState
) -> None:
    found = make_campaign(session, brand=acme, by=alice, state=state)
    found.category = None
    sign_in(client, alice)

    answer = client.post(f"/brand/campaigns/{found.id}/category", data={"category": "food"})

    assert (answer.status_code, found.category) == (409, None)
