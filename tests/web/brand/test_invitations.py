"""Inviting creators, from the brand's side."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Invitation
from marketplace.kernel.actor import Actor
from tests.conftest import sign_in
from tests.factories.campaigns import make_campaign

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def test_inviting_tells_and_lists_the_creator(
    client: FlaskClient, session: Session, campaign: Campaign, ben: Actor, carl: Actor
) -> None:
    sign_in(client, ben)
    path = f"/brand/campaigns/{campaign.id}/invitations"

    done = client.post(path, data={"creator_id": str(carl.creator_id), "message": "Please do"})

    assert (done.status_code, done.location) == (303, path)
    assert session.scalars(select(Invitation)).one().message == "Please do"
    assert "Carl" in client.get(path).text
    assert client.post(path, data={"creator_id": str(carl.creator_id)}).status_code == 409


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/brand/creators", "/brand/creators"),
        ("//evil.test", None),
        ("/\\evil.test", None),
        ("https://evil.test", None),
    ],
)
def test_after_inviting_one_goes_back_only_inside_this_site(
    client: FlaskClient, campaign: Campaign, alice: Actor, carl: Actor, back: str,
    leads_to: str | None,
) -> None:  # fmt: skip
    sign_in(client, alice)
    path = f"/brand/campaigns/{campaign.id}/invitations"

    done = client.post(path, data={"creator_id": str(carl.creator_id), "next": back})

    assert done.location == (leads_to or path)


def test_an_invitation_that_cannot_be_is_refused(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, vic: Actor,
    mallory: Actor, carl: Actor,
) -> None:  # fmt: skip
    path = f"/brand/campaigns/{campaign.id}/invitations"
    sign_in(client, alice)
    assert client.post(path, data={"creator_id": "nonsense"}).status_code == 404
    long = client.post(path, data={"creator_id": str(carl.creator_id), "message": "x" * 1_001})
    assert long.status_code == 303
    for who, code in ((vic, 403), (mallory, 404)):
        sign_in(client, who)
        answer = client.post(path, data={"creator_id": str(carl.creator_id)})
        assert answer.status_code == code
    assert session.scalars(select(Invitation)).all() == []
