"""What becomes of checkouts and refunds."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from marketplace.accounts import queries as accounts
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.messages import (
    ChargeSettled,
    CheckoutDue,
    FundingFailed,
    RefundDue,
    RefundEnded,
)
from marketplace.funding.ports import CheckoutState
from marketplace.funding.rules import RefundState
from marketplace.kernel.actor import SYSTEM, Role
from marketplace.notifications import service as notifications
from marketplace.processor.ports import ProcessorUnavailable
from marketplace.store.outbox import post
from marketplace.store.session import reading, transaction
from workers.runtime import Run, TryLater

PAY_ROLES: Final = (Role.OWNER, Role.FINANCE)
WEBHOOK_PATIENCE: Final = timedelta(minutes=2)
"""How long a checkout is left to its webhook before we ask ourselves."""


def look_at_checkout(message: CheckoutDue, run: Run) -> None:
    """Ask the processor how a checkout stands, and book what was paid."""
    with reading() as session:
        found = queries.funding_seen_by(session, SYSTEM, message.funding_id)
        session_id = found.stripe_checkout_session_id
    if session_id is None:
        return
    try:
        facts = run.gateways.payments.checkout(session_id)
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable
    with transaction() as session:
        if facts.charge is not None:
            funding.record_paid(
                session, funding_id=message.funding_id, charge=facts.charge, now=run.now
            )
        elif facts.state is CheckoutState.EXPIRED:
            funding.record_expired(session, funding_id=message.funding_id)


def look_at_refund(message: RefundDue, run: Run) -> None:
    """Ask the processor how a refund stands, and book its end."""
    with reading() as session:
        refund_id = queries.refund_by_id(session, message.refund_id).stripe_refund_id
    if refund_id is None:
        return
    try:
        facts = run.gateways.payments.refund(refund_id)
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable
    with transaction() as session:
        funding.record_refund(session, refund_id=message.refund_id, facts=facts, now=run.now)


def ring_open_money_in(run: Run) -> None:
    """Look again at every checkout and refund whose end we have not heard of."""
    with transaction() as session:
        for funding_id in queries.open_checkouts(session, asked_before=run.now - WEBHOOK_PATIENCE):
            post(session, CheckoutDue(funding_id=funding_id))
        for refund_id in queries.open_refunds(session):
            post(session, RefundDue(refund_id=refund_id))


def tell_funded(message: ChargeSettled, run: Run) -> None:
    """Tell the brand that its money is in the campaign."""
    with transaction() as session:
        found = queries.funding_seen_by(session, SYSTEM, message.funding_id)
        for user_id in accounts.people_who(session, found.brand_id, PAY_ROLES):
            notifications.tell(
                session,
                user_id=user_id,
                kind="funding_paid",
                title=f"“{found.campaign.name}” is funded",
                text="The budget is there. Creators can now accept your offers.",
                path=f"/brand/campaigns/{found.campaign_id}/money",
                once_key=f"funding_paid:{found.id}:{user_id}",
                now=run.now,
            )


def tell_funding_failed(message: FundingFailed, run: Run) -> None:
    """Tell the brand that a payment did not come through, and why."""
    with transaction() as session:
        found = queries.funding_seen_by(session, SYSTEM, message.funding_id)
        for user_id in accounts.people_who(session, found.brand_id, PAY_ROLES):
            notifications.tell(
                session,
                user_id=user_id,
                kind="funding_failed",
                title=f"The payment for “{found.campaign.name}” did not come through",
                text=found.problem,
                path=f"/brand/campaigns/{found.campaign_id}/money",
                once_key=f"funding_failed:{found.id}:{user_id}",
                now=run.now,
            )


def tell_refund_ended(message: RefundEnded, run: Run) -> None:
    """Tell the brand that its money is on the way back, or that it could not be sent."""
    with transaction() as session:
        refund = queries.refund_by_id(session, message.refund_id)
        campaign = refund.charge.funding.campaign
        paid = refund.state is RefundState.PAID
        for user_id in accounts.people_who(session, campaign.brand_id, PAY_ROLES):
            notifications.tell(
                session,
                user_id=user_id,
                kind="refund_ended",
                title=f"The refund for “{campaign.name}” was sent"
                if paid
                else f"The refund for “{campaign.name}” failed",
                text="Banks show it on the card within five to ten working days."
                if paid
                else "The money is back in your wallet here. Finance staff will get in touch.",
                path=f"/brand/campaigns/{campaign.id}/money",
                once_key=f"refund_ended:{refund.id}:{user_id}",
                now=run.now,
            )
