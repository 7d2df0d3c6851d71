"""Money in: checkout sessions and the card payment on the sandbox's page."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from marketplace.sandbox import stripe_disputes, stripe_warnings
from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_currencies import check_charge
from marketplace.sandbox.stripe_errors import StripeRefusal, no_such
from marketplace.sandbox.stripe_events import emit
from marketplace.sandbox.stripe_limits import (
    amount_of,
    check_address,
    check_metadata,
    currency_of,
)
from marketplace.sandbox.stripe_money import (
    SETTLES_AFTER,
    card_fee,
    move,
    settle,
)
from marketplace.sandbox.stripe_objects import (
    charge,
    checkout_session,
    customer,
    payment_intent,
)
from marketplace.sandbox.stripe_world import PLATFORM, Call, World

GOOD_CARD: Final = "4242424242424242"
DECLINING_CARD: Final = "4000000000000002"
CARDS: Final = {
    GOOD_CARD: {},
    DECLINING_CARD: {},
    "4000000000000259": {"then": "dispute"},
    "4000000000001976": {"then": "inquiry"},
    "4000000000005423": {"then": "warning"},
    "4000000000007726": {"refund": "pends"},
    "4000000000005126": {"refund": "fails"},
}
"""Stripe's own test cards, and what comes of a charge of each (docs.stripe.com/testing)."""

_SHORTEST_SESSION: Final = 30 * 60
_LONGEST_SESSION: Final = 24 * 60 * 60


class Outcome(StrEnum):
    """How pressing Pay ended."""

    PAID = "paid"
    ALREADY_PAID = "already paid"
    DECLINED = "declined"
    EXPIRED = "expired"


def create_customer(call: Call) -> Document:
    """Answer POST /v1/customers."""
    check_metadata(call.params.get("metadata"))
    made = customer(call.world, call.params)
    call.world.store.put("customer", made["id"], made, scope=PLATFORM)
    emit(call.world, "customer.created", made)
    return made


def create_session(call: Call) -> Document:
    """Answer POST /v1/checkout/sessions, for one-time card payments on the hosted page."""
    world, params = call.world, call.params
    if params.get("mode") != "payment":
        raise StripeRefusal("The sandbox plays only mode=payment.", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise StripeRefusal("The sandbox plays only the hosted page.", param="ui_mode")
    for name in ("success_url", "line_items"):
        if not params.get(name):
            raise StripeRefusal(
                f"Missing required param: {name}.", code="parameter_missing", param=name
            )
    for name in ("success_url", "cancel_url"):
        check_address(params.get(name), param=name)
    wanted = params.get("payment_intent_data", {})
    check_metadata(params.get("metadata"))
    check_metadata(wanted.get("metadata"))
    lines = [_line(item, place) for place, item in enumerate(params["line_items"])]
    currencies = {line["currency"] for line in lines}
    if len(currencies) > 1:
        raise StripeRefusal("All line items must have the same currency.", param="line_items")
    amount = sum(line["amount_total"] for line in lines)
    currency = currencies.pop()
    check_charge(amount, currency, param="line_items")
    buyer = params.get("customer")
    if buyer is not None and world.store.get("customer", buyer) is None:
        raise no_such("customer", buyer, param="customer", status=400)
    lasts = params.get("expires_at", world.now + _LONGEST_SESSION) - world.now
    if not _SHORTEST_SESSION <= lasts <= _LONGEST_SESSION:
        raise StripeRefusal(
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from "
            "Checkout Session creation.",
            param="expires_at",
        )
    session = checkout_session(world, params, amount=amount, currency=currency)
    world.store.put("checkout.session", session["id"], session, scope=PLATFORM)
    world.store.put("checkout.wish", session["id"], {"lines": lines, "intent": wanted})
    return session


def _line(item: dict[str, Any], place: int) -> Document:
    price = item.get("price_data")
    if price is None:
        raise StripeRefusal(
            "The sandbox keeps no prices: give price_data.",
            param=f"line_items[{place}][price_data]",
        )
    product = price.get("product_data")
    if product is None:
        raise StripeRefusal(
            "The sandbox keeps no products: give product_data.",
            param=f"line_items[{place}][price_data][product_data]",
        )
    quantity = item.get("quantity", 1)
    each = amount_of(price, name="unit_amount")
    return {
        "description": product["name"],
        "detail": product.get("description"),
        "quantity": quantity,
        "currency": currency_of(price["currency"]),
        "amount_total": each * quantity,
    }


def expire_session(call: Call) -> Document:
    """Answer POST /v1/checkout/sessions/{id}/expire."""
    key = call.path["session"]
    session = session_now(call.world, key)
    if session is None:
        raise no_such("checkout session", key, param="session")
    if session["status"] != "open":
        raise StripeRefusal(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}."
        )
    return _expire(call.world, session)


