"""The campaign editor, the list, one campaign's page, and closing it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns import queries
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState, WantedDeliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from tests.conftest import sign_in
from tests.factories.campaigns import brief_of, content, fund, make_campaign
from tests.factories.collaborations import make_application, make_collaboration

pytestmark = pytest.mark.usefixtures("noon")

BASICS = {
    "name": "Beans",
    "budget": "1000.00",
    "currency": "USD",
    "starts_on": "2026-11-03",
    "ends_on": "2026-12-01",
}


@pytest.fixture
def published(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def draft(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)


def pages_of(campaign: Campaign) -> list[str]:
    home = f"/brand/campaigns/{campaign.id}"
    return [
        home,
        f"{home}/brief",
        f"{home}/applications",
        f"{home}/invitations",
        f"{home}/collaborations",
    ]


def test_every_member_sees_the_pages_of_their_campaign(
    client: FlaskClient, published: Campaign, alice: Actor, ben: Actor, fiona: Actor, vic: Actor
) -> None:
    for who in (alice, ben, fiona, vic):
        sign_in(client, who)
        for path in pages_of(published):
            page = client.get(path)
            assert page.status_code == 200, path
            assert "Beans in a minute" in page.text


def test_for_others_the_campaign_does_not_exist(
    client: FlaskClient, published: Campaign, mallory: Actor, bea: Actor
) -> None:
    sign_in(client, mallory)
    for path in pages_of(published):
        assert client.get(path).status_code == 404, path
    assert client.get(f"/brand/campaigns/{published.id}/edit/brief").status_code == 404
    assert client.get(f"/brand/campaigns/{published.id}/close").status_code == 404
    assert client.post(f"/brand/campaigns/{published.id}/close").status_code == 404
    sign_in(client, bea)
    for path in pages_of(published):
        assert client.get(path).status_code == 403, path


def test_signed_out_visitors_sign_in_first(client: FlaskClient, published: Campaign) -> None:
    for path in ["/brand/", "/brand/campaigns", *pages_of(published)]:
        assert client.get(path).status_code == 302, path


def test_a_campaign_that_is_not_there_is_a_404(client: FlaskClient, alice: Actor) -> None:
    sign_in(client, alice)

    assert client.get(f"/brand/campaigns/{new_id()}").status_code == 404


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
        ("49.99", "A campaign needs a budget of at least USD 50."),
        ("10000000.01", "A budget can be at most USD 10,000,000.00."),
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
    assert "The shares of age add up to 110 %, more than 100 %." in page.text
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
    assert "Each share of age is more than 0 % and at most 100 %." in page.text


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
        ({"countries-0-country": "XX", "countries-0-share": "10"}, "Not a valid choice"),
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


def test_an_amendment_is_written_looked_at_and_published(
    client: FlaskClient, session: Session, published: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)
    home = f"/brand/campaigns/{published.id}"

    client.post(
        f"{home}/edit/brief",
        data={
            "summary": "Cook our lentils.",
            "deliverables-0-format": "video",
            "deliverables-0-description": "A recipe in a minute",
            "deliverables-0-count": "1",
        },
    )
    assert "There is an unpublished amendment" in client.get(f"{home}/brief").text
    silent = client.post(f"{home}/amend", data={"change_note": ""})
    assert silent.status_code == 422
    assert "Say in a sentence what is different." in silent.text

    done = client.post(f"{home}/amend", data={"change_note": "Lentils now"})

    assert (done.status_code, done.location) == (303, f"{home}/brief")
    session.expire_all()
    assert (brief_of(session, published).version, brief_of(session, published).summary) == (
        2,
        "Cook our lentils.",
    )
    assert "Lentils now" in client.get(f"{home}/brief").text


def test_an_amendment_can_be_thrown_away(
    client: FlaskClient, session: Session, published: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)
    home = f"/brand/campaigns/{published.id}"
    client.post(f"{home}/edit/brief", data={"summary": "Something else"})

    assert client.post(f"{home}/discard").status_code == 303

    session.expire_all()
    assert queries.draft_brief(session, published.id) is None


def test_closing_asks_once_and_names_what_ends(
    client: FlaskClient, session: Session, published: Campaign, alice: Actor, bea: Actor
) -> None:
    make_application(session, campaign=published, creator=bea)
    sign_in(client, alice)
    path = f"/brand/campaigns/{published.id}/close"

    question = client.get(path)
    assert "Close “Beans in a minute”?" in question.text
    assert "1 open application will be declined" in question.text

    assert client.post(path).status_code == 303
    session.expire_all()
    assert published.state is CampaignState.CLOSED
    assert client.post(path).status_code == 409


def test_viewers_and_finance_change_nothing(
    client: FlaskClient, session: Session, draft: Campaign, vic: Actor, fiona: Actor
) -> None:
    home = f"/brand/campaigns/{draft.id}"
    for who in (vic, fiona):
        sign_in(client, who)
        assert client.get("/brand/campaigns/new").status_code == 403
        assert client.post("/brand/campaigns/new", data=BASICS).status_code == 403
        for step in ("basics", "brief", "audience", "rights", "preview"):
            assert client.get(f"{home}/edit/{step}").status_code == 403, step
        assert client.get(f"{home}/close").status_code == 403
        for act in ("publish", "amend", "discard", "close"):
            answer = client.post(f"{home}/{act}", data={"change_note": "x"})
            assert answer.status_code == 403, act
    session.expire_all()
    assert draft.state is CampaignState.DRAFT


def test_an_unknown_step_of_the_editor_is_a_404(
    client: FlaskClient, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    assert client.get(f"/brand/campaigns/{draft.id}/edit/nonsense").status_code == 404


def test_the_list_filters_sorts_and_ignores_nonsense(
    client: FlaskClient, published: Campaign, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    assert client.get("/brand/campaigns").text.count("Beans in a minute") == 2
    assert client.get("/brand/campaigns?state=draft").text.count("Beans in a minute") == 1
    assert "No campaign is in this state." in client.get("/brand/campaigns?state=closed").text
    assert client.get("/brand/campaigns?state=x&sort=x&page=x").status_code == 200
    assert client.get("/brand/campaigns?page=99").text.count("Beans in a minute") == 2


def test_a_campaigns_page_shows_where_its_money_is(
    client: FlaskClient, session: Session, published: Campaign, alice: Actor, bea: Actor
) -> None:
    fund(session, published, Money(90_000, "USD"))
    make_collaboration(session, campaign=published, creator=bea, by=alice, funded=True)
    sign_in(client, alice)

    page = client.get(f"/brand/campaigns/{published.id}").text

    for amount in ("$1,000.00", "$900.00", "$500.00", "$400.00"):
        assert amount in page


def test_a_home_without_anything_says_what_to_do_next(client: FlaskClient, alice: Actor) -> None:
    sign_in(client, alice)

    assert "Start your first campaign" in client.get("/brand/").text


def test_home_lists_what_waits_with_its_deadline(
    client: FlaskClient,
    session: Session,
    noon: datetime,
    published: Campaign,
    draft: Campaign,
    ben: Actor,
    fiona: Actor,
    bea: Actor,
) -> None:
    make_application(session, campaign=published, creator=bea)
    sign_in(client, ben)

    page = client.get("/brand/").text

    assert "1 application to answer" in page
    assert "Thu 12 Nov 2026" in page  # ten days after noon
    assert "“Beans in a minute” is not published yet" in page
    assert "has no money yet" not in page  # managers do not pay
    sign_in(client, fiona)
    page = client.get("/brand/").text
    assert "“Beans in a minute” has no money yet" in page
    assert "to answer" not in page.split("Under way")[0]
