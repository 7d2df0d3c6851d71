"""Organisations of the market, and what its campaigns give to them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import service as causes
from marketplace.causes.rules.organisations import OrganisationState
from tests.conftest import NOON
from tests.factories import money
from tests.factories.campaigns import make_campaign
from tests.factories.causes import make_organisation, make_pledge
from tests.web.access.world import World


def give(session: Session, world: World) -> None:
    """One organisation that is owed something, one to be verified, and a draft that gives."""
    alice, stella = world.people["owner"], world.people["staff"]
    reefs = make_organisation(session, by=stella)
    entered = make_organisation(
        session, by=stella, state=OrganisationState.ENTERED, registration_number="5"
    )
    made = {
        name: make_campaign(
            session, brand=world.ids["acme"], by=alice, name=name, state=CampaignState.DRAFT
        )
        for name in ("Given", "Giving")
    }
    pledges = [
        make_pledge(session, campaign=each, organisation=reefs, by=alice) for each in made.values()
    ]
    given = made["Given"]
    money.pay_in(session, given, by=alice, charge_id="ch_given")
    campaigns.publish(session, campaign_id=given.id, actor=alice, now=NOON)
    causes.promise(session, campaign_id=given.id, now=NOON)
    campaigns.close(session, campaign_id=given.id, actor=alice, now=NOON)
    causes.book_pledge(session, pledge_id=pledges[0].id, now=NOON)
    world.ids |= {
        "organisation_id": reefs.id,
        "entered_id": entered.id,
        "giving": made["Giving"].id,
    }
