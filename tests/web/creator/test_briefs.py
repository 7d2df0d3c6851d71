"""Finding a brief, reading what it pays, and applying."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations import service
from marketplace.collaborations.models import Application
from marketplace.collaborations.rules import (
    REASON_SENTENCES,
    ApplicationState,
    DeclineReason,
    InvitationState,
)
from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.matching import service as matching
from marketplace.matching.rules.wanted import HardRules
from tests.conftest import sign_in
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import make_application
from tests.factories.creators import make_channel, make_video

pytestmark = pytest.mark.usefixtures("noon")

TYPED = {"pitch": "I cook outside.", "fee": "400.00"}


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def test_the_feed_shows_open_briefs_with_what_the_creator_receives(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, campaign: Campaign,
    bea: Actor,
) -> None:  # fmt: skip
    make_campaign(session, brand=acme, by=alice, name="Secret", state=CampaignState.DRAFT)
    make_campaign(session, brand=acme, by=alice, name="Gone", state=CampaignState.CLOSED)
    sign_in(client, bea)

    page = client.get("/creator/briefs").text

    assert "Beans in a minute" in page
    assert "You receive" in page
    assert "$95.00" in page
    assert "$475.00" in page
    assert "Secret" not in page
    assert "Gone" not in page


def test_what_one_has_applied_to_is_a_line_above_the_others_until_it_is_withdrawn(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, campaign: Campaign,
    bea: Actor,
) -> None:  # fmt: skip
    other = make_campaign(session, brand=acme, by=alice, name="Knitting")
    applications = [
        make_application(session, campaign=each, creator=bea) for each in (campaign, other)
    ]
    sign_in(client, bea)

    page = client.get("/creator/briefs").text
    assert applied_to(page) == ["Beans in a minute", "Knitting"]
    assert "You have applied to every open brief" in page
    assert "<article" not in page

    client.post(f"/creator/applications/{applications[0].id}/withdraw")
    page = client.get("/creator/briefs").text
    assert applied_to(page) == ["Knitting"]
    assert page.count("<article") == 1


def test_many_applications_are_named_in_part(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    for number in range(8):
        each = make_campaign(session, brand=acme, by=alice, name=f"Brief {number}")
        make_application(session, campaign=each, creator=bea)
    sign_in(client, bea)

    page = client.get("/creator/briefs").text

    assert applied_to(page) == [f"Brief {number}" for number in range(6)] + ["and 2 more"]


def applied_to(page: str) -> list[str]:
    """What the line above the feed leads to."""
    listed = page.partition('aria-label="Briefs that you applied to"')[2].partition("</ul>")[0]
    return re.findall(r"<a [^>]+>([^<]+)</a>", listed)


def test_an_empty_feed_says_so(client: FlaskClient, bea: Actor) -> None:
    sign_in(client, bea)

    assert "No brief is open now" in client.get("/creator/briefs").text
    assert client.get("/creator/briefs?page=7").status_code == 200


def test_a_brief_says_what_is_asked_what_it_pays_and_the_rights(
    client: FlaskClient, campaign: Campaign, bea: Actor
) -> None:
    sign_in(client, bea)

    page = client.get(f"/creator/briefs/{campaign.id}").text

    assert "Cook our beans in your own way." in page
    assert "$95.00" in page
    assert "and as a paid ad, everywhere, for 30 days." in page
    assert "answers your application within 10 days" in page


def test_a_brief_comes_in_the_order_of_deciding_and_every_part_of_the_fit_is_folded_below(
    client: FlaskClient, session: Session, campaign: Campaign, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)
    make_video(session, channel_id=channel.id, views=20_000)
    sign_in(client, bea)
    address = f"/creator/briefs/{campaign.id}"

    page = client.get(address).text.partition("<main")[2]

    order = [
        "What to make", "Rights and rules", "What you get", "What the brand would get",
        '<ul class="reasons">', 'id="apply"', "Send the application", "answers your application",
        '<details class="more block">', 'id="why"', "What would raise it",
        "The parts of the fit", "</details>",
    ]  # fmt: skip
    places = [page.index(each) for each in order]
    assert places == sorted(places)

    client.post(address, data={"pitch": "Beans on a boat.", "fee": "100.00"})
    applied = client.get(address).text
    assert 'id="apply"' not in applied
    assert '<details class="fold block">' in applied


def test_a_kept_rule_that_leaves_the_creator_out_is_said_to_them_in_their_words(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    assert bea.creator_id is not None
    creators.creator_by_id(session, bea.creator_id).country = "DE"
    channel = make_channel(session, creator_id=bea.creator_id)
    make_video(session, channel_id=channel.id)
    sign_in(client, bea)
    page = f"/creator/briefs/{campaign.id}"
    assert "other countries" not in client.get(page).text

    rules = HardRules(lives_in=frozenset({"US"}))
    matching.keep_rules(session, campaign_id=campaign.id, rules=rules, actor=alice, now=NOON)
    session.flush()

    assert (
        "The brand’s rules leave you out of its ranking: it asks for other countries to live in, or"
        " you do not say where. You can apply all the same."
    ) in client.get(page).text


def test_drafts_and_closed_campaigns_do_not_exist_for_strangers(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    sign_in(client, bea)
    for state in (CampaignState.DRAFT, CampaignState.CLOSED):
        hidden = make_campaign(session, brand=acme, by=alice, state=state)
        assert client.get(f"/creator/briefs/{hidden.id}").status_code == 404
        assert client.post(f"/creator/briefs/{hidden.id}", data=TYPED).status_code in {404, 409}
    assert session.scalars(select(Application)).all() == []


def test_an_applicant_still_reads_the_brief_of_a_closed_campaign(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    make_application(session, campaign=campaign, creator=bea)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    session.flush()
    sign_in(client, bea)

    page = client.get(f"/creator/briefs/{campaign.id}")

    assert page.status_code == 200
    assert "Send the application" not in page.text


def test_applying_keeps_pitch_and_fee(
    client: FlaskClient, session: Session, campaign: Campaign, bea: Actor
) -> None:
    sign_in(client, bea)

    done = client.post(f"/creator/briefs/{campaign.id}", data=TYPED)

    application = session.scalars(select(Application)).one()
    assert (done.status_code, done.location) == (
        303,
        f"/creator/applications#a{application.id}",
    )
    assert (application.pitch, application.fee) == ("I cook outside.", Money(40_000, "USD"))
    assert "They answer by" in client.get("/creator/applications").text
    twice = client.post(f"/creator/briefs/{campaign.id}", data=TYPED)
    assert twice.status_code == 409
    assert "You have applied to this campaign already." in twice.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pitch": ""}, "Say in a few sentences what you would make."),
        ({"fee": ""}, "Enter your fee."),
        ({"fee": "0"}, "The amount must be more than 0."),
        ({"fee": "12,50"}, "Write the amount with a point and no commas, like 12.50."),
        ({"fee": "1000.01"}, "The fee is more than the campaign’s whole budget."),
    ],
)
def test_an_application_that_cannot_be_is_refused_and_kept(
    client: FlaskClient, session: Session, campaign: Campaign, bea: Actor,
    changes: dict[str, str], sentence: str,
) -> None:  # fmt: skip
    sign_in(client, bea)
    typed = {**TYPED, **changes}

    page = client.post(f"/creator/briefs/{campaign.id}", data=typed)

    assert page.status_code == 422
    assert sentence in page.text
    assert typed["pitch"] in page.text
    assert session.scalars(select(Application)).all() == []


def test_brands_and_visitors_do_not_reach_creators_pages(
    client: FlaskClient, campaign: Campaign, alice: Actor
) -> None:
    paths = ["/creator/", "/creator/briefs", f"/creator/briefs/{campaign.id}"]
    for path in paths:
        assert client.get(path).status_code == 302
    sign_in(client, alice)
    for path in paths:
        assert client.get(path).status_code == 403


def test_an_invitation_shows_on_home_and_brief_and_can_be_declined(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor,
    carl: Actor,
) -> None:  # fmt: skip
    assert bea.creator_id is not None
    invitation = service.invite(
        session,
        campaign_id=campaign.id,
        creator_id=bea.creator_id,
        message="We like your soup",
        actor=alice,
        now=NOON,
    )
    session.flush()
    sign_in(client, bea)

    assert "Acme Kitchen invites you to apply" in client.get("/creator/").text
    assert "We like your soup" in client.get(f"/creator/briefs/{campaign.id}").text
    sign_in(client, carl)
    assert client.post(f"/creator/invitations/{invitation.id}/decline").status_code == 404
    sign_in(client, bea)
    assert client.post(f"/creator/invitations/{invitation.id}/decline").status_code == 303
    assert client.post(f"/creator/invitations/{invitation.id}/decline").status_code == 409
    session.expire_all()
    assert invitation.state is InvitationState.DECLINED


@pytest.mark.parametrize(
    ("ends_on", "asked"), [(date(2026, 11, 2), True), (date(2026, 11, 1), False)]
)
def test_home_asks_for_no_answer_once_the_campaign_is_over(
    ends_on: date, asked: bool, client: FlaskClient, session: Session, campaign: Campaign,
    alice: Actor, bea: Actor,
) -> None:  # fmt: skip
    assert bea.creator_id is not None
    service.invite(
        session,
        campaign_id=campaign.id,
        creator_id=bea.creator_id,
        message="",
        actor=alice,
        now=NOON,
    )
    campaign.starts_on = campaign.ends_on = ends_on
    session.flush()
    sign_in(client, bea)

    assert ("Acme Kitchen invites you to apply" in client.get("/creator/").text) is asked


def test_an_application_is_withdrawn_by_its_creator_only(
    client: FlaskClient, session: Session, campaign: Campaign, bea: Actor, carl: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    sign_in(client, carl)
    path = f"/creator/applications/{application.id}/withdraw"
    assert client.post(path).status_code == 404
    sign_in(client, bea)
    assert client.post(path).status_code == 303
    assert client.post(path).status_code == 409
    session.expire_all()
    assert application.state is ApplicationState.WITHDRAWN
    assert "Apply again" in client.get(f"/creator/briefs/{campaign.id}").text


def test_the_reason_of_a_no_is_shown(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    service.decline(
        session,
        application_id=application.id,
        reason=DeclineReason.FEE,
        actor=alice,
        now=NOON,
    )
    session.flush()
    sign_in(client, bea)

    page = client.get("/creator/applications").text

    assert "Your fee does not fit this campaign’s budget." in page
    brief = client.get(f"/creator/briefs/{campaign.id}").text
    assert "Your fee does not fit this campaign’s budget." in brief
    assert "What the brand would get" in brief
    assert 'id="why"' in brief


def test_whoever_applied_to_a_campaign_that_closed_reads_why_and_the_fit(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    service.end_negotiations(session, campaign_id=campaign.id, now=NOON)
    session.flush()
    sign_in(client, bea)

    assert application.decline_reason == DeclineReason.CAMPAIGN_CLOSED
    for address in ("/creator/applications", f"/creator/briefs/{campaign.id}"):
        assert REASON_SENTENCES[DeclineReason.CAMPAIGN_CLOSED] in client.get(address).text


def test_the_last_day_is_a_day_to_apply(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    today = make_campaign(session, brand=acme, by=alice, ends_on=date(2026, 11, 3))
    sign_in(client, bea)

    assert client.post(f"/creator/briefs/{today.id}", data=TYPED).status_code == 303


def test_a_hidden_brief_can_be_shown_again_and_an_odd_choice_is_refused(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    sign_in(client, bea)
    choice = f"hide_campaign:{campaign.id}"
    assert f'value="{choice}"' in client.get("/creator/briefs").text

    answer = client.post("/creator/briefs/choices", data={"choice": choice})

    assert answer.location == f"/creator/briefs#{choice}"
    page = client.get("/creator/briefs").text
    assert f'id="{choice}"' in page
    assert "You see less of 1 thing" in page
    assert "Not the brief Beans in a minute" in page
    assert f'name="undo" value="{choice}"' in page
    client.post("/creator/briefs/choices", data={"undo": choice})
    assert "You see less of" not in client.get("/creator/briefs").text
    for odd in ("", "everything", "hide_brand:acme", "less_topic:astrology"):
        refused = client.post("/creator/briefs/choices", data={"choice": odd})
        assert refused.status_code == 422