def expire_due(world: World) -> None:
    """Expire the open sessions whose time is over."""
    for session in world.store.newest("checkout.session", equal={"status": "open"}):
        if session["expires_at"] <= world.now:
            _expire(world, session)


def session_now(world: World, key: str) -> Document | None:
    """Return the session as of now: it expires when its time is over."""
    session = world.store.get("checkout.session", key)
    if session is not None and session["status"] == "open" and session["expires_at"] <= world.now:
        return _expire(world, session)
    return session


def _expire(world: World, session: Document) -> Document:
    session["status"] = "expired"
    session["url"] = None
    world.store.put("checkout.session", session["id"], session)
    emit(world, "checkout.session.expired", session)
    return session


def pay(world: World, key: str, *, card: str, email: str | None) -> Outcome:
    """Charge the card for a session, once: a second time says that it is paid.

    card: one that the sandbox knows, digits only.
    """
    session = session_now(world, key)
    if session is None:
        raise no_such("checkout session", key, param="session")
    if session["status"] == "complete":
        return Outcome.ALREADY_PAID
    if session["status"] == "expired":
        return Outcome.EXPIRED
    intent = intent_of(world, session)
    declined = card == DECLINING_CARD
    email = session["customer_email"] or email
    charged = charge(world, intent, last4=card[-4:], email=email, declined=declined)
    intent["latest_charge"] = charged["id"]
    if declined:
        return _decline(world, intent, charged)
    settled = settle(world, charged["amount"], charged["currency"])
    charged["balance_transaction"] = move(
        world,
        account=PLATFORM,
        kind="charge",
        category="charge",
        amount=settled.amount,
        fee=card_fee(settled.amount),
        currency=settled.currency,
        exchange_rate=settled.rate,
        source=charged["id"],
        available_on=world.now + SETTLES_AFTER,
        description=charged["description"],
    )["id"]
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        last_payment_error=None,
        payment_method=charged["payment_method"],
    )
    complete(session, email=email, payment_status="paid")
    world.store.put("charge", charged["id"], charged, scope=PLATFORM)
    world.store.put("payment_intent", intent["id"], intent, scope=PLATFORM)
    world.store.put("checkout.session", session["id"], session)
    emit(world, "charge.succeeded", charged)
    emit(world, "payment_intent.succeeded", intent)
    emit(world, "checkout.session.completed", session)
    _habits(world, charged, CARDS[card])
    return Outcome.PAID


def _habits(world: World, charged: Document, habit: Mapping[str, str]) -> None:
    """Do to a charge what its card is known for, and remember the rest."""
    if "refund" in habit:
        world.store.put("habit", charged["id"], {"id": charged["id"], **habit})
    match habit.get("then"):
        case "dispute":
            stripe_disputes.open_dispute(world, charged)
        case "inquiry":
            stripe_disputes.open_dispute(world, charged, inquiry=True)
        case "warning":
            stripe_warnings.warn(world, charged)


def complete(session: Document, *, email: str | None, payment_status: str) -> None:
    """Write on a session that its buyer is done with it."""
    session.update(
        status="complete",
        payment_status=payment_status,
        url=None,
        customer_details={
            "address": None,
            "email": email,
            "name": None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )


def intent_of(world: World, session: Document) -> Document:
    """Return the session's payment intent, made at the first try of a card."""
    if session["payment_intent"] is not None:
        found = world.store.get("payment_intent", session["payment_intent"])
        if found is not None:
            return found
    wish = world.store.get("checkout.wish", session["id"]) or {"intent": {}}
    intent = payment_intent(world, session, wish["intent"])
    session["payment_intent"] = intent["id"]
    world.store.put("checkout.session", session["id"], session)
    world.store.put("payment_intent", intent["id"], intent, scope=PLATFORM)
    emit(world, "payment_intent.created", intent)
    return intent


def _decline(world: World, intent: Document, charged: Document) -> Outcome:
    intent["last_payment_error"] = {
        "charge": charged["id"],
        "code": "card_declined",
        "decline_code": "generic_decline",
        "message": "Your card was declined.",
        "type": "card_error",
    }
    world.store.put("charge", charged["id"], charged, scope=PLATFORM)
    world.store.put("payment_intent", intent["id"], intent, scope=PLATFORM)
    emit(world, "charge.failed", charged)
    emit(world, "payment_intent.payment_failed", intent)
    return Outcome.DECLINED
