"""Give back what was not spent, to the cards it came from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.funding import queries
from marketplace.funding.messages import RefundDue, RefundEnded
from marketplace.funding.models import Charge, Refund
from marketplace.funding.ports import RefundFacts, RefundStatus
from marketplace.funding.rules import Refundable, RefundState, spread_refund
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
