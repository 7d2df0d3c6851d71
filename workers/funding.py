"""What becomes of payments: checkouts, bank debits that clear late, money that is not as asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from marketplace.campaigns.rules import FUNDED_SENTENCES
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.messages import (
    ChargeSetAside,
    ChargeSettled,
    CheckoutDue,
    DebitOrdered,
    FundingFailed,
    RefundDue,
)
from marketplace.funding.models import Funding
from marketplace.funding.ports import CheckoutState
from marketplace.funding.rules import clears_by
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.days import day_in_words
from marketplace.processor.ports import NoSuchObject, ProcessorUnavailable
from marketplace.store.outbox import post
from marketplace.store.session import reading, transaction
from workers.alarms import tell_gone
from workers.runtime import Run, TryLater
from workers.telling import tell_payers, tell_staff

WEBHOOK_PATIENCE: Final = timedelta(minutes=2)
"""How long a checkout is left to its webhook before we ask ourselves."""

log = structlog.get_logger("workers")


def look_at_checkout(message: CheckoutDue, run: Run) -> None:
    """Ask the processor how a checkout stands, and book what was paid."""
    with reading() as session:
        found = queries.funding_seen_by(session, SYSTEM, message.funding_id)
        session_id = found.stripe_checkout_session_id
    if session_id is None:
        return
    try:
        facts = run.gateways.payments.checkout(session_id)
    except NoSuchObject:
        tell_gone(run, what="a payment page", remote_id=session_id, path="/staff/calls")
        return
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable
    if facts.livemode is not run.settings.livemode:
        log.error("checkout_of_the_other_mode", session_id=session_id)
        return
    with transaction() as session:
        if facts.charge is not None:
            funding.record_paid(
                session, funding_id=message.funding_id, charge=facts.charge, now=run.now
            )
        elif facts.state is CheckoutState.CLEARING:
            funding.record_debit_ordered(
                session,
                funding_id=message.funding_id,
                method=facts.method,
                ordered_at=facts.ordered_at or run.now,
            )
        elif facts.state is CheckoutState.FAILED:
            funding.record_refused(session, funding_id=message.funding_id, problem=facts.problem)
        elif facts.state is CheckoutState.EXPIRED:
            funding.record_expired(session, funding_id=message.funding_id)


def ring_open_money_in(run: Run) -> None:
    """Look again at every checkout and refund whose end we have not heard of."""
    with transaction() as session:
        for funding_id in queries.open_checkouts(session, asked_before=run.now - WEBHOOK_PATIENCE):
            post(session, CheckoutDue(funding_id=funding_id))
        for refund_id in queries.open_refunds(session):
            post(session, RefundDue(refund_id=refund_id))


def tell_debit_ordered(message: DebitOrdered, run: Run) -> None:
    """Tell the brand that its bank has the order, and until when that usually takes."""
    with transaction() as session:
        found = queries.funding_seen_by(session, SYSTEM, message.funding_id)
        if found.debit_ordered_at is not None:
            by = clears_by(found.debit_ordered_at.date(), found.method or "")
            tell_payers(
                session,
                found.brand_id,
                kind="funding_clearing",
                about=found.id,
                title=f"Waiting for your bank: “{found.campaign.name}”",
                text="The budget is there once the bank has sent the money, usually by "
                f"{day_in_words(by)}. Until then nothing is credited.",
                path=_money_of(found),
                now=run.now,
            )


def tell_funded(message: ChargeSettled, run: Run) -> None:
    """Tell the brand that its money is in the campaign."""
    with transaction() as session:
        found = queries.funding_seen_by(session, SYSTEM, message.funding_id)
        tell_payers(
            session,
            found.brand_id,
            kind="funding_paid",
            about=found.id,
            title=f"“{found.campaign.name}” is funded",
            text=f"The budget is there. {FUNDED_SENTENCES[found.campaign.kind]}",
            path=_money_of(found),
            now=run.now,
        )


def tell_funding_failed(message: FundingFailed, run: Run) -> None:
    """Tell the brand that a payment did not come through, and why."""
    with transaction() as session:
        found = queries.funding_seen_by(session, SYSTEM, message.funding_id)
        tell_payers(
            session,
            found.brand_id,
            kind="funding_failed",
            about=found.id,
            title=f"The payment for “{found.campaign.name}” did not come through",
            text=found.problem,
            path=_money_of(found),
            now=run.now,
        )


def tell_set_aside(message: ChargeSetAside, run: Run) -> None:
    """Raise the alarm: money came that is not what was asked for."""
    with transaction() as session:
        found = queries.funding_seen_by(session, SYSTEM, message.funding_id)
        tell_staff(
            session,
            kind="charge_set_aside",
            about=found.id,
            title=f"A charge for “{found.campaign.name}” is not what was asked for",
            text="Its money is in suspense and opens no budget. Find out what it is.",
            path="/staff/ledger/account?code=1900",
            now=run.now,
        )


def _money_of(funding: Funding) -> str:
    return f"/brand/campaigns/{funding.campaign_id}/money"
