"""The counts above a list of matches follow the target, also where the age alone is moved."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.matching import service as matching
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_audience, make_channel, make_creator, make_rate

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """Three creators of 10,000 views a video, watched by fewer and fewer of 18 to 24."""
    for name, young in (("Ana", 8_000), ("Bo", 6_000), ("Cy", 4_500)):
        creator = make_creator(session, display_name=name)
        channel = make_channel(session, creator_id=creator.id)
        make_rate(session, creator_id=creator.id, fee_minor=30_000)
        make_audience(
            session,
            channel_id=channel.id,
            age={"18-24": young, "45-54": 10_000 - young},
            country={"US": 10_000},
        )
    return make_campaign(session, brand=acme, by=alice)


def look(client: FlaskClient, campaign: Campaign, query: str) -> tuple[list[str], list[str]]:
    """The numbers of the line above the list, and the age of each creator as the list shows it."""
    address = f"/brand/campaigns/{campaign.id}/matches?wish=1&{query}"
    page = client.get(address, headers={"X-Part": "list"}).text
    line = page.split("data-aloud>")[1].split("</p>")[0]
    shown = re.findall(
        "views of a video 31,623 · authentic 100\xa0% (?:· age ([0-9.]+)\xa0% )?·", page
    )
    return re.findall("<strong>([^<]*)</strong>", line), shown


def test_the_age_alone_changes_the_counts_as_the_lines_of_the_list_have_it(
    client: FlaskClient, alice: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)

    everybody = "3 of 3 creators"
    for ages, shown, share, views in (
        ("age_from=0&age_to=0", ["75", "58.5", "46.5"], "58.5\xa0%", "56,921"),
        ("age_from=3&age_to=3", ["51", "38.5", "22.5"], "38.5\xa0%", "35,418"),
        ("age_from=0&age_to=3", ["97.5", "97.5", "97"], "97.5\xa0%", "92,339"),
    ):
        assert look(client, campaign, ages) == ([everybody, share, views], shown)


def test_without_a_target_no_part_of_an_audience_is_counted(
    client: FlaskClient, alice: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)

    assert look(client, campaign, "") == (["3 of 3 creators", "94,869"], ["", "", ""])


def test_creators_chosen_by_hand_are_not_counted_by_their_audience(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)
    chosen = session.scalars(select(Creator.id).where(Creator.display_name == "Ana")).one()
    matching.shortlist(session, campaign_id=campaign.id, creator_id=chosen, actor=alice, now=NOON)

    found = look(client, campaign, "age_from=0&age_to=0&shortlisted=y")

    assert found == (["3 of 3 creators", "23,717"], ["75"])
