"""Put money of a brand's wallet into a campaign."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import service as causes
from marketplace.funding import queries
from marketplace.funding.models import Allocation
from marketplace.funding.rules import Quote, largest_budget, price_of
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events


def use_wallet(
    session: Session,
    *,
    actor: Actor,
    campaign_id: UUID,
    budget: Money,
    allocation_id: UUID,
    now: datetime,
) -> Allocation:
    """Put a budget and its platform fee into a campaign, out of the brand's wallet.

    What is still due of the campaign's pledge is set aside with it. allocation_id: of the form; the
    second time with the same one nothing happens. Raises NotFound, NotPermitted, InvalidInput (the
    wallet does not hold as much), Conflict (the campaign is closed).
    """
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_pay(campaign.brand_id) or actor.user_id is None:
        raise NotPermitted("add money to this campaign; an owner or finance member can")
    if campaign.state is CampaignState.CLOSED:
        raise Conflict("This campaign is closed and takes no more money")
    pledge = causes.lock_due(session, campaign=campaign)
    _lock_money(session, campaign)
    known = session.get(Allocation, allocation_id)
    if known is not None:
        if known.campaign_id != campaign_id:
            raise NotFound("allocation")
        return known
    held = queries.wallet_of(session, brand_id=campaign.brand_id, currency=campaign.currency)
    terms = campaigns.terms_of(session, campaign, now=now)
    price = price_of(budget, terms, pledge=pledge)
    if price.total > held:
        most = largest_budget(held - pledge, terms)
        raise InvalidInput({"amount": _too_little(most, pledge)})
    allocation = Allocation(
        id=allocation_id,
        brand_id=campaign.brand_id,
        campaign_id=campaign_id,
        budget_minor=price.budget.minor,
        platform_fee_minor=price.platform_fee.minor,
        fee_tax_minor=price.fee_tax.minor,
        pledge_minor=price.pledge.minor,
        currency=campaign.currency,
        allocated_by=actor.user_id,
        allocated_at=now,
    )
    session.add(allocation)
    campaign.terms_at = campaign.terms_at or now  # what was paid for keeps its terms
    _book(session, allocation, price, actor=actor, now=now)
    causes.set_aside(
        session, campaign=campaign, paid_with=allocation_id, paid=pledge, actor=actor, now=now
    )
    return allocation


def _lock_money(session: Session, campaign: Campaign) -> None:
    refs = [
        events.brand_funds(campaign.brand_id),
        events.campaign_funds(campaign.id),
        events.fee_unearned(campaign.id),
        events.pledged(campaign.id),
    ]
    ledger.lock_accounts(session, refs=refs, currency=campaign.currency)


def _book(
    session: Session, allocation: Allocation, price: Quote, *, actor: Actor, now: datetime
) -> None:
    """Write that the budget is the campaign's, and that its fee was taken."""
    moved = events.allocated(
        allocation_id=allocation.id,
        brand_id=allocation.brand_id,
        campaign_id=allocation.campaign_id,
        amount=price.for_campaign,
    )
    ledger.write_entry(session, moved, occurred_at=now, actor=actor)
    if price.platform_fee:
        fee = events.fee_taken(
            campaign_id=allocation.campaign_id,
            number=str(allocation.id),
            fee=price.platform_fee,
            tax=price.fee_tax,
            processor_fee=price.processor_fee,
        )
        ledger.write_entry(session, fee, occurred_at=now, actor=actor)


def _too_little(most: Money, pledge: Money) -> Sentence:
    if most.minor <= 0:
        return Sentence(
            "Your wallet does not pay for any budget beside the pledge of {pledge}.", pledge=pledge
        )
    return Sentence(
        "Your wallet pays for {most} at most, the platform fee{also} included.",
        most=most,
        also=Sentence(" and the pledge of {pledge}", pledge=pledge) if pledge else "",
    )
