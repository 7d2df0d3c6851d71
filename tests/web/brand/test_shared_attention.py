"""A list of matches says of each creator what the sharing of attention has done to their place."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.matching.models import MatchListing
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.market import make_hireable
from tests.web.reading import plain

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """Eleven creators were in three other lists this week; the best in four, the last in none."""
    others = [make_campaign(session, brand=acme, by=alice, name=f"No {n}") for n in range(4)]
    for number in range(11):
        one = make_hireable(session, f"Seen {number}", reach=9_000 - 400 * number)
        for other in others[: 4 if number == 0 else 3]:
            session.add(MatchListing(creator_id=one, campaign_id=other.id, shown_at=NOON))
    make_hireable(session, "Newcomer", reach=100)
    return make_campaign(session, brand=acme, by=alice)


def lines(client: FlaskClient, campaign: Campaign, query: str = "") -> list[str]:
    page = client.get(f"/brand/campaigns/{campaign.id}/matches{query}").text
    return [
        plain(each)
        for each in re.findall(
            r'<li class="panel".*?</li>\s*(?=<li class="panel"|</ol>)', page, re.DOTALL
        )
    ]


def test_who_makes_room_and_who_is_hardly_seen_are_told_with_the_place_they_would_have(
    client: FlaskClient, alice: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)

    shown = lines(client, campaign)

    assert len(shown) == 10
    [first] = [line for line in shown if "Seen 0" in line]
    assert shown.index(first) > 0
    assert "In 4 other lists this week, so others come first. By fit alone: place 1." in first
    assert "Seen 1" in shown[0]
    assert "other list" not in shown[0]
    assert (
        "New here Hardly any brand has seen Newcomer this week: some places are kept for somebody"
        " new. By fit alone: place 12."
    ) in shown[9]


def test_by_fit_alone_nobody_makes_room(
    client: FlaskClient, alice: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)

    shown = lines(client, campaign, "?wish=1&age_from=0&age_to=1&country=US&by_fit=y")

    assert [f"Seen {place}" in line for place, line in enumerate(shown)] == [True] * 10
    assert not any("By fit alone" in line for line in shown)
