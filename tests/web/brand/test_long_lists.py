"""The lists of a campaign with very many creators."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Invitation
from marketplace.kernel.actor import Actor
from tests.conftest import NOON, sign_in
from tests.factories.accounts import make_user
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.creators import make_creator
from tests.web.reading import plain

MANY = 26


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def test_invitations_come_in_pages_the_last_one_first(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    for number in range(MANY):
        creator = make_creator(session, display_name=f"Asked {number:02}")
        session.add(
            Invitation(
                campaign_id=campaign.id,
                creator_id=creator.id,
                deliverables=[],
                sent_by=alice.user_id,
                sent_at=NOON + timedelta(minutes=number),
            )
        )
    session.commit()
    sign_in(client, alice)

    first, last = _pages(client, f"/brand/campaigns/{campaign.id}/invitations")

    assert first.index("Asked 25") < first.index("Asked 24") < first.index("Asked 01")
    assert "Asked 00" not in first
    assert "1–25 of 26 invitations" in first
    assert "Asked 00" in last
    assert "Asked 01" not in last


def test_collaborations_come_in_pages_the_last_one_first(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    for number in range(MANY):
        user = make_user(session, email=f"creator{number}@example.test")
        made = make_creator(session, display_name=f"Agreed {number:02}", user_id=user.id)
        make_collaboration(
            session,
            campaign=campaign,
            creator=Actor(user_id=user.id, creator_id=made.id),
            by=alice,
            now=NOON + timedelta(minutes=number),
        )
    session.commit()
    sign_in(client, alice)

    first, last = _pages(client, f"/brand/campaigns/{campaign.id}/collaborations")

    assert first.index("Agreed 25") < first.index("Agreed 24") < first.index("Agreed 01")
    assert "1–25 of 26 collaborations" in first
    assert "Agreed 00" not in first
    assert "Agreed 00" in last


def _pages(client: FlaskClient, path: str) -> list[str]:
    return [plain(client.get(f"{path}?page={number}").text) for number in (1, 2)]
