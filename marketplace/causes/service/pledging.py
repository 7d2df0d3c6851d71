"""Pledge to an organisation, change it, take it off, and set its money aside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries
from marketplace.causes.models import Organisation, Pledge
from marketplace.causes.rules.organisations import OrganisationState
from marketplace.causes.rules.pledges import (
    LIFE,
    OVER,
    PledgeEvent,
    PledgeState,
    PledgeTerms,
    pledge_problems,
)
from marketplace.causes.service.steps import give_back, take_step, write_step
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput, InvalidTransition, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.store.locks import lock_row


def pledge(
    session: Session,
    *,
    actor: Actor,
    campaign_id: UUID,
    organisation_id: UUID,
    terms: PledgeTerms,
    now: datetime,
) -> Pledge:
    """Promise an organisation something of a draft campaign, or change what is promised.

    What is set aside and more than is promised now goes back to the wallet at once. Raises
    NotFound, NotPermitted, InvalidInput (also for an organisation that is not verified),
    InvalidTransition (the campaign is no draft any more).
    """
    campaign = _draft(session, actor, campaign_id, "pledge")
    organisation = session.get(Organisation, organisation_id)
    problems = pledge_problems(terms, budget=campaign.budget)
    if organisation is None or organisation.state is not OrganisationState.VERIFIED:
        problems["organisation"] = "Choose a verified organisation."
    if problems:
        raise InvalidInput(problems)
    found = _locked(session, campaign_id)
    if found is not None and found.currency != terms.amount.currency:
        _end(session, found, actor=actor, now=now)  # its money is of another currency
        session.flush()  # the campaign carries one pledge at a time
        found = None
    if found is None:
        return _add(session, campaign, organisation_id, terms, actor=actor, now=now)
    found.organisation_id = organisation_id
    found.kind = terms.kind
    found.amount = terms.amount
    found.rate_minor = terms.rate.minor if terms.rate else None
    take_step(session, found, PledgeEvent.CHANGE, terms.amount, actor=actor, now=now)
    money = found.money()
    give_back(session, found, money.kept - money.amount, actor=actor, now=now)
    return found


def take_off(session: Session, *, actor: Actor, campaign_id: UUID, now: datetime) -> None:
    """Take the pledge off a draft campaign; its money goes back to the wallet.

    The second time nothing happens. Raises NotFound, NotPermitted, InvalidTransition.
    """
    _draft(session, actor, campaign_id, "take_off_pledge")
    found = _locked(session, campaign_id)
    if found is not None:
        _end(session, found, actor=actor, now=now)


def withdraw_with_campaign(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Take the pledge off a campaign that was closed as a draft. The second time nothing."""
    found = _locked(session, campaign_id)
    if found is not None and found.state is PledgeState.DRAFTED:
        _end(session, found, actor=SYSTEM, now=now)


def lock_due(session: Session, *, campaign: Campaign) -> Money:
    """Lock the pledge of a campaign and return what is still to be paid for it.

    To be called before the accounts of the ledger are locked.
    """
    _locked(session, campaign.id)
    return queries.due_of(session, campaign)


def doubt(session: Session, *, campaign_id: UUID, in_doubt: bool, now: datetime) -> None:
    """Keep whether a payment for a campaign is in doubt; the second time nothing happens."""
    found = _locked(session, campaign_id)
    if found is not None and in_doubt != (found.doubted_at is not None):
        found.doubted_at = now if in_doubt else None


def lock_pledge(session: Session, *, campaign_id: UUID) -> None:
    """Lock the pledge of a campaign, before the accounts of the ledger are."""
    _locked(session, campaign_id)


def set_aside(
    session: Session,
    *,
    campaign: Campaign,
    paid_with: UUID,
    paid: Money,
    actor: Actor,
    now: datetime,
) -> Money:
    """Put money of the brand's wallet aside for its campaign's pledge; return how much.

    paid: what was paid for the pledge; what it does not need any more stays in the wallet.
    paid_with: the funding or allocation; the second time with the same one nothing happens.
    """
    amount = min(paid, queries.due_of(session, campaign))
    found = queries.pledge_of(session, campaign.id)
    if found is None or not amount:
        return Money(0, campaign.currency)
    entry = events.pledge_set_aside(
        pledge_id=found.id,
        paid_with=paid_with,
        brand_id=campaign.brand_id,
        campaign_id=campaign.id,
        amount=amount,
    )
    ledger.write_entry(session, entry, occurred_at=now, actor=actor)
    found.set_aside_minor += amount.minor
    take_step(session, found, PledgeEvent.SET_ASIDE, amount, actor=actor, now=now)
    return amount


def _draft(session: Session, actor: Actor, campaign_id: UUID, act: str) -> Campaign:
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_edit(campaign.brand_id):
        raise NotPermitted("pledge something of this campaign")
    campaign = lock_row(session, Campaign, campaign_id)
    if campaign.state is not CampaignState.DRAFT:
        raise InvalidTransition("pledge", campaign.state.value, act)
    return campaign


def _locked(session: Session, campaign_id: UUID) -> Pledge | None:
    found = queries.pledge_of(session, campaign_id)
    return None if found is None else lock_row(session, Pledge, found.id)


def _add(
    session: Session,
    campaign: Campaign,
    organisation_id: UUID,
    terms: PledgeTerms,
    *,
    actor: Actor,
    now: datetime,
) -> Pledge:
    added = Pledge(
        id=new_id(),
        campaign_id=campaign.id,
        organisation_id=organisation_id,
        state=PledgeState.DRAFTED,
        kind=terms.kind,
        amount=terms.amount,
        rate_minor=terms.rate.minor if terms.rate else None,
        set_aside_minor=0,
        owed_minor=0,
        returned_minor=0,
        views=0,
    )
    session.add(added)
    session.flush()  # its history points at it
    write_step(session, added, PledgeEvent.ADD, terms.amount, actor=actor, now=now)
    return added


def _end(session: Session, found: Pledge, *, actor: Actor, now: datetime) -> None:
    if found.state in OVER:
        return
    LIFE.next(found.state, PledgeEvent.WITHDRAW)
    waiting = found.money().waiting
    give_back(session, found, waiting, actor=actor, now=now)
    take_step(session, found, PledgeEvent.WITHDRAW, waiting, actor=actor, now=now)
    found.settled_at = now
