"""Trends as brands and creators see them, and a campaign that rides on one."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.trends import queries, service
from marketplace.trends.models import TrendSnapshot
from marketplace.trends.rules.growth import Phase
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import content, make_campaign
from tests.factories.challenges import make_challenge
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import walk
from tests.factories.trends import make_channels, make_posts
from tests.web.reading import plain

pytestmark = pytest.mark.usefixtures("noon")

RISING = [0] * 14 + [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8]
FALLING = [60] * 14 + [60, 52, 45, 39, 33, 29, 25, 21, 18, 16, 14, 12, 10, 9]


@pytest.fixture
def trends(session: Session) -> dict[str, TrendSnapshot]:
    channels = make_channels(session)
    make_posts(session, channels, hashtags=["beans"], counts=RISING)
    make_posts(session, channels, hashtags=["soup"], counts=FALLING, key="b", seconds=90)
    service.take_snapshots(session, now=NOON)
    session.commit()
    return {each.trend.name: each for each in queries.all_living(session)}


def address(campaign: Campaign) -> str:
    return f"/brand/campaigns/{campaign.id}/trend"


def test_without_trends_the_pages_say_how_they_come_about(
    client: FlaskClient, alice: Actor, published: Campaign
) -> None:
    sign_in(client, alice)

    assert "No trend yet" in client.get("/brand/trends").text
    assert "There is none to choose yet" in client.get(address(published)).text


def test_brands_and_creators_read_the_same_figures(
    client: FlaskClient, alice: Actor, bea: Actor, trends: dict[str, TrendSnapshot]
) -> None:
    told = []
    for actor, page in ((alice, "/brand/trends"), (bea, "/creator/trends")):
        sign_in(client, actor)
        text = client.get(page).text
        assert text.count('class="sparkline"') == 4
        table = text.split("<table")[1].split("</table>")[0]
        told.append(plain(re.sub(r"<br><a [^>]*#ride.*?</a>", "", table)))

    assert told[0] == told[1]
    assert "#beans 49 posts, 3 channels Rising" in told[0]
    assert "8.6 +15 % a day +14 % to +16 %" in told[0]
    assert "#soup" in plain(client.get("/creator/trends?kind=hashtag").text)
    assert "#soup" not in client.get("/creator/trends?kind=format").text
    assert "#soup" in client.get("/creator/trends?kind=sounds").text


@pytest.mark.parametrize(
    ("growth", "told"),
    [
        (919, "+9.2\xa0% a day"), (-409, "-4.1\xa0% a day"), (4_022, "+40\xa0% a day"),
        (-1_250, "-12\xa0% a day"), (4, "0\xa0% a day"),
    ],
)  # fmt: skip
def test_growth_is_told_no_finer_than_it_is_known(
    client: FlaskClient, growth: int, told: str
) -> None:
    macros: Any = client.application.jinja_env.get_template("parts/trend.html").module

    def growth_of(phase: Phase) -> str:
        return str(macros.trend_growth(TrendSnapshot(phase=phase, growth_bps=growth))).strip()

    assert growth_of(Phase.RISING if growth > 0 else Phase.FADING) == told
    assert growth_of(Phase.STEADY) == "No clear growth"


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ((0, 0, 0), "Less than a day left"),
        ((0, 0, 1), "Less than a day left, at most 1 day"),
        ((0, 0, 2), "Less than a day left, at most 2 days"),
        ((0, 1, 31), "About 1 day left, 0 to 31"),
        ((3, 9, 90), "About 9 days left, 3 to 90 or more"),
    ],
)
def test_what_fades_has_days_left(
    client: FlaskClient, days: tuple[int, int, int], told: str
) -> None:
    macros: Any = client.application.jinja_env.get_template("parts/trend.html").module
    low, left, high = days
    fading = TrendSnapshot(phase="fading", days_low=low, days_left=left, days_high=high)

    assert str(macros.trend_life(fading)).strip() == told


def test_from_the_list_a_trend_leads_to_a_campaign_and_whether_it_is_caught_before_it_is_saved(
    client: FlaskClient,
    session: Session,
    published: Campaign,
    alice: Actor,
    vic: Actor,
    trends: dict[str, TrendSnapshot],
) -> None:
    sign_in(client, alice)
    soup = trends["soup"].trend_id
    assert f"trend={soup}#ride" in client.get("/brand/trends").text

    asked = client.get(f"/brand/trends?trend={soup}").text
    page = f"{address(published)}?trend={soup}"
    assert f'href="{page}"' in asked
    looked = plain(client.get(page).text)

    assert "If it rode on #soup" in looked
    assert "It would miss the trend" in looked
    assert f'<option selected value="{soup}">' in client.get(page).text
    assert queries.ride_of(session, published.id) is None

    client.post(address(published), data={"trend": str(soup)})
    assert "If it rode on" not in client.get(page).text
    assert "“x” names no trend." in client.get("/brand/trends?trend=x").text
    assert client.get(f"/brand/trends?trend={UUID(int=3)}").status_code == 404
    sign_in(client, vic)
    assert "Ride on it" not in client.get("/brand/trends").text


def test_a_trend_is_chosen_by_how_it_grows_and_how_long_it_lasts(
    client: FlaskClient, published: Campaign, alice: Actor, trends: dict[str, TrendSnapshot]
) -> None:
    sign_in(client, alice)

    offered = client.get(address(published)).text.split("<select")[1].split("</select>")[0]

    told = [plain(each).strip() for each in offered.split("</option>")]
    assert told[0].endswith("None")
    assert [each for each in told if "#beans" in each or "#soup" in each] == [
        "#beans · +15 % a day · At least 18 days, no end in sight",
        "#soup · -13 % a day · About 3 days left, 3 to 4",
    ]


def test_a_campaign_rides_on_a_trend_and_reads_whether_it_catches_it(
    client: FlaskClient,
    session: Session,
    published: Campaign,
    alice: Actor,
    bea: Actor,
    trends: dict[str, TrendSnapshot],
) -> None:
    sign_in(client, alice)

    reply = client.post(
        address(published),
        data={"trend": str(trends["beans"].trend_id)},
        follow_redirects=True,
    )

    told = plain(reply.text)
    assert "#beans Rising" in told
    assert "See what grows, how fast and how long it may last" in told
    assert "It is tight: the first post can be live on Tue 10 Nov 2026" in told
    assert "Live with every round and clock used up Mon 14 Dec 2026" in told
    sign_in(client, bea)
    brief = plain(client.get(f"/creator/briefs/{published.id}").text)
    assert "It rides on a trend #beans Rising" in brief
    feed = plain(client.get("/creator/briefs").text)
    assert "Trend #beans · +15 % a day · At least 18 days, no end in sight" in feed


def test_a_campaign_is_shown_that_it_misses_its_trend(
    client: FlaskClient,
    published: Campaign,
    alice: Actor,
    trends: dict[str, TrendSnapshot],
) -> None:
    sign_in(client, alice)
    soup = trends["soup"]
    assert soup.days_left is not None
    assert soup.days_left < 16

    reply = client.post(
        address(published), data={"trend": str(soup.trend_id)}, follow_redirects=True
    )

    assert "It would miss the trend: its first post is likely to be live on" in reply.text
    assert "You can choose another trend." in reply.text
    assert "make it quicker" not in reply.text


def test_fewer_rounds_are_a_way_out_where_they_would_be_enough(
    client: FlaskClient,
    session: Session,
    published: Campaign,
    alice: Actor,
    trends: dict[str, TrendSnapshot],
) -> None:
    """Likely on 27 November with two rounds, and on the 19th without."""
    soup = trends["soup"]
    soup.days_left, soup.days_high = 20, 30
    session.commit()
    sign_in(client, alice)

    looked = client.get(f"{address(published)}?trend={soup.trend_id}").text

    assert "likely to be live on Fri 27 Nov 2026" in plain(looked)
    rights = f"/brand/campaigns/{published.id}/edit/rights"
    assert f'<a href="{rights}">Fewer rounds of changes</a> make it quicker.' in looked


def test_fewer_rounds_are_no_way_out_where_there_are_none(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    trends: dict[str, TrendSnapshot],
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, brief=content(revision_rounds=0))
    sign_in(client, alice)

    looked = client.get(f"{address(campaign)}?trend={trends['beans'].trend_id}").text

    assert "It is tight" in looked
    assert "make it quicker" not in looked


def test_once_a_post_is_live_the_page_says_since_when_and_foretells_nothing(
    client: FlaskClient,
    session: Session,
    published: Campaign,
    alice: Actor,
    bea: Actor,
    trends: dict[str, TrendSnapshot],
) -> None:
    agreed = make_collaboration(session, campaign=published, creator=bea, by=alice)
    walk(session, agreed, by=alice, creator=bea, to=DeliverableState.LIVE)
    session.commit()
    sign_in(client, alice)

    reply = client.post(
        address(published), data={"trend": str(trends["soup"].trend_id)}, follow_redirects=True
    )

    told = plain(reply.text)
    assert "Its first post has been live since Mon 2 Nov 2026." in told
    assert "It would miss" not in told
    assert "Live as is likely" not in told


def test_a_challenge_is_held_against_its_own_days(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    trends: dict[str, TrendSnapshot],
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice)
    session.commit()
    sign_in(client, alice)

    reply = client.post(
        address(challenge.campaign),
        data={"trend": str(trends["beans"].trend_id)},
        follow_redirects=True,
    )

    told = plain(reply.text)
    assert "Last day of the challenge" in told
    assert "round" not in told
    assert "halfway between the first and the last day of the challenge" in told


@pytest.mark.parametrize("typed", ["soup", "00000000-0000-4000-8000-00000000000f"])
def test_a_trend_that_is_not_on_the_list_is_refused(
    client: FlaskClient,
    session: Session,
    published: Campaign,
    alice: Actor,
    trends: dict[str, TrendSnapshot],
    typed: str,
) -> None:
    sign_in(client, alice)

    reply = client.post(address(published), data={"trend": typed})

    assert reply.status_code == 422
    assert queries.ride_of(session, published.id) is None


def test_getting_off_is_one_choice(
    client: FlaskClient,
    session: Session,
    published: Campaign,
    alice: Actor,
    trends: dict[str, TrendSnapshot],
) -> None:
    sign_in(client, alice)
    client.post(address(published), data={"trend": str(trends["beans"].trend_id)})

    reply = client.post(address(published), data={"trend": ""}, follow_redirects=True)

    assert "The campaign rides on no trend." in reply.text
    assert queries.ride_of(session, published.id) is None
