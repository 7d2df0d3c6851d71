"""Refunds: of a whole charge or a part, at once, later, or not after all."""

from __future__ import annotations

from typing import Any, Final

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_currencies import check_amount
from marketplace.sandbox.stripe_due import What, forget, remind
from marketplace.sandbox.stripe_errors import StripeRefusal, no_such
from marketplace.sandbox.stripe_events import emit
from marketplace.sandbox.stripe_limits import amount_of, check_metadata
from marketplace.sandbox.stripe_money import (
    available,
    insufficient,
    move,
    pending,
    settle_part,
)
from marketplace.sandbox.stripe_objects import refund
from marketplace.sandbox.stripe_warnings import settle_warnings
from marketplace.sandbox.stripe_world import PLATFORM, Call, World

TAKES: Final = 24 * 60 * 60
"""Seconds until a refund that does not end at once does."""


def create_refund(call: Call) -> Document:
    """Answer POST /v1/refunds, of a whole charge or a part of it."""
    world, params = call.world, call.params
    charged = _charge_to_refund(world, params)
    if charged["disputed"] and not _refundable(world, charged):
        raise StripeRefusal(
            f"Charge {charged['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charged["amount"] - charged["amount_refunded"]
    if left == 0:
        raise StripeRefusal(
            f"Charge {charged['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = amount_of(params) if "amount" in params else left
    if amount > left:
        raise StripeRefusal(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    check_metadata(params.get("metadata"))
    check_amount(amount, charged["currency"])
    leaves = settle_part(world, charged, amount)
    held = available(world, PLATFORM, leaves.currency) + pending(world, PLATFORM, leaves.currency)
    if held < leaves.amount:
        raise insufficient()
    given = refund(world, charged, params, amount=amount)
    given["balance_transaction"] = move(
        world,
        account=PLATFORM,
        kind="refund",
        category="refund",
        amount=-leaves.amount,
        currency=leaves.currency,
        exchange_rate=leaves.rate,
        source=given["id"],
        description="REFUND FOR CHARGE",
    )["id"]
    habit = (world.store.get("habit", charged["id"]) or {}).get("refund", "succeeds")
    if habit != "succeeds":
        remind(world, given["id"], What.END_REFUND, at=world.now + TAKES)
    if habit == "pends":
        given.update(status="pending", pending_reason="processing")
    charged["amount_refunded"] += amount
    charged["refunded"] = charged["amount_refunded"] == charged["amount"]
    world.store.put("charge", charged["id"], charged)
    world.store.put("refund", given["id"], given, scope=PLATFORM)
    emit(world, "refund.created", given)
    emit(world, "charge.refunded", charged)
    settle_warnings(world, charged)
    return given


def end_by_itself(world: World, key: str) -> None:
    """End a refund as its charge was told to: one that pends succeeds, one that was paid fails."""
    given = world.store.get("refund", key) or {"status": None}
    if given["status"] == "pending":
        succeed(world, given)
    elif given["status"] == "succeeded":
        fail(world, given, reason="expired_or_canceled_card")


def succeed(world: World, given: Document) -> None:
    """The bank took a refund that was pending. Raises StripeRefusal for any other."""
    if given["status"] != "pending":
        raise StripeRefusal(f"This refund is {given['status']}, not pending.")
    forget(world, given["id"])
    given.update(status="succeeded", pending_reason=None)
    world.store.put("refund", given["id"], given)
    emit(world, "refund.updated", given)


def fail(world: World, given: Document, *, reason: str) -> None:
    """The bank sent a refund back, also one it had taken; the money is on our balance again."""
    if given["status"] not in ("pending", "succeeded"):
        raise StripeRefusal(f"This refund is {given['status']} already.")
    forget(world, given["id"])
    charged = world.store.get("charge", given["charge"]) or {}
    comes = settle_part(world, charged, given["amount"])
    back = move(
        world,
        account=PLATFORM,
        kind="refund_failure",
        category="refund_failure",
        amount=comes.amount,
        currency=comes.currency,
        exchange_rate=comes.rate,
        source=given["id"],
        description="REFUND FAILURE",
    )
    given.update(
        status="failed",
        pending_reason=None,
        failure_reason=reason,
        failure_balance_transaction=back["id"],
    )
    world.store.put("refund", given["id"], given)
    charged["amount_refunded"] -= given["amount"]
    charged["refunded"] = False
    world.store.put("charge", charged["id"], charged)
    emit(world, "refund.updated", given)
    emit(world, "refund.failed", given)


def _refundable(world: World, charged: Document) -> bool:
    found = world.store.newest("dispute", equal={"charge": charged["id"]}, limit=1)
    return bool(found) and bool(found[0]["is_charge_refundable"])


def _charge_to_refund(world: World, params: dict[str, Any]) -> Document:
    if "payment_intent" in params:
        key = params["payment_intent"]
        intent = world.store.get("payment_intent", key)
        if intent is None:
            raise no_such("payment_intent", key, param="payment_intent")
        if intent["status"] != "succeeded":
            raise StripeRefusal(
                f"This PaymentIntent ({key}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        key = intent["latest_charge"]
    elif "charge" in params:
        key = params["charge"]
    else:
        raise StripeRefusal(
            "One of the following params should be provided for this request: payment_intent or "
            "charge."
        )
    charged = world.store.get("charge", key, scope=PLATFORM)
    if charged is None or not charged["paid"]:
        raise no_such("charge", key, param="charge")
    return charged
