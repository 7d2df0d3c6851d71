"""Book what became of a payment: the money, or that none came."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.causes import service as causes
from marketplace.funding.messages import ChargeSetAside, ChargeSettled, DebitOrdered, FundingFailed
from marketplace.funding.models import Charge, Funding
from marketplace.funding.ports import ChargeFacts
from marketplace.funding.rules import LIFE, FundingEvent, FundingState, debit_problem
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, events
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def record_expired(session: Session, *, funding_id: UUID) -> None:
    """Write down that nobody paid in time. The second time, and after a payment, nothing."""
    funding = lock_row(session, Funding, funding_id)
    if LIFE.allows(funding.state, FundingEvent.EXPIRE):
        funding.state = FundingState.EXPIRED
        funding.problem = "The payment page expired. Nothing was charged."
        post(session, FundingFailed(funding_id=funding.id))


def record_debit_ordered(
    session: Session, *, funding_id: UUID, method: str | None, ordered_at: datetime
) -> None:
    """Write down that a bank was told to send the money; nothing is credited before it comes.

    The second time, and after the money, nothing.
    """
    funding = lock_row(session, Funding, funding_id)
    if LIFE.allows(funding.state, FundingEvent.ORDER_DEBIT):
        funding.state = LIFE.next(funding.state, FundingEvent.ORDER_DEBIT)
        funding.method = method
        funding.debit_ordered_at = ordered_at
        post(session, DebitOrdered(funding_id=funding.id))


def record_refused(session: Session, *, funding_id: UUID, problem: str) -> None:
    """Write down that a bank refused the debit. The second time, and after the money, nothing.

    problem: the processor's code of what the bank said.
    """
    funding = lock_row(session, Funding, funding_id)
    if LIFE.allows(funding.state, FundingEvent.FAIL):
        funding.state = LIFE.next(funding.state, FundingEvent.FAIL)
        funding.problem = f"The bank debit did not come through. {debit_problem(problem)}"
        post(session, FundingFailed(funding_id=funding.id))


def record_paid(
    session: Session, *, funding_id: UUID, charge: ChargeFacts, now: datetime
) -> Funding:
    """Book the money of a paid checkout and put it into the campaign.

    1. The charge, less what the processor kept, into the brand's wallet.
    2. On to the campaign, but what was paid for its pledge: that is set aside for the cause.
    3. The platform fee aside, not yet earned.
    The second time nothing happens. A charge that is not what was asked for is booked as
    unidentified money and opens no budget.
    """
    funding = lock_row(session, Funding, funding_id)
    if funding.state is FundingState.PAID:
        return funding
    if (charge.amount, charge.funding_id) != (funding.total, funding.id):
        return _book_unidentified(session, funding, charge)
    session.add(_charge_of(funding, charge))
    causes.lock_due(session, campaign=funding.campaign)
    wallet = events.brand_funds(funding.brand_id)
    funds = events.campaign_funds(funding.campaign_id)
    fee_taken = events.fee_unearned(funding.campaign_id)
    pledged = events.pledged(funding.campaign_id)
    ledger.lock_accounts(
        session, refs=[wallet, funds, fee_taken, pledged], currency=funding.currency
    )
    ledger.write_entry(
        session, _arrival(funding, charge), occurred_at=charge.charged_at, actor=SYSTEM
    )
    allocation = events.allocated(
        allocation_id=funding.id,
        brand_id=funding.brand_id,
        campaign_id=funding.campaign_id,
        amount=charge.amount - funding.pledge,
    )
    ledger.write_entry(session, allocation, occurred_at=now, actor=SYSTEM)
    causes.set_aside(
        session,
        campaign=funding.campaign,
        paid_with=funding.id,
        paid=funding.pledge,
        actor=SYSTEM,
        now=now,
    )
    if funding.platform_fee or funding.processor_fee:
        fee = events.fee_taken(
            campaign_id=funding.campaign_id,
            number=str(funding.id),
            fee=funding.platform_fee,
            tax=funding.fee_tax,
            processor_fee=funding.processor_fee,
        )
        ledger.write_entry(session, fee, occurred_at=now, actor=SYSTEM)
    funding.state = LIFE.next(funding.state, FundingEvent.PAY)
    funding.paid_at = charge.charged_at
    funding.method = charge.method
    if funding.campaign.terms_at is None:
        funding.campaign.terms_at = funding.requested_at  # what was paid for keeps its terms
    funding.problem = ""
    post(session, ChargeSettled(funding_id=funding.id))
    return funding


def _charge_of(funding: Funding, charge: ChargeFacts) -> Charge:
    return Charge(
        id=new_id(),
        funding_id=funding.id,
        campaign_id=funding.campaign_id,
        stripe_charge_id=charge.charge_id,
        stripe_payment_intent_id=charge.payment_intent_id,
        stripe_balance_transaction_id=charge.balance_transaction_id,
        amount_minor=charge.amount.minor,
        processor_fee_minor=charge.processor_fee.minor,
        settled_minor=charge.settled.minor if charge.settled else None,
        settled_currency=charge.settled.currency if charge.settled else None,
        exchange_rate=charge.exchange_rate,
        method=charge.method,
        currency=charge.amount.currency,
        charged_at=charge.charged_at,
        available_on=charge.available_on,
    )


def _arrival(funding: Funding, charge: ChargeFacts) -> Entry:
    """The money as it came in: as it was charged, or changed into what arrived for it."""
    memo = f"Funding of “{funding.campaign.name}”"
    if charge.settled is None:
        return events.funded(
            stripe_charge_id=charge.charge_id,
            brand_id=funding.brand_id,
            gross=charge.amount,
            processor_fee=charge.processor_fee,
            memo=memo,
        )
    return events.funded_by_exchange(
        stripe_charge_id=charge.charge_id,
        brand_id=funding.brand_id,
        gross=charge.amount,
        settled=charge.settled,
        processor_fee=charge.processor_fee,
        memo=f"{memo}, changed at {charge.exchange_rate or 'an unknown rate'}",
    )


def _book_unidentified(session: Session, funding: Funding, charge: ChargeFacts) -> Funding:
    unknown = events.unidentified_charge(
        stripe_charge_id=charge.charge_id,
        gross=charge.settled or charge.amount,
        processor_fee=charge.processor_fee,
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
        post(session, ChargeSetAside(funding_id=funding.id))
    return funding
