"""The shapes of the payment objects, with the fields that a reader may count on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_world import World, fresh_id

_EMPTY_ADDRESS: Final = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def page_of(items: Sequence[Mapping[str, Any]], *, url: str, has_more: bool = False) -> Document:
    """Return a list answer."""
    return {"object": "list", "data": list(items), "has_more": has_more, "url": url}


def customer(world: World, params: Mapping[str, Any]) -> Document:
    """Return a new customer."""
    return {
        "id": fresh_id("cus"),
        "object": "customer",
        "address": params.get("address"),
        "balance": 0,
        "created": world.now,
        "currency": None,
        "delinquent": False,
        "description": params.get("description"),
        "email": params.get("email"),
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "name": params.get("name"),
        "phone": params.get("phone"),
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def checkout_session(
    world: World, params: Mapping[str, Any], *, amount: int, currency: str
) -> Document:
    """Return a new open session. amount: minor units of all lines together."""
    key = fresh_id("cs_test")
    return {
        "id": key,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "created": world.now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": params.get("customer"),
        "customer_details": None,
        "customer_email": params.get("customer_email"),
        "expires_at": params.get("expires_at", world.now + 24 * 60 * 60),
        "invoice": None,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": params.get("metadata", {}),
        "mode": "payment",
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "recovered_from": None,
        "setup_intent": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{world.base}/checkout/{key}",
    }


def payment_intent(world: World, session: Mapping[str, Any], wanted: Mapping[str, Any]) -> Document:
    """Return a payment intent that waits for a card. wanted: the session's payment_intent_data."""
    key = fresh_id("pi")
    return {
        "id": key,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{key}_secret_{fresh_id('s')[2:]}",
        "confirmation_method": "automatic",
        "created": world.now,
        "currency": session["currency"],
        "customer": session["customer"],
        "description": wanted.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": wanted.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": wanted.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": wanted.get("transfer_group"),
    }


def charge(
    world: World, intent: Mapping[str, Any], *, last4: str, email: str | None, declined: bool
) -> Document:
    """Return a card charge for a payment intent; its balance transaction is still to be set."""
    return {
        "id": fresh_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0 if declined else intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {
            "address": _EMPTY_ADDRESS,
            "email": email,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": "FAIRVIEW SANDBOX",
        "captured": not declined,
        "created": world.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": "card_declined" if declined else None,
        "failure_message": "Your card was declined." if declined else None,
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": _outcome(declined=declined),
        "paid": not declined,
        "payment_intent": intent["id"],
        "payment_method": fresh_id("pm"),
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "checks": {
                    "address_line1_check": None,
                    "address_postal_code_check": None,
                    "cvc_check": "pass",
                },
                "country": "US",
                "exp_month": 12,
                "exp_year": 2034,
                "funding": "credit",
                "last4": last4,
                "network": "visa",
                "three_d_secure": None,
                "wallet": None,
            },
            "type": "card",
        },
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "failed" if declined else "succeeded",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def _outcome(*, declined: bool) -> Document:
    return {
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": "generic_decline" if declined else None,
        "risk_level": "normal",
        "seller_message": (
            "The bank did not return any further details with this decline."
            if declined
            else "Payment complete."
        ),
        "type": "issuer_declined" if declined else "authorized",
    }


def destination_payment(world: World, transfer: Mapping[str, Any]) -> Document:
    """Return the charge that a transfer makes on the account that receives it."""
    return {
        "id": fresh_id("py"),
        "object": "charge",
        "amount": transfer["amount"],
        "amount_captured": transfer["amount"],
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": {
            "address": _EMPTY_ADDRESS,
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "captured": True,
        "created": world.now,
        "currency": transfer["currency"],
        "customer": None,
        "description": None,
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "paid": True,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": {"type": "stripe_account"},
        "refunded": False,
        "source_transfer": transfer["id"],
        "status": "succeeded",
        "transfer_group": transfer["transfer_group"],
    }


def refund(
    world: World, charged: Mapping[str, Any], params: Mapping[str, Any], *, amount: int
) -> Document:
    """Return a refund of ``amount`` minor units; its balance transaction is still to be set."""
    return {
        "id": fresh_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charged["id"],
        "created": world.now,
        "currency": charged["currency"],
        "destination_details": {
            "card": {
                "reference": None,
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "failure_balance_transaction": None,
        "failure_reason": None,
        "metadata": params.get("metadata", {}),
        "payment_intent": charged["payment_intent"],
        "pending_reason": None,
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def transfer(world: World, params: Mapping[str, Any], *, group: str | None) -> Document:
    """Return a transfer; its movements are still to be set."""
    key = fresh_id("tr")
    return {
        "id": key,
        "object": "transfer",
        "amount": params["amount"],
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": world.now,
        "currency": params["currency"],
        "description": params.get("description"),
        "destination": params["destination"],
        "destination_payment": None,
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "reversals": page_of([], url=f"/v1/transfers/{key}/reversals"),
        "reversed": False,
        "source_transaction": params.get("source_transaction"),
        "source_type": params.get("source_type", "card"),
        "transfer_group": group,
    }


def transfer_reversal(
    world: World, sent: Mapping[str, Any], params: Mapping[str, Any], *, amount: int
) -> Document:
    """Return a reversal of ``amount`` minor units; its movement is still to be set."""
    return {
        "id": fresh_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": world.now,
        "currency": sent["currency"],
        "destination_payment_refund": None,
        "metadata": params.get("metadata", {}),
        "source_refund": None,
        "transfer": sent["id"],
    }
