"""What a creator reads of whom nothing is known yet: what to do first, and no made-up chances."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.kernel.actor import Actor
from tests.conftest import sign_in
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.creators import make_channel

pytestmark = pytest.mark.usefixtures("noon")

CONNECT = "Connect a channel first"
UNKNOWN = "Nothing is known yet of what you would bring, so no brand finds you."
NOBODY = "brand would get nobody of its target, as far as is known of your viewers."


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def test_the_home_of_a_creator_without_a_channel_says_to_connect_one(
    client: FlaskClient, session: Session, bea: Actor
) -> None:
    sign_in(client, bea)
    before = client.get("/creator/").text
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id)
    session.commit()

    after = client.get("/creator/").text

    assert CONNECT in before
    assert 'href="/creator/channels"' in before
    assert CONNECT not in after
    assert "Nothing needs you now" in after
    assert "See the briefs" in after


def test_the_feed_makes_up_no_share_of_the_middle_creator(
    client: FlaskClient, session: Session, campaign: Campaign, bea: Actor
) -> None:
    sign_in(client, bea)
    before = client.get("/creator/briefs").text
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id, median_views=20_000)
    session.commit()

    after = client.get("/creator/briefs").text

    assert UNKNOWN in before
    assert NOBODY in before
    assert "of what the middle" not in before
    assert "your usual fee" not in before
    assert UNKNOWN not in after
    assert NOBODY not in after
    assert "what your views usually cost</b>" in after


def test_no_chance_of_an_offer_is_named_where_the_brand_would_get_nobody(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    sign_in(client, bea)
    unlikely = client.get("/creator/briefs").text
    assert bea.creator_id is not None
    collaborations.invite(
        session,
        campaign_id=campaign.id,
        creator_id=bea.creator_id,
        message="",
        actor=alice,
        now=NOON,
    )
    session.commit()

    wanted = client.get("/creator/briefs").text

    assert f"An offer is unlikely and counts as <b>1\xa0%</b>: the {NOBODY}" in unlikely
    assert f"You are wanted, although the {NOBODY}" in wanted
    assert "Chance of an offer" not in unlikely + wanted
