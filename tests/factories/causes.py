"""Organisations and pledges for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import service as causes
from marketplace.causes.models import Organisation, Pledge
from marketplace.causes.rules.organisations import OrganisationFacts, OrganisationState
from marketplace.causes.rules.pledges import PledgeKind, PledgeTerms
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.money import pay_in

REEFS: Final = OrganisationFacts(
    name="Reef Menders",
    country="GB",
    registration_number="1122334",
    register="https://register.example/charity/1122334",
    website="https://reefmenders.example",
    category="climate",
    about="Replants coral.",
)
FIXED: Final = PledgeTerms(PledgeKind.FIXED, Money(20_000, "USD"))
BY_VIEWS: Final = PledgeTerms(PledgeKind.VIEWS, Money(20_000, "USD"), Money(500, "USD"))


def make_organisation(
    session: Session,
    *,
    by: Actor,
    state: OrganisationState = OrganisationState.VERIFIED,
    now: datetime = NOON,
    **facts: str,
) -> Organisation:
    """Return an organisation that staff have entered, and verified unless told otherwise."""
    made = causes.enter_organisation(session, actor=by, facts=replace(REEFS, **facts), now=now)
    if state is OrganisationState.VERIFIED:
        causes.verify_organisation(
            session, actor=by, organisation_id=made.id, note="Read the register.", now=now
        )
    session.flush()
    return made


def make_pledge(
    session: Session,
    *,
    campaign: Campaign,
    organisation: Organisation,
    by: Actor,
    terms: PledgeTerms = FIXED,
    now: datetime = NOON,
) -> Pledge:
    """Return the pledge of a draft campaign."""
    made = causes.pledge(
        session,
        actor=by,
        campaign_id=campaign.id,
        organisation_id=organisation.id,
        terms=terms,
        now=now,
    )
    session.flush()
    return made


def make_giving(
    session: Session,
    *,
    brand: Brand,
    organisation: Organisation,
    by: Actor,
    name: str = "Beans that give",
    terms: PledgeTerms = BY_VIEWS,
    charge_id: str = "ch_giving",
    now: datetime = NOON,
) -> Campaign:
    """Return a published campaign that gives to a cause, with all of its money there."""
    draft = make_campaign(
        session, brand=brand, by=by, name=name, state=CampaignState.DRAFT, now=now
    )
    make_pledge(session, campaign=draft, organisation=organisation, by=by, terms=terms, now=now)
    campaigns.publish(session, campaign_id=draft.id, actor=by, now=now)
    causes.promise(session, campaign_id=draft.id, now=now)
    pay_in(session, draft, by=by, charge_id=charge_id, at=now)
    session.commit()
    return draft
