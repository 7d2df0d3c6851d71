"""The market, and one creator, as brands see them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_audience, make_channel, make_creator
from tests.web.reading import plain


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def test_the_market_lists_sorts_and_narrows(
    client: FlaskClient, session: Session, vic: Actor, cleo: Creator
) -> None:
    other = make_creator(session, display_name="Anders Ek", country="SE", topics=["tech"])
    make_channel(session, creator_id=other.id, handle="anders", median_views=9)
    sign_in(client, vic)

    page = client.get("/brand/creators").text
    assert page.index("Cleo Marr") < page.index("Anders Ek")
    assert "31.6K" in page
    assert "7\xa0%" in page
    by_name = client.get("/brand/creators?sort=name").text
    assert by_name.index("Anders Ek") < by_name.index("Cleo Marr")
    narrowed = client.get("/brand/creators?words=%40anders&country=SE&topic=tech").text
    assert "Anders Ek" in narrowed
    assert "Cleo Marr" not in narrowed
    nobody = client.get("/brand/creators?min_views=99999999")
    assert "Nobody passes these filters" in nobody.text
    odd = client.get("/brand/creators?sort=x&page=999&min_followers=-&words=%25")
    assert odd.status_code == 200


def test_an_empty_market_says_how_it_fills(client: FlaskClient, alice: Actor) -> None:
    sign_in(client, alice)

    assert "The market is empty" in client.get("/brand/creators").text


def test_a_creator_is_shown_with_figures_audience_fees_and_videos(
    client: FlaskClient, alice: Actor, cleo: Creator, campaign: Campaign
) -> None:
    sign_in(client, alice)

    page = client.get(f"/brand/creators/{cleo.id}")

    assert page.status_code == 200
    for words in (
        "@cleo.cooks on TikTok",
        "48,000",
        "31,623",
        "(likes + comments + shares) ÷ views",
        "From the platform, Thu 1 Oct 2026",
        "12.34\xa0%",
        "$300.00",
        "#soup",
        "12,345",
        "Beans in a minute",
    ):
        assert words in page.text, words
    with_fit = client.get(f"/brand/creators/{cleo.id}?campaign={campaign.id}")
    assert "Fit to Beans in a minute" in with_fit.text
    assert "50\xa0% of the viewers are 18–34" in with_fit.text
    assert "Fit: all of it multiplied, for $100.00, rounded once" in with_fit.text


@pytest.mark.usefixtures("noon")
def test_an_old_audience_of_nobody_knows_how_many_is_told_so(
    client: FlaskClient, session: Session, alice: Actor
) -> None:
    creator = make_creator(session)
    channel = make_channel(session, creator_id=creator.id)
    make_audience(
        session, channel_id=channel.id, sample_size=0, taken_at=NOON - timedelta(days=180)
    )
    sign_in(client, alice)

    said = plain(client.get(f"/brand/creators/{creator.id}").text)

    assert (
        "The creator’s own statement, Wed 6 May 2026; counts as 15 of 100 assumed people;"
        " more than 90 days old" in said
    )


def test_another_brands_campaign_cannot_be_asked_for_on_a_creators_page(
    client: FlaskClient, mallory: Actor, cleo: Creator, campaign: Campaign
) -> None:
    sign_in(client, mallory)

    assert client.get(f"/brand/creators/{cleo.id}").status_code == 200
    assert client.get(f"/brand/creators/{cleo.id}?campaign={campaign.id}").status_code == 404
    assert client.get(f"/brand/creators/{UUID(int=7)}").status_code == 404


def test_a_creator_without_a_channel_is_said_so(
    client: FlaskClient, alice: Actor, bea: Actor
) -> None:
    sign_in(client, alice)

    assert "has not connected a channel" in client.get(f"/brand/creators/{bea.creator_id}").text
