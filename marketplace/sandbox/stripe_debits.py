"""Bank debits: ordered at the checkout, cleared or refused days later, returned after that."""

from __future__ import annotations

from typing import Final

from marketplace.sandbox import stripe_disputes
from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_due import What, forget, remind
from marketplace.sandbox.stripe_errors import StripeRefusal, no_such
from marketplace.sandbox.stripe_events import emit
from marketplace.sandbox.stripe_money import SETTLES_AFTER, move
from marketplace.sandbox.stripe_objects import charge
from marketplace.sandbox.stripe_payments import Outcome, complete, intent_of, session_now
from marketplace.sandbox.stripe_world import PLATFORM, World, fresh_id

GOOD_ACCOUNT: Final = "000123456789"
ACCOUNTS: Final = {
    GOOD_ACCOUNT: "",
    "000111111113": "account_closed",
    "000111111116": "no_account",
    "000222222227": "insufficient_funds",
    "000333333335": "debit_not_authorized",
    "000555555559": "returned",
}
"""Stripe's own test accounts, and why the debit of each fails (docs.stripe.com/testing)."""
CLEARS_AFTER: Final = 4 * 24 * 60 * 60
"""Seconds until a bank has answered."""
FEE_PER_MILLE: Final = 8
LARGEST_FEE: Final = 5_00


def debit_fee(amount: int) -> int:
    """Return Stripe's fee for an ACH debit in minor units: 0.8 %, at most 5.00."""
    return min((amount * FEE_PER_MILLE + 500) // 1000, LARGEST_FEE)


def order(world: World, key: str, *, bank_account: str, email: str | None) -> Outcome:
    """Order the debit for a session: it is complete, and nothing is paid yet.

    bank_account: one that the sandbox knows, digits only.
    """
    session = session_now(world, key)
    if session is None:
        raise no_such("checkout session", key, param="session")
    if session["status"] == "complete":
        return Outcome.ALREADY_PAID
    if session["status"] == "expired":
        return Outcome.EXPIRED
    intent = intent_of(world, session)
    email = session["customer_email"] or email
    ordered = _ordered(world, intent, bank_account=bank_account, email=email)
    intent.update(
        status="processing",
        latest_charge=ordered["id"],
        payment_method=ordered["payment_method"],
        last_payment_error=None,
    )
    complete(session, email=email, payment_status="unpaid")
    world.store.put("charge", ordered["id"], ordered, scope=PLATFORM)
    world.store.put("payment_intent", intent["id"], intent, scope=PLATFORM)
    world.store.put("checkout.session", session["id"], session)
    habit = {"id": ordered["id"], "refund": "pends", "session": key, "account": bank_account}
    world.store.put("habit", ordered["id"], habit)
    remind(world, ordered["id"], What.CLEAR_DEBIT, at=world.now + CLEARS_AFTER)
    emit(world, "charge.pending", ordered)
    emit(world, "payment_intent.processing", intent)
    emit(world, "checkout.session.completed", session)
    return Outcome.PAID


def _ordered(world: World, intent: Document, *, bank_account: str, email: str | None) -> Document:
    ordered = charge(world, intent, last4=bank_account[-4:], email=email, declined=False)
    ordered.update(
        id=fresh_id("py"),
        status="pending",
        paid=False,
        payment_method_details={
            "type": "us_bank_account",
            "us_bank_account": {
                "account_holder_type": "company",
                "account_type": "checking",
                "bank_name": "SANDBOX BANK",
                "fingerprint": None,
                "last4": bank_account[-4:],
                "routing_number": "110000000",
            },
        },
    )
    return ordered


def clear(world: World, key: str) -> None:
    """The bank has answered, as its account is known for."""
    habit = world.store.get("habit", key) or {"account": GOOD_ACCOUNT}
    problem = ACCOUNTS[habit["account"]]
    if problem not in ("", "returned"):
        refuse(world, key, problem=problem)
        return
    settle(world, key)
    if problem == "returned":
        give_back(world, key)


def settle(world: World, key: str) -> None:
    """The bank sent the money. Raises StripeRefusal unless it was waited for."""
    ordered, intent, session = _waiting(world, key)
    ordered.update(status="succeeded", paid=True)
    ordered["balance_transaction"] = move(
        world,
        account=PLATFORM,
        kind="payment",
        category="charge",
        amount=ordered["amount"],
        fee=debit_fee(ordered["amount"]),
        currency=ordered["currency"],
        source=ordered["id"],
        available_on=world.now + SETTLES_AFTER,
        description=ordered["description"],
    )["id"]
    intent.update(status="succeeded", amount_received=intent["amount"])
    session["payment_status"] = "paid"
    _keep(world, ordered, intent, session)
    emit(world, "charge.succeeded", ordered)
    emit(world, "payment_intent.succeeded", intent)
    emit(world, "checkout.session.async_payment_succeeded", session)


def refuse(world: World, key: str, *, problem: str) -> None:
    """The bank sent nothing. Raises StripeRefusal unless it was waited for."""
    ordered, intent, session = _waiting(world, key)
    said = f"The bank refused the debit: {problem.replace('_', ' ')}."
    ordered.update(
        status="failed",
        captured=False,
        amount_captured=0,
        failure_code=problem,
        failure_message=said,
    )
    intent.update(
        status="requires_payment_method",
        last_payment_error={
            "charge": ordered["id"],
            "code": "payment_intent_payment_attempt_failed",
            "message": said,
            "type": "invalid_request_error",
        },
    )
    _keep(world, ordered, intent, session)
    emit(world, "charge.failed", ordered)
    emit(world, "payment_intent.payment_failed", intent)
    emit(world, "checkout.session.async_payment_failed", session)


def give_back(world: World, key: str) -> None:
    """The bank took back what it had sent: a dispute that is lost from its first moment."""
    charged = world.store.get("charge", key)
    if charged is None or charged["status"] != "succeeded" or charged["disputed"]:
        raise StripeRefusal("Only a debit that has cleared can be returned, and once.")
    stripe_disputes.open_dispute(world, charged, reason="debit_not_authorized", final=True)


def _waiting(world: World, key: str) -> tuple[Document, Document, Document]:
    ordered = world.store.get("charge", key)
    habit = world.store.get("habit", key)
    if ordered is None or habit is None or ordered["status"] != "pending":
        raise StripeRefusal("No bank is being waited for here.")
    forget(world, key)
    intent = world.store.get("payment_intent", ordered["payment_intent"])
    session = world.store.get("checkout.session", habit["session"])
    assert intent is not None
    assert session is not None
    return ordered, intent, session


def _keep(world: World, ordered: Document, intent: Document, session: Document) -> None:
    world.store.put("charge", ordered["id"], ordered)
    world.store.put("payment_intent", intent["id"], intent)
    world.store.put("checkout.session", session["id"], session)
