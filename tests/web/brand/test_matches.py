"""The matches of a campaign, the market, and one creator, as brands see them."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import InvitationState
from marketplace.creators.models import ChannelState, Creator, CreatorSource
from marketplace.kernel.actor import Actor
from marketplace.matching import queries
from marketplace.matching import service as matching
from tests.conftest import NOON, make_person, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_application
from tests.factories.creators import (
    make_audience,
    make_channel,
    make_creator,
    make_rate,
    make_video,
)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def cleo(session: Session) -> Creator:
    """Reaches half of the ages and two thirds of the country asked for."""
    creator = make_creator(
        session, display_name="Cleo Marr", user_id=make_person(session, "cleo").id
    )
    channel = make_channel(session, creator_id=creator.id)
    make_audience(
        session, channel_id=channel.id, age={"18-24": 5_000}, country={"US": 6_600},
        interest={"home": 1_234},
    )  # fmt: skip
    make_rate(session, creator_id=creator.id)
    make_video(session, channel_id=channel.id, hashtags=["soup"], views=12_345)
    return creator


def matches_of(campaign: Campaign) -> str:
    return f"/brand/campaigns/{campaign.id}/matches"


def test_before_the_first_ranking_the_page_says_what_to_do(
    client: FlaskClient, alice: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)

    page = client.get(matches_of(campaign))

    assert page.status_code == 200
    assert "Nobody has been ranked yet" in page.text
    assert "Rank the market now" in page.text


def test_ranking_shows_each_creator_with_the_parts_and_the_sum(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)

    answer = client.post(matches_of(campaign))
    page = client.get(answer.location)

    assert answer.status_code == 303
    assert "Ranked again: 1 creators were looked at." in page.text
    assert "Cleo Marr" in page.text
    assert "50 % of the audience are 18–34; you asked for 100 %." in page.text
    assert "66 % of the audience live in the United States; you asked for 100 %." in page.text
    assert "Why 71.41 %?" in page.text
    assert f"/brand/campaigns/{campaign.id}/invitations" in page.text


def test_filters_are_in_the_address_and_an_empty_answer_leads_back(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    matching.run_matching(session, campaign_id=campaign.id, now=NOON)
    sign_in(client, alice)

    assert "Cleo Marr" in client.get(f"{matches_of(campaign)}?min_followers=48000").text
    page = client.get(f"{matches_of(campaign)}?min_followers=48001&country=US")
    assert "Cleo Marr" not in page.text
    assert "No match passes these filters" in page.text
    odd = client.get(f"{matches_of(campaign)}?min_followers=lots&country=XX&page=-4")
    assert odd.status_code == 200
    huge = client.get(f"{matches_of(campaign)}?min_followers={10**30}")
    assert "No match passes these filters" in huge.text


def test_the_shortlist_is_kept_by_those_who_run_campaigns(
    client: FlaskClient, session: Session, ben: Actor, vic: Actor, campaign: Campaign, cleo: Creator
) -> None:
    address = f"/brand/campaigns/{campaign.id}/shortlist"
    sign_in(client, vic)
    assert client.post(address, data={"creator_id": cleo.id, "keep": "1"}).status_code == 403
    assert queries.shortlisted(session, campaign.id) == frozenset()

    sign_in(client, ben)
    back = "/brand/creators?sort=name"
    answer = client.post(address, data={"creator_id": cleo.id, "keep": "1", "next": back})
    assert (answer.status_code, answer.location) == (303, back)
    assert queries.shortlisted(session, campaign.id) == {cleo.id}

    away = {"creator_id": cleo.id, "keep": "", "next": "https://elsewhere.test/"}
    assert client.post(address, data=away).location == matches_of(campaign)
    assert queries.shortlisted(session, campaign.id) == frozenset()


@pytest.mark.parametrize("creator_id", ["", "no-id", str(UUID(int=7))])
def test_a_creator_who_does_not_exist_cannot_be_shortlisted(
    client: FlaskClient, alice: Actor, campaign: Campaign, creator_id: str
) -> None:
    sign_in(client, alice)

    answer = client.post(
        f"/brand/campaigns/{campaign.id}/shortlist", data={"creator_id": creator_id, "keep": "1"}
    )

    assert answer.status_code == 404


def test_a_viewer_sees_the_matches_but_no_button(
    client: FlaskClient, session: Session, vic: Actor, campaign: Campaign, cleo: Creator
) -> None:
    matching.run_matching(session, campaign_id=campaign.id, now=NOON)
    sign_in(client, vic)

    page = client.get(matches_of(campaign))

    assert "Cleo Marr" in page.text
    assert "Send the invitation" not in page.text
    assert ">Shortlist<" not in page.text


def test_matches_of_another_brand_do_not_exist(
    client: FlaskClient, mallory: Actor, bea: Actor, campaign: Campaign
) -> None:
    sign_in(client, mallory)
    assert client.get(matches_of(campaign)).status_code == 404
    assert client.post(matches_of(campaign)).status_code == 404
    sign_in(client, bea)
    assert client.get(matches_of(campaign)).status_code == 403
    assert client.get("/brand/creators").status_code == 403


def test_who_has_applied_is_looked_at_and_not_invited(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    matching.run_matching(session, campaign_id=campaign.id, now=NOON)
    creator = Actor(user_id=cleo.user_id, creator_id=cleo.id)
    application = make_application(session, campaign=campaign, creator=creator)
    sign_in(client, alice)

    for address in (matches_of(campaign), f"/brand/creators/{cleo.id}?campaign={campaign.id}"):
        page = client.get(address).text
        assert f'href="/brand/applications/{application.id}"' in page
        assert "Submitted" in page
        assert "Send the invitation" not in page
        assert "Invite to" not in page
    assert ">Shortlist<" not in client.get(matches_of(campaign)).text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (InvitationState.SENT, "Invited, no answer yet"),
        (InvitationState.DECLINED, "Invited, and declined"),
        (InvitationState.EXPIRED, "Invited, and did not answer in time"),
    ],
)
def test_who_was_invited_is_not_invited_again(
    client: FlaskClient,
    session: Session,
    alice: Actor,
    campaign: Campaign,
    cleo: Creator,
    state: InvitationState,
    words: str,
) -> None:
    matching.run_matching(session, campaign_id=campaign.id, now=NOON)
    invitation = collaborations.invite(
        session, campaign_id=campaign.id, creator_id=cleo.id, message="", actor=alice, now=NOON
    )
    invitation.state = state
    invitation.answered_at = None if state is InvitationState.SENT else NOON
    session.flush()
    sign_in(client, alice)

    page = client.get(matches_of(campaign)).text

    assert words in page
    assert "Send the invitation" not in page


def test_who_has_not_joined_is_not_offered_an_invitation(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    listed = make_creator(session, source=CreatorSource.IMPORTED, import_key="aa11")
    make_channel(session, creator_id=listed.id, handle=None, state=ChannelState.LISTED)
    matching.run_matching(session, campaign_id=campaign.id, now=NOON)
    sign_in(client, alice)

    page = client.get(matches_of(campaign))

    assert "Not on Fairview yet, so cannot be invited." in page.text
    assert "Send the invitation" not in page.text


def test_the_market_lists_sorts_and_narrows(
    client: FlaskClient, session: Session, vic: Actor, cleo: Creator
) -> None:
    other = make_creator(session, display_name="Anders Ek", country="SE", topics=["tech"])
    make_channel(session, creator_id=other.id, handle="anders", median_views=9)
    sign_in(client, vic)

    page = client.get("/brand/creators").text
    assert page.index("Cleo Marr") < page.index("Anders Ek")
    assert "31.6K" in page
    assert "7 %" in page
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
        "The creator’s own statement, Thu 1 Oct 2026",
        "12.34 %",
        "$300.00",
        "#soup",
        "12,345",
        "Beans in a minute",
    ):
        assert words in page.text, words
    with_fit = client.get(f"/brand/creators/{cleo.id}?campaign={campaign.id}")
    assert "Fit to Beans in a minute: 71.41 %" in with_fit.text


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
