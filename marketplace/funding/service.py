"""Put money into a campaign, and give back what it did not spend."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations.rules import BRAND_FEE_BPS
from marketplace.funding import queries
from marketplace.funding.messages import ChargeSettled, FundingFailed, RefundDue, RefundEnded
from marketplace.funding.models import Charge, Funding, Refund
from marketplace.funding.ports import ChargeFacts, RefundFacts, RefundStatus
from marketplace.funding.rules import (
    LIFE,
    FundingEvent,
    FundingState,
    Refundable,
    RefundState,
    quote,
    spread_refund,
)
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.locks import lock_row, lock_rows
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
    price = quote(Money(budget.minor, campaign.currency), brand_fee_bps=BRAND_FEE_BPS)
    funding = Funding(
        id=new_id(),
        campaign_id=campaign.id,
        brand_id=campaign.brand_id,
        budget_minor=price.budget.minor,
        platform_fee_minor=price.platform_fee.minor,
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
            "description": f"Budget and platform fee for “{campaign.name}”",
            "success_url": f"{page}?back=paid",
            "cancel_url": f"{page}?back=cancelled",
        },
        now=now,
    )
    return funding


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


def record_expired(session: Session, *, funding_id: UUID) -> None:
    """Write down that nobody paid in time. The second time, and after a payment, nothing."""
    funding = lock_row(session, Funding, funding_id)
    if LIFE.allows(funding.state, FundingEvent.EXPIRE):
        funding.state = FundingState.EXPIRED
        funding.problem = "The payment page expired. Nothing was charged."
        post(session, FundingFailed(funding_id=funding.id))


def record_paid(
    session: Session, *, funding_id: UUID, charge: ChargeFacts, now: datetime
) -> Funding:
    """Book the money of a paid checkout and put it into the campaign.

    1. The charge, less what the processor kept, into the brand's wallet.
    2. All of it on to the campaign. 3. The platform fee aside, not yet earned.
    The second time nothing happens. A charge that is not what was asked for is booked as
    unidentified money and opens no budget.
    """
    funding = lock_row(session, Funding, funding_id)
    if funding.state is FundingState.PAID:
        return funding
    if charge.amount != funding.total:
        return _book_unidentified(session, funding, charge)
    session.add(
        Charge(
            id=new_id(),
            funding_id=funding.id,
            campaign_id=funding.campaign_id,
            stripe_charge_id=charge.charge_id,
            stripe_payment_intent_id=charge.payment_intent_id,
            stripe_balance_transaction_id=charge.balance_transaction_id,
            amount_minor=charge.amount.minor,
            processor_fee_minor=charge.processor_fee.minor,
            refunded_minor=0,
            currency=charge.amount.currency,
            charged_at=charge.charged_at,
            available_on=charge.available_on,
        )
    )
    wallet = events.brand_funds(funding.brand_id)
    funds = events.campaign_funds(funding.campaign_id)
    fee_taken = events.fee_unearned(funding.campaign_id)
    ledger.lock_accounts(session, refs=[wallet, funds, fee_taken], currency=funding.currency)
    arrival = events.funded(
        stripe_charge_id=charge.charge_id,
        brand_id=funding.brand_id,
        gross=charge.amount,
        processor_fee=charge.processor_fee,
        memo=f"Funding of “{funding.campaign.name}”",
    )
    ledger.write_entry(session, arrival, occurred_at=charge.charged_at, actor=SYSTEM)
    allocation = events.allocated(
        allocation_id=funding.id,
        brand_id=funding.brand_id,
        campaign_id=funding.campaign_id,
        amount=charge.amount,
    )
    ledger.write_entry(session, allocation, occurred_at=now, actor=SYSTEM)
    if funding.platform_fee:
        fee = events.fee_taken(
            campaign_id=funding.campaign_id,
            number=str(funding.id),
            fee=funding.platform_fee,
            tax=Money(0, funding.currency),
        )
        ledger.write_entry(session, fee, occurred_at=now, actor=SYSTEM)
    funding.state = LIFE.next(funding.state, FundingEvent.PAY)
    funding.paid_at = charge.charged_at
    funding.problem = ""
    post(session, ChargeSettled(funding_id=funding.id))
    return funding


def _book_unidentified(session: Session, funding: Funding, charge: ChargeFacts) -> Funding:
    unknown = events.unidentified_charge(
        stripe_charge_id=charge.charge_id, gross=charge.amount, processor_fee=charge.processor_fee
    )
    ledger.write_entry(session, unknown, occurred_at=charge.charged_at, actor=SYSTEM)
    if LIFE.allows(funding.state, FundingEvent.FAIL):
        funding.state = FundingState.FAILED
    if not funding.problem.startswith("The amount charged"):
        funding.problem = (
            "The amount charged is not the amount asked for. The money is safe and set aside;"
            " finance staff will sort it out."
        )
        post(session, FundingFailed(funding_id=funding.id))
    return funding


def refund_unspent(
    session: Session, *, actor: Actor, campaign_id: UUID, now: datetime
) -> list[Refund]:
    """Send back what a closed campaign did not spend, to the cards it came from, oldest first.

    The platform fee on the unspent part goes back as well. Raises NotFound, NotPermitted, and
    Conflict when the campaign is still open or nothing is left (so also the second time).
    """
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_pay(campaign.brand_id) or actor.user_id is None:
        raise NotPermitted("ask for money back; an owner or finance member can")
    if campaign.state is not CampaignState.CLOSED:
        raise Conflict("Close the campaign first; then everything unspent can go back")
    charges = lock_rows(
        session,
        Charge,
        session.scalars(select(Charge.id).where(Charge.campaign_id == campaign_id)),
    )
    funds = events.campaign_funds(campaign_id)
    fee_taken = events.fee_unearned(campaign_id)
    ledger.lock_accounts(session, refs=[funds, fee_taken], currency=campaign.currency)
    unspent = queries.unspent_of(session, campaign_id=campaign_id, currency=campaign.currency)
    if not unspent.total:
        raise Conflict("There is nothing left to send back")
    number = queries.refund_count(session, campaign_id)
    if unspent.fee:
        fee_back = events.fee_returned(campaign_id=campaign_id, number=str(number), fee=unspent.fee)
        ledger.write_entry(session, fee_back, occurred_at=now, actor=actor)
    charges.sort(key=lambda charge: charge.charged_at)
    by_id = {charge.id: charge for charge in charges}
    left = [Refundable(c.id, Money(c.amount_minor - c.refunded_minor, c.currency)) for c in charges]
    return [
        _ask_refund(session, by_id[part.charge_id], part.left, actor, now)
        for part in spread_refund(unspent.total, left)
    ]


def _ask_refund(
    session: Session, charge: Charge, amount: Money, actor: Actor, now: datetime
) -> Refund:
    charge.refunded_minor += amount.minor
    refund = Refund(
        id=new_id(),
        campaign_id=charge.campaign_id,
        charge_id=charge.id,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=RefundState.ASKED,
        asked_by=actor.user_id,
        asked_at=now,
    )
    session.add(refund)
    hold = events.refund_held(
        refund_id=refund.id,
        taken_from=events.campaign_funds(charge.campaign_id),
        amount=amount,
    )
    ledger.write_entry(session, hold, occurred_at=now, actor=actor)
    processor.plan(
        session,
        kind=CallKind.REFUND,
        subject_id=refund.id,
        params={
            "refund_id": str(refund.id),
            "payment_intent_id": charge.stripe_payment_intent_id,
            "amount_minor": amount.minor,
            "currency": amount.currency,
        },
        now=now,
    )
    return refund


def conclude_refund(session: Session, *, call: ProcessorCall, now: datetime) -> None:
    """Go on after the processor took or refused the refund; what it took is looked at next."""
    refund = lock_row(session, Refund, call.subject_id)
    if call.state is CallState.SUCCEEDED:
        refund.stripe_refund_id = call.remote_id
        post(session, RefundDue(refund_id=refund.id))
    elif refund.state is RefundState.ASKED:
        _fail_refund(session, refund, problem=call.error_text or "", now=now)


def record_refund(session: Session, *, refund_id: UUID, facts: RefundFacts, now: datetime) -> None:
    """Book how a refund stands now. Repeats and news that came late change nothing."""
    refund = lock_row(session, Refund, refund_id)
    if refund.state is not RefundState.ASKED or facts.status is RefundStatus.UNDER_WAY:
        return
    if facts.status is RefundStatus.FAILED:
        _fail_refund(session, refund, problem=facts.problem, now=now)
        return
    paid = events.refund_paid(
        refund_id=refund.id, stripe_refund_id=facts.refund_id, amount=refund.amount
    )
    ledger.write_entry(session, paid, occurred_at=now, actor=SYSTEM)
    refund.state = RefundState.PAID
    refund.ended_at = now
    post(session, RefundEnded(refund_id=refund.id))


def _fail_refund(session: Session, refund: Refund, *, problem: str, now: datetime) -> None:
    failed = events.refund_failed(
        refund_id=refund.id,
        stripe_refund_id=refund.stripe_refund_id,
        brand_id=refund.charge.funding.brand_id,
        amount=refund.amount,
    )
    ledger.write_entry(session, failed, occurred_at=now, actor=SYSTEM)
    refund.charge.refunded_minor -= refund.amount_minor
    refund.state = RefundState.FAILED
    refund.problem = problem
    refund.ended_at = now
    post(session, RefundEnded(refund_id=refund.id))
