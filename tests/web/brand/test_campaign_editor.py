"""The editor of a campaign: five steps, saved as one goes, published at the end."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns import queries
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState, WantedDeliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.conftest import sign_in
from tests.factories.campaigns import brief_of, content, make_campaign
from tests.web.brand.editing import BASICS

pytestmark = pytest.mark.usefixtures("noon")


def test_a_brand_walks_through_the_editor_and_publishes(
    client: FlaskClient, session: Session, alice: Actor
) -> None:
    sign_in(client, alice)

    started = client.post("/brand/campaigns/new", data=BASICS)
    campaign = session.scalars(select(Campaign)).one()
    home = f"/brand/campaigns/{campaign.id}"
    assert (started.status_code, started.location) == (303, f"{home}/edit/brief")

    gaps = client.get(f"{home}/edit/preview")
    assert "Ask for at least one deliverable." in gaps.text
    assert "Ready to publish" not in gaps.text

    brief = client.post(
        f"{home}/edit/brief",
        data={
            "summary": "Cook our beans.",
            "dos": "Show the tin\n\n Smile ",
            "donts": "",
            "deliverables-0-format": "video",
            "deliverables-0-description": "A recipe",
            "deliverables-0-count": "2",
            "deliverables-1-format": "story",
            "deliverables-1-description": "",
            "deliverables-1-count": "1",
        },
    )
    assert (brief.status_code, brief.location) == (303, f"{home}/edit/audience")
    audience = client.post(
        f"{home}/edit/audience",
        data={
            "age_18_24": "40",
            "age_25_34": "37.5",
            "gender_female": "60",
            "countries-0-country": "US",
            "countries-0-share": "100",
            "target_interests": ["cooking", "home"],
        },
    )
    assert (audience.status_code, audience.location) == (303, f"{home}/edit/rights")
    rights = client.post(
        f"{home}/edit/rights",
        data={
            "fee_low": "100",
            "fee_high": "250.50",
            "usage_media": "paid",
            "usage_days": "",
            "usage_forever": "y",
            "disclosure": "Ad",
            "revision_rounds": "0",
        },
    )
    assert (rights.status_code, rights.location) == (303, f"{home}/edit/preview")
    preview = client.get(f"{home}/edit/preview")
    assert "for ever (in perpetuity)" in preview.text
    assert "Ready to publish" in preview.text

    published = client.post(f"{home}/publish")
    assert (published.status_code, published.location) == (303, home)

    session.expire_all()
    assert campaign.state is CampaignState.PUBLISHED
    said = queries.content_of(brief_of(session, campaign), currency="USD")
    assert said.dos == ("Show the tin", "Smile")
    assert said.deliverables == (WantedDeliverable("video", "A recipe", 2),)
    assert said.target_age == {"18-24": 4_000, "25-34": 3_750}
    assert said.target_gender == {"female": 6_000}
    assert said.target_country == {"US": 10_000}
    assert said.target_interests == ("cooking", "home")
    assert (said.fee_low, said.fee_high) == (Money(10_000, "USD"), Money(25_050, "USD"))
    assert (said.usage_media, said.usage_days, said.revision_rounds) == ("paid", None, 0)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "The amount must be more than 0."),
        ("0.001", "USD has 2 decimals at most."),
        ("1e9", "Write digits only, without a currency sign, like 12.50."),
        ("12,50", "Write the amount with a point and no commas, like 12.50."),
        ("¥100", "Write digits only, without a currency sign, like 12.50."),
        ("-100", "Write digits only, without a currency sign, like 12.50."),
        ("49.99", "A campaign needs a budget of at least $50."),
        ("10000000.01", "A budget can be at most $10,000,000.00."),
        ("", "Enter a budget."),
    ],
)
def test_a_budget_that_cannot_be_is_refused_at_its_field_and_kept(
    client: FlaskClient, session: Session, alice: Actor, typed: str, sentence: str
) -> None:
    sign_in(client, alice)

    page = client.post("/brand/campaigns/new", data={**BASICS, "budget": typed})

    assert page.status_code == 422
    assert sentence in page.text
    assert f'value="{typed}"' in page.text
    assert session.scalars(select(Campaign)).all() == []


def test_a_day_that_is_no_day_is_refused(client: FlaskClient, alice: Actor) -> None:
    sign_in(client, alice)

    page = client.post("/brand/campaigns/new", data={**BASICS, "starts_on": "2026-02-31"})

    assert page.status_code == 422


def test_shares_over_the_whole_are_refused_with_their_sum(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)
    before = queries.draft_brief(session, draft.id)
    assert before is not None
    age = dict(before.target_age)

    page = client.post(
        f"/brand/campaigns/{draft.id}/edit/audience", data={"age_18_24": "60", "age_25_34": "50"}
    )

    assert page.status_code == 422
    assert "The shares of age add up to 110\xa0%, more than 100\xa0%." in page.text
    assert 'value="60"' in page.text
    session.expire_all()
    after = queries.draft_brief(session, draft.id)
    assert after is not None
    assert after.target_age == age


@pytest.mark.parametrize("share", ["-5", "101", "NaN", "Infinity", "1e999999"])
def test_a_share_outside_the_whole_is_refused(
    client: FlaskClient, draft: Campaign, alice: Actor, share: str
) -> None:
    sign_in(client, alice)

    page = client.post(f"/brand/campaigns/{draft.id}/edit/audience", data={"age_18_24": share})

    assert page.status_code == 422
    assert "Each share of age is more than 0\xa0% and at most 100\xa0%." in page.text


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({"countries-0-country": "US", "countries-0-share": ""}, "Give each country its share."),
        (
            {
                "countries-0-country": "US",
                "countries-0-share": "10",
                "countries-1-country": "US",
                "countries-1-share": "10",
            },
            "A country is named twice.",
        ),
        ({"countries-0-country": "XX", "countries-0-share": "10"}, "Choose one of these"),
    ],
)
def test_countries_need_a_share_each_and_come_once(
    client: FlaskClient, draft: Campaign, alice: Actor, rows: dict[str, str], sentence: str
) -> None:
    sign_in(client, alice)

    page = client.post(f"/brand/campaigns/{draft.id}/edit/audience", data=rows)

    assert page.status_code == 422
    assert sentence in page.text


def test_a_fee_above_the_budget_is_refused_at_its_field(
    client: FlaskClient, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    page = client.post(
        f"/brand/campaigns/{draft.id}/edit/rights",
        data={
            "fee_low": "100",
            "fee_high": "1000.01",
            "usage_media": "organic",
            "usage_days": "30",
            "disclosure": "Ad",
            "revision_rounds": "1",
        },
    )

    assert page.status_code == 422
    assert "This fee is more than the whole budget." in page.text
    assert 'value="1000.01"' in page.text


def test_a_row_can_be_added_without_losing_what_was_typed(
    client: FlaskClient, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    page = client.post(
        f"/brand/campaigns/{draft.id}/edit/brief",
        data={
            "summary": "Half a thought",
            "deliverables-0-format": "video",
            "deliverables-0-description": "One",
            "deliverables-0-count": "1",
            "more": "1",
        },
    )

    assert page.status_code == 200
    assert "Half a thought" in page.text
    assert 'name="deliverables-1-description"' in page.text


def test_a_target_may_name_more_countries_than_there_are_rows_at_first(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)
    audience = f"/brand/campaigns/{draft.id}/edit/audience"
    named = {"US": 4_000, "DE": 2_000, "AT": 1_000, "CH": 500, "GB": 300, "FR": 200}
    typed = {}
    for place, (country, bps) in enumerate(named.items()):
        if place == 5:
            page = client.post(audience, data=typed | {"age_18_24": "40", "more": "country"})
            assert page.status_code == 200
            assert 'name="countries-9-country"' in page.text
            assert re.findall(r'<select autofocus[^>]*name="([\w-]+)"', page.text) == [
                "countries-5-country"
            ]
            assert 'value="40"' in page.text
        typed |= {f"countries-{place}-country": country}
        typed |= {f"countries-{place}-share": str(bps / 100)}

    assert client.post(audience, data=typed).status_code == 303

    session.expire_all()
    brief = queries.draft_brief(session, draft.id)
    assert brief is not None
    assert brief.target_country == named


def test_a_draft_can_be_left_half_written(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    left = client.post(
        f"/brand/campaigns/{draft.id}/edit/brief", data={"summary": "", "leave": "1"}
    )

    assert (left.status_code, left.location) == (303, f"/brand/campaigns/{draft.id}")
    session.expire_all()
    brief = queries.draft_brief(session, draft.id)
    assert brief is not None
    assert (brief.summary, brief.deliverables) == ("", [])


def test_publishing_an_incomplete_brief_shows_what_is_missing(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(
        session,
        brand=acme,
        by=alice,
        state=CampaignState.DRAFT,
        brief=content(summary="", deliverables=()),
    )
    sign_in(client, alice)

    page = client.post(f"/brand/campaigns/{campaign.id}/publish")

    assert page.status_code == 422
    assert "Say in a few sentences what is to be made." in page.text
    session.expire_all()
    assert campaign.state is CampaignState.DRAFT


def test_publishing_without_a_confirmed_address_says_what_to_do(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor
) -> None:
    session.get_one(User, alice.user_id).email_confirmed_at = None
    session.flush()
    sign_in(client, alice)

    page = client.post(f"/brand/campaigns/{draft.id}/publish")

    assert page.status_code == 409
    assert "Confirm your e-mail address first" in page.text


def test_a_published_campaign_has_no_basics_to_edit(
    client: FlaskClient, published: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    page = client.get(f"/brand/campaigns/{published.id}/edit/basics")

    assert (page.status_code, page.location) == (
        303,
        f"/brand/campaigns/{published.id}/edit/brief",
    )
