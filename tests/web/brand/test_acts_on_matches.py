"""What a brand can do with a match: set aside, invite, or look at what has come of it."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import InvitationState
from marketplace.creators.models import ChannelState, Creator, CreatorSource
from marketplace.kernel.actor import Actor
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.payouts import service as payouts
from tests.conftest import NOON, sign_in
from tests.factories.collaborations import make_application
from tests.factories.creators import make_channel, make_creator
from tests.web.brand.listed import invite_buttons, matches_of


@pytest.fixture
def campaign(published: Campaign) -> Campaign:
    return published


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
    sign_in(client, vic)

    page = client.get(matches_of(campaign))

    assert "Cleo Marr" in page.text
    assert invite_buttons(page.text) == []
    assert ">Shortlist<" not in page.text


def test_each_button_says_of_whom_and_the_budget_is_planned_from_here(
    client: FlaskClient, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    sign_in(client, alice)

    page = client.get(matches_of(campaign)).text

    for act in ("Invite", "Shortlist"):
        assert f'>{act}<span class="visually-hidden"> Cleo Marr</span></button>' in page
    assert f'href="/brand/campaigns/{campaign.id}/plan">Plan a budget</a>' in page


def test_who_has_applied_is_looked_at_and_not_invited(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign, cleo: Creator
) -> None:
    creator = Actor(user_id=cleo.user_id, creator_id=cleo.id)
    application = make_application(session, campaign=campaign, creator=creator)
    sign_in(client, alice)

    for address in (matches_of(campaign), f"/brand/creators/{cleo.id}?campaign={campaign.id}"):
        page = client.get(address).text
        assert f'href="/brand/applications/{application.id}"' in page
        assert "Submitted" in page
        assert invite_buttons(page) == []
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
    invitation = collaborations.invite(
        session, campaign_id=campaign.id, creator_id=cleo.id, message="", actor=alice, now=NOON
    )
    invitation.state = state
    invitation.answered_at = None if state is InvitationState.SENT else NOON
    session.flush()
    sign_in(client, alice)

    page = client.get(matches_of(campaign)).text

    assert words in page
    assert invite_buttons(page) == []


def test_who_has_not_joined_is_not_offered_an_invitation(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    listed = make_creator(session, source=CreatorSource.IMPORTED, import_key="aa11")
    make_channel(session, creator_id=listed.id, handle=None, state=ChannelState.LISTED)
    sign_in(client, alice)

    page = client.get(matches_of(campaign))

    assert "Not on Fairview yet, so cannot be invited." in page.text
    assert invite_buttons(page.text) == []


def test_who_has_closed_their_account_stays_on_the_shortlist_and_is_offered_no_invitation(
    client: FlaskClient, session: Session, alice: Actor, bea: Actor, campaign: Campaign
) -> None:
    assert bea.creator_id is not None
    matching.shortlist(
        session, campaign_id=campaign.id, creator_id=bea.creator_id, actor=alice, now=NOON
    )
    payouts.close_account(session, actor=bea, now=NOON)
    session.commit()
    sign_in(client, alice)

    page = client.get(f"{matches_of(campaign)}?shortlisted=y").text

    assert "Left out: among those who have closed their account." in page
    assert invite_buttons(page) == []
