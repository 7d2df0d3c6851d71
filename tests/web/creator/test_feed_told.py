"""What a card of the feed says of a brief, and what a brief says would raise the fit."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators import queries
from marketplace.creators.rules import AudienceSource
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.conftest import sign_in
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import make_audience, make_channel, make_creator, make_rate

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def plain(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_card_says_each_part_of_its_place(
    client: FlaskClient, session: Session, campaign: Campaign, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id, median_views=20_000)
    make_audience(session, channel_id=channel.id, source=AudienceSource.PLATFORM)
    make_rate(session, creator_id=bea.creator_id, fee_minor=20_000)
    session.commit()
    sign_in(client, bea)

    said = plain(client.get("/creator/briefs").text)
    assert (
        "Chance of an offer 30 % : the brand would get about what the middle creator brings."
        " Fee: one and a half times your usual fee , about $50.00 an hour for 6 hours."
        " About what you make ×1 . You receive $95.00 to $475.00"
        " 1 deliverable · open until Thu 31 Dec 2026"
    ) in said


def test_who_has_named_no_fee_is_told_what_their_views_usually_cost(
    client: FlaskClient, session: Session, campaign: Campaign, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id, median_views=20_000)
    make_audience(session, channel_id=channel.id, source=AudienceSource.PLATFORM)
    make_rate(session, creator_id=bea.creator_id, fee_minor=20_000, currency="EUR")
    session.commit()
    sign_in(client, bea)

    said = plain(client.get("/creator/briefs").text)

    assert " what your views usually cost , about $50.00 an hour for 6 hours." in said
    assert "your usual fee" not in said


@pytest.mark.parametrize(
    ("fee_minor", "fit", "told"),
    [
        (2_000_000, "25 views", "more than 100 times"),
        (50_000_000, "1 view", "8 times"),
        (400_000_000, "0 views", "about"),
    ],
)
def test_a_fit_of_less_than_a_view_is_somebody_and_told_against_the_middle_one(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    fee_minor: int,
    fit: str,
    told: str,
) -> None:
    """A fit is for 100 dollars, which buy less than half a view of the dearest."""
    low, high = Money(1_000_000, "USD"), Money(500_000_000, "USD")
    brief = content(fee_low=low, fee_high=high)
    campaign = make_campaign(session, brand=acme, by=alice, budget=high, brief=brief)
    assert bea.creator_id is not None
    fees = {make_creator(session).id: 400_000_000 for _ in range(2)}
    for each, fee in (fees | {bea.creator_id: fee_minor}).items():
        channel = make_channel(session, creator_id=each, median_views=20_000)
        make_audience(session, channel_id=channel.id, source=AudienceSource.PLATFORM)
        make_rate(session, creator_id=each, fee_minor=fee)
    session.commit()
    sign_in(client, bea)

    said = plain(client.get("/creator/briefs").text)
    page = plain(client.get(f"/creator/briefs/{campaign.id}").text)

    assert f"the brand would get {told} what the middle creator brings" in said
    assert re.findall(r"\d+ views? for", page)[0] == f"{fit} for"


def test_a_brief_says_what_would_raise_the_fit_until_it_is_done(
    client: FlaskClient, session: Session, campaign: Campaign, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id, median_views=20_000)
    session.commit()
    sign_in(client, bea)

    unsaid = plain(client.get(f"/creator/briefs/{campaign.id}").text)
    make_audience(session, channel_id=channel.id)
    make_rate(session, creator_id=bea.creator_id, fee_minor=70_000)
    session.commit()
    said = plain(client.get(f"/creator/briefs/{campaign.id}").text)

    assert "688 views for $100.00" in unsaid
    assert (
        "What would raise it Name your fee in USD : until then it is taken as a quarter above the"
        " usual. Say who watches you : until then it is estimated. Why this fit"
    ) in unsaid
    assert "743 views for $100.00" in said
    assert (
        "What would raise it Ask $500.00 for this instead of $700.00 : 1,040. Send a picture of"
        " your statistics : shares seen in it count 80 %, your word alone 30 %, of 1,000 people"
        " at most. Why this fit"
    ) in said


def test_who_makes_what_is_asked_for_and_has_not_said_so_is_told_to(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id, median_views=20_000)
    games = make_campaign(
        session, brand=acme, by=alice, brief=content(target_interests=("gaming",))
    )
    session.commit()
    sign_in(client, bea)
    advice = "Nothing of what they ask for is in your last posts or among your topics. Name it ,"

    unsaid = plain(client.get(f"/creator/briefs/{games.id}").text)
    queries.creator_by_id(session, bea.creator_id).topics = ["gaming"]
    session.commit()
    said = plain(client.get(f"/creator/briefs/{games.id}").text)

    assert advice in unsaid
    assert advice not in said
    assert "Makes gaming" in said
