"""Ask a brand for money: the funding and its payment page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries as causes
from marketplace.funding.messages import FundingFailed
from marketplace.funding.models import Funding
from marketplace.funding.rules import LIFE, FundingEvent, FundingState, Quote, quote
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def request_funding(
    session: Session,
    *,
    actor: Actor,
    campaign_id: UUID,
    budget: Money,
    return_base: str,
    now: datetime,
) -> Funding:
    """Ask for money for a campaign; the checkout page is made by a job right after.

    return_base: address of this site without a trailing slash.
    Raises NotFound, NotPermitted, Conflict (the campaign is closed), InvalidInput.
    """
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_pay(campaign.brand_id) or actor.user_id is None:
        raise NotPermitted("add money to this campaign; an owner or finance member can")
    if campaign.state is CampaignState.CLOSED:
        raise Conflict("This campaign is closed and takes no more money")
    if budget.currency != campaign.currency:
        raise InvalidInput({"budget": f"This campaign’s money is in {campaign.currency}."})
    terms = campaigns.terms_of(session, campaign, now=now)
    price = quote(budget, terms, pledge=causes.due_of(session, campaign))
    funding = Funding(
        id=new_id(),
        campaign_id=campaign.id,
        brand_id=campaign.brand_id,
        budget_minor=price.budget.minor,
        platform_fee_minor=price.platform_fee.minor,
        fee_tax_minor=price.fee_tax.minor,
        processor_fee_minor=price.processor_fee.minor,
        pledge_minor=price.pledge.minor,
        total_minor=price.total.minor,
        currency=campaign.currency,
        state=FundingState.REQUESTED,
        requested_by=actor.user_id,
        requested_at=now,
    )
    session.add(funding)
    page = f"{return_base}/brand/fundings/{funding.id}"
    processor.plan(
        session,
        kind=CallKind.CHECKOUT,
        subject_id=funding.id,
        params={
            "funding_id": str(funding.id),
            "campaign_id": str(campaign.id),
            "amount_minor": price.total.minor,
            "currency": campaign.currency,
            "description": f"{_parts(price)} for “{campaign.name}”",
            "success_url": f"{page}?back=paid",
            "cancel_url": f"{page}?back=cancelled",
        },
        now=now,
    )
    return funding


def _parts(price: Quote) -> str:
    return "Budget, platform fee and pledge" if price.pledge else "Budget and platform fee"


def conclude_checkout(session: Session, *, call: ProcessorCall, checkout_url: str | None) -> None:
    """Write down that the checkout page exists, or that the processor refused to make it."""
    funding = lock_row(session, Funding, call.subject_id)
    if call.state is CallState.SUCCEEDED:
        funding.state = LIFE.next(funding.state, FundingEvent.OPEN_CHECKOUT)
        funding.stripe_checkout_session_id = call.remote_id
        funding.checkout_url = checkout_url
    elif LIFE.allows(funding.state, FundingEvent.FAIL):
        funding.state = FundingState.FAILED
        funding.problem = "The payment page could not be opened. Nothing was charged."
        post(session, FundingFailed(funding_id=funding.id))
