"""From Stripe's objects to facts in our words. Reads nothing by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import stripe

from marketplace.funding.ports import (
    ChargeFacts,
    CheckoutFacts,
    CheckoutState,
    RefundFacts,
    RefundStatus,
)
from marketplace.gateways.stripe_currencies import from_stripe
from marketplace.kernel.money import Money
from marketplace.payouts.ports import TransferFacts

REFUND_STATES: Final = {
    "succeeded": RefundStatus.PAID,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
"""Stripe's words for a refund's status; all others are under way."""
REFUSED_INTENT: Final = frozenset({"requires_payment_method", "canceled"})


def tag(metadata: Any, name: str) -> str | None:
    """Return what we sent along under this name."""
    return metadata.to_dict().get(name) if metadata is not None else None


def our_id(metadata: Any, name: str) -> UUID | None:
    """Return the id we sent along; None on what somebody else made."""
    try:
        return UUID(tag(metadata, name) or "")
    except ValueError:
        return None


def moment(seconds: int) -> datetime:
    """Return a moment of Stripe's."""
    return datetime.fromtimestamp(seconds, UTC)


def checkout_facts(session: Any, intent: Any) -> CheckoutFacts:
    """Return a checkout as it stands. intent: of a completed one, its latest charge unfolded."""
    charge = intent.latest_charge if intent is not None else None
    paid = _charge_facts(intent) if session.payment_status == "paid" else None
    return CheckoutFacts(
        session_id=session.id,
        funding_id=our_id(session.metadata, "funding_id"),
        state=_state(session, intent, paid),
        charge=paid,
        livemode=bool(session.livemode),
        method=_method(charge),
        ordered_at=moment(charge.created) if charge is not None else None,
        problem=(charge.failure_code or "") if charge is not None else "",
    )


def _state(session: Any, intent: Any, paid: ChargeFacts | None) -> CheckoutState:
    if paid is not None:
        return CheckoutState.PAID
    if session.status == "expired":
        return CheckoutState.EXPIRED
    if intent is None or session.payment_status == "paid":
        return CheckoutState.OPEN  # not done, or paid and its movement is not there yet
    return CheckoutState.FAILED if intent.status in REFUSED_INTENT else CheckoutState.CLEARING


def _method(charge: Any) -> str | None:
    details = charge.payment_method_details if charge is not None else None
    return str(details.type) if details is not None else None


def _charge_facts(intent: Any) -> ChargeFacts | None:
    charge = intent.latest_charge if intent is not None else None
    if charge is None or not charge.paid or charge.balance_transaction is None:
        return None
    movement = charge.balance_transaction
    return ChargeFacts(
        charge_id=charge.id,
        payment_intent_id=intent.id,
        balance_transaction_id=movement.id,
        amount=from_stripe(charge.amount, charge.currency),
        processor_fee=from_stripe(movement.fee, movement.currency),
        charged_at=moment(charge.created),
        available_on=moment(movement.available_on),
        method=_method(charge) or "card",
        funding_id=our_id(intent.metadata, "funding_id"),
        settled=from_stripe(movement.amount, movement.currency)
        if movement.currency != charge.currency
        else None,
        exchange_rate=str(movement.exchange_rate or ""),
    )


def refund_facts(refund: Any) -> RefundFacts:
    """Return a refund in our words; its movements are unfolded."""
    return RefundFacts(
        refund.id,
        REFUND_STATES.get(refund.status or "", RefundStatus.UNDER_WAY),
        left=_moved(refund.balance_transaction),
        came_back=_moved(refund.failure_balance_transaction),
        problem=refund.failure_reason or "",
    )


def _moved(movement: Any) -> Money | None:
    """What a balance transaction moved, without its sign; None where there is none."""
    if movement is None:
        return None
    return from_stripe(abs(movement.amount), movement.currency)


def transfer_facts(transfer: stripe.Transfer) -> TransferFacts:
    """Return a transfer in our words."""
    return TransferFacts(
        transfer_id=transfer.id,
        call_id=our_id(transfer.metadata, "call_id"),
        amount=from_stripe(transfer.amount, transfer.currency),
        balance_transaction_id=str(transfer.balance_transaction),
        made_at=moment(transfer.created),
    )
