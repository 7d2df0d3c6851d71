"""The matches of a campaign, the market, and one creator, as brands see them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.matching import service as matching
from marketplace.matching.models import MatchShowing
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import content, make_campaign
from tests.web.brand.listed import matches_of


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def test_each_creator_is_shown_with_what_the_fit_is_made_of(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)

    with client.get(matches_of(campaign)) as page:
        assert page.status_code == 200
    assert "<strong>1 of 1 creators</strong> can be taken to reach people aged 18–34" in page.text
    assert "@cleo.cooks · United States · 48K followers" in page.text
    assert "age 50\xa0%" in page.text
    assert "price $300.00" in page.text
    assert f"/brand/campaigns/{campaign.id}/invitations" in page.text
    shown = session.scalars(select(MatchShowing)).one()
    assert (shown.creator_ids, shown.first_place) == ([cleo.id], 1)


def test_attention_is_shared_unless_the_order_of_fit_alone_is_asked_for(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)

    for query, is_shared in (("", True), ("?wish=1", True), ("?wish=1&by_fit=y", False)):
        page = client.get(matches_of(campaign) + query).text
        assert ("shared among creators</a>." in page) is is_shared, query


def test_an_empty_market_says_so(client: FlaskClient, alice: Actor, campaign: Campaign) -> None:
    sign_in(client, alice)

    page = client.get(matches_of(campaign))

    assert "0 of 0 creators" in page.text
    assert "Nobody passes these rules" in page.text


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("age_from=0&age_to=1", True),
        ("age_from=3&age_to=3", False),
        ("least=300", True),
        ("least=300.01", False),
        ("most=300", True),
        ("most=299.99", False),
        ("lives_in=US", True),
        ("lives_in=DE", False),
        ("language=en", False),
        ("followers_least=48000", True),
        ("followers_least=48001", False),
        ("followers_most=47999", False),
        ("without=cooking", False),
        ("without=pets,%20beauty", True),
        ("shortlisted=y", False),
    ],
)
def test_the_wish_is_in_the_address_and_the_list_follows(
    client: FlaskClient,
    alice: Actor,
    campaign: Campaign,
    cleo: Creator,
    query: str,
    is_there: bool,
) -> None:
    sign_in(client, alice)

    page = client.get(f"{matches_of(campaign)}?wish=1&{query}")

    assert page.status_code == 200
    assert ("Cleo Marr" in page.text) is is_there


@pytest.mark.parametrize(
    ("query", "is_there"),
    [("wish=1&gender=female", True), ("shortlisted=y", True), ("group=women", False)],
)
def test_looking_around_is_not_logged_as_shown(
    client: FlaskClient,
    session: Session,
    alice: Actor,
    campaign: Campaign,
    cleo: Creator,
    query: str,
    is_there: bool,
) -> None:
    matching.shortlist(session, campaign_id=campaign.id, creator_id=cleo.id, actor=alice, now=NOON)
    sign_in(client, alice)

    with client.get(f"{matches_of(campaign)}?{query}") as page:
        assert ("Cleo Marr" in page.text) is is_there

    assert session.scalars(select(MatchShowing)).all() == []


@pytest.mark.parametrize(
    ("ages", "sliders", "words"),
    [
        (("18-24", "35-44"), "age_from=0&age_to=2", "aged 18–24 or 35–44"),
        (("18-24", "35-44"), "age_from=0&age_to=1", "aged 18–34"),
        (("18-24", "25-34", "35-44", "45-54", "55+"), "age_from=0&age_to=4", "aged 18 or older"),
    ],
)
def test_the_ages_of_the_brief_stay_until_a_slider_is_moved(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    ages: tuple[str, ...],
    sliders: str,
    words: str,
) -> None:
    brief = content(target_age=dict.fromkeys(ages, 2_000))
    campaign = make_campaign(session, brand=acme, by=alice, brief=brief)
    sign_in(client, alice)

    part = client.get(f"{matches_of(campaign)}?wish=1&{sliders}", headers={"X-Part": "list"})

    assert f"can be taken to reach people {words}" in part.text


def test_the_list_alone_comes_to_the_script_that_follows_the_form(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)

    part = client.get(f"{matches_of(campaign)}?wish=1&age_to=0", headers={"X-Part": "list"})

    assert "Cleo Marr" in part.text
    assert "can be taken to reach people aged 18–24" in part.text
    assert "<html" not in part.text
    assert "X-Part" in part.headers["Vary"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            "followers_least=5&followers_most=4",
            "Nobody can have at least 5 followers and at most 4:"
            " these two rules contradict each other.",
        ),
        (
            "words=beauty&without=beauty",
            "You ask for beauty and leave out whoever makes beauty:"
            " these two rules contradict each other.",
        ),
        ("age_from=3&age_to=1", "The oldest is younger than the youngest: move one of the two."),
        ("age_from=99", "Choose ages from the list."),
        (
            "least=9&most=8",
            "Nobody can ask at least $9.00 and at most $8.00:"
            " these two rules contradict each other.",
        ),
        ("least=nothing", "Write digits only, without a currency sign, like 12.50."),
        ("most=12,50", "Write the amount with a point and no commas, like 12.50."),
        ("most=-3", "Write digits only, without a currency sign, like 12.50."),
        ("followers_least=lots", "Enter a whole number."),
        ("followers_least=-4", "A number of followers is 0 or more."),
        ("country=XX", "There is no country called XX in our list."),
        ("lives_in=XX", "There is no country called XX in our list."),
        ("without=nonsense", "There is no topic called nonsense in our list."),
        ("words=" + ",".join(map(str, range(43))), "Name 42 topics and hashtags at most."),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_words(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator, query: str, words: str
) -> None:
    sign_in(client, alice)

    for headers in ({}, {"X-Part": "list"}):
        page = client.get(f"{matches_of(campaign)}?wish=1&{query}", headers=headers)
        assert page.status_code == 422
        assert words in page.text
        assert "Cleo Marr" not in page.text


def test_nobody_that_cheap_names_the_cheapest(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)

    page = client.get(f"{matches_of(campaign)}?wish=1&most=1").text

    assert "Nobody is that cheap" in page
    assert "$300.00" in page
    assert "1 usually asks more than the most that you pay." in page


def test_whom_a_rule_removes_stays_on_the_shortlist_and_is_told_so(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    matching.shortlist(session, campaign_id=campaign.id, creator_id=cleo.id, actor=alice, now=NOON)
    sign_in(client, alice)
    address = f"{matches_of(campaign)}?wish=1&shortlisted=y&most="

    within, above = client.get(f"{address}300").text, client.get(f"{address}299.99").text

    assert "Cleo Marr" in within
    assert "Left out" not in within
    assert "Cleo Marr" in above
    assert "Left out: among those who usually ask more than the most that you pay." in above


def test_what_the_address_does_not_say_of_ages_is_any_age(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)

    avoided = "&avoid=adult&avoid=drugs&avoid=shocking&avoid=weapons"
    page = client.get(f"{matches_of(campaign)}?wish=1&most=400{avoided}").text

    assert "can be taken to reach people of any age" in page
    assert '<output for="age_from" aria-live="off">18</output>' in page
    assert '<output for="age_to" aria-live="off">any older</output>' in page
    assert "Keep these rules" not in page


@pytest.mark.parametrize(
    ("query", "whom"),
    [
        ("gender=female", "women of any age, anywhere"),
        ("gender=female&gender=male&age_from=1&age_to=2", "women or men aged 25–44, anywhere"),
        ("country=US&age_from=4", "people aged 55 or older in the United States"),
        ("country=US&country=CA&age_to=0", "people aged 18–24 in Canada or the United States"),
        ("words=" + ",".join(map(str, range(42))), "people of any age, anywhere"),
    ],
)
def test_whom_the_wish_is_to_reach_is_said_as_it_was_chosen(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator, query: str, whom: str
) -> None:
    sign_in(client, alice)

    page = client.get(f"{matches_of(campaign)}?wish=1&{query}").text

    assert f"creators</strong> can be taken to reach {whom}." in page


def test_rules_are_kept_and_hold_from_then_on(
    client: FlaskClient, alice: Actor, vic: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)
    looking = client.get(f"{matches_of(campaign)}?wish=1&lives_in=DE").text
    assert "Keep these rules" in looking

    answer = client.post(matches_of(campaign), data={"wish": "1", "lives_in": "DE"})

    assert (answer.status_code, answer.location) == (303, matches_of(campaign))
    page = client.get(matches_of(campaign)).text
    assert "1 lives in another country, or does not say where." in page
    wrong = {"wish": "1", "followers_least": "2", "followers_most": "1"}
    assert client.post(matches_of(campaign), data=wrong).status_code == 422
    assert "1 lives in another country" in client.get(matches_of(campaign)).text
    sign_in(client, vic)
    assert client.post(matches_of(campaign), data={"wish": "1"}).status_code == 403


def test_odd_addresses_are_answered(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)

    for query in ("page=-4", "page=999", "page=x", "shortlisted=maybe", "nothing=1"):
        assert client.get(f"{matches_of(campaign)}?{query}").status_code == 200


def test_matches_of_another_brand_do_not_exist(
    client: FlaskClient, mallory: Actor, bea: Actor, campaign: Campaign
) -> None:
    sign_in(client, mallory)
    assert client.get(matches_of(campaign)).status_code == 404
    assert client.post(matches_of(campaign)).status_code == 404
    sign_in(client, bea)
    assert client.get(matches_of(campaign)).status_code == 403
    assert client.get("/brand/creators").status_code == 403
