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
from marketplace.ledger.chart import Code
from marketplace.ledger.rules import AccountRef, EntryKind, Pair
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.locks import lock_row, lock_rows
from marketplace.store.outbox import post

AT_PROCESSOR = AccountRef(Code.PROCESSOR_BALANCE)
PROCESSOR_FEES = AccountRef(Code.PROCESSOR_FEES)


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
    wallet = AccountRef(Code.BRAND_FUNDS, funding.brand_id)
    funds = AccountRef(Code.CAMPAIGN_FUNDS, funding.campaign_id)
    fee_taken = AccountRef(Code.FEE_UNEARNED, funding.campaign_id)
    ledger.lock_accounts(session, refs=[wallet, funds, fee_taken], currency=funding.currency)
    ledger.write_entry(
        session,
        kind=EntryKind.FUND,
        idem_key=f"fund:{charge.charge_id}",
        pairs=_arrival(charge, wallet),
        occurred_at=charge.charged_at,
        actor=SYSTEM,
        source_ref=charge.charge_id,
        memo=f"Funding of “{funding.campaign.name}”",
    )
    ledger.write_entry(
        session,
        kind=EntryKind.ALLOCATE,
        idem_key=f"alloc:{funding.id}",
        pairs=[Pair(wallet, funds, charge.amount)],
        occurred_at=now,
        actor=SYSTEM,
    )
    if funding.platform_fee:
        ledger.write_entry(
            session,
            kind=EntryKind.FEE,
            idem_key=f"fee:{funding.campaign_id}:{funding.id}",
            pairs=[Pair(funds, fee_taken, funding.platform_fee)],
            occurred_at=now,
            actor=SYSTEM,
        )
    funding.state = LIFE.next(funding.state, FundingEvent.PAY)
    funding.paid_at = charge.charged_at
    funding.problem = ""
    post(session, ChargeSettled(funding_id=funding.id))
    return funding


def _arrival(charge: ChargeFacts, to: AccountRef) -> list[Pair]:
    """The whole charge to an account, and what the processor kept of it."""
    pairs = [Pair(AT_PROCESSOR, to, charge.amount)]
    if charge.processor_fee:
        pairs.append(Pair(PROCESSOR_FEES, AT_PROCESSOR, charge.processor_fee))
    return pairs


def _book_unidentified(session: Session, funding: Funding, charge: ChargeFacts) -> Funding:
    ledger.write_entry(
        session,
        kind=EntryKind.SUSPENSE,
        idem_key=f"fund:{charge.charge_id}",
        pairs=_arrival(charge, AccountRef(Code.SUSPENSE)),
        occurred_at=charge.charged_at,
        actor=SYSTEM,
        source_ref=charge.charge_id,
        memo="The charge is not what was asked for",
    )
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
    funds = AccountRef(Code.CAMPAIGN_FUNDS, campaign_id)
    fee_taken = AccountRef(Code.FEE_UNEARNED, campaign_id)
    ledger.lock_accounts(session, refs=[funds, fee_taken], currency=campaign.currency)
    unspent = queries.unspent_of(session, campaign_id=campaign_id, currency=campaign.currency)
    if not unspent.total:
        raise Conflict("There is nothing left to send back")
    number = queries.refund_count(session, campaign_id)
    if unspent.fee:
        ledger.write_entry(
            session,
            kind=EntryKind.FEE_RETURN,
            idem_key=f"fee_return:{campaign_id}:{number}",
            pairs=[Pair(fee_taken, funds, unspent.fee)],
            occurred_at=now,
            actor=actor,
        )
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
    ledger.write_entry(
        session,
        kind=EntryKind.REFUND_HOLD,
        idem_key=f"refund:{refund.id}:hold",
        pairs=[
            Pair(
                AccountRef(Code.CAMPAIGN_FUNDS, charge.campaign_id),
                AccountRef(Code.REFUND_IN_FLIGHT, refund.id),
                amount,
            )
        ],
        occurred_at=now,
        actor=actor,
    )
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
    ledger.write_entry(
        session,
        kind=EntryKind.REFUND_PAID,
        idem_key=f"refund:{facts.refund_id}:paid",
        pairs=[Pair(AccountRef(Code.REFUND_IN_FLIGHT, refund.id), AT_PROCESSOR, refund.amount)],
        occurred_at=now,
        actor=SYSTEM,
        source_ref=facts.refund_id,
    )
    refund.state = RefundState.PAID
    refund.ended_at = now
    post(session, RefundEnded(refund_id=refund.id))


def _fail_refund(session: Session, refund: Refund, *, problem: str, now: datetime) -> None:
    ledger.write_entry(
        session,
        kind=EntryKind.REFUND_FAILED,
        idem_key=f"refund:{refund.stripe_refund_id or refund.id}:failed",
        pairs=[
            Pair(
                AccountRef(Code.REFUND_IN_FLIGHT, refund.id),
                AccountRef(Code.BRAND_FUNDS, refund.charge.funding.brand_id),
                refund.amount,
            )
        ],
        occurred_at=now,
        actor=SYSTEM,
    )
    refund.charge.refunded_minor -= refund.amount_minor
    refund.state = RefundState.FAILED
    refund.problem = problem
    refund.ended_at = now
    post(session, RefundEnded(refund_id=refund.id))
