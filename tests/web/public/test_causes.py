"""What everybody sees of causes."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import service as causes
from marketplace.causes.models import Organisation
from marketplace.causes.rules.organisations import OrganisationState
from marketplace.kernel.actor import Actor
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.causes import make_giving, make_organisation, make_pledge
from tests.web.reading import plain


@pytest.fixture
def reefs(session: Session, stella: Actor) -> Organisation:
    return make_organisation(session, by=stella)


@pytest.fixture
def giving(session: Session, acme: Brand, alice: Actor, reefs: Organisation) -> Campaign:
    return make_giving(session, brand=acme, organisation=reefs, by=alice)


def test_without_causes_the_page_says_how_they_come_about(client: FlaskClient) -> None:
    assert "No cause yet" in client.get("/causes").text


def test_the_public_reads_the_ledgers_totals(
    client: FlaskClient, giving: Campaign, reefs: Organisation
) -> None:
    told = plain(client.get("/causes").text)
    assert "Reef Menders United Kingdom Climate 1 $200.00 $0.00" in told

    page = plain(client.get(f"/causes/{reefs.id}").text)
    assert "Pledged, all told $200.00" in page
    assert "Acme Kitchen gives $5.00 for every 1,000 views" in page
    assert "Views of accepted posts count from publication until a month after" in page
    assert "Views that came almost without likes or comments, unlike on the creator’s other" in page


def test_a_pledge_that_is_not_paid_for_is_not_shown(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, reefs: Organisation
) -> None:
    draft = make_campaign(session, brand=acme, by=alice, name="All talk", state=CampaignState.DRAFT)
    make_pledge(session, campaign=draft, organisation=reefs, by=alice)
    campaigns.publish(session, campaign_id=draft.id, actor=alice, now=NOON)
    causes.promise(session, campaign_id=draft.id, now=NOON)
    session.commit()

    assert "All talk" not in client.get(f"/causes/{reefs.id}").text
    assert "$200.00" not in client.get("/causes").text


def test_an_organisation_that_was_only_entered_is_nobodys_business(
    client: FlaskClient, session: Session, stella: Actor
) -> None:
    entered = make_organisation(session, by=stella, state=OrganisationState.ENTERED)
    session.commit()

    assert "Reef Menders" not in client.get("/causes").text
    assert client.get(f"/causes/{entered.id}").status_code == 404
