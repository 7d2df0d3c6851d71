"""Early fraud warnings: an issuer thinks that a card's owner did not pay."""

from __future__ import annotations

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_events import emit
from marketplace.sandbox.stripe_world import PLATFORM, World, fresh_id


def warn(world: World, charged: Document) -> Document:
    """Write a warning about a charge; it asks for nothing once the money went back."""
    given: Document = {
        "id": fresh_id("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": not (charged["refunded"] or charged["disputed"]),
        "charge": charged["id"],
        "created": world.now,
        "fraud_type": "unauthorized_use_of_card",
        "livemode": False,
        "payment_intent": charged["payment_intent"],
    }
    world.store.put("radar.early_fraud_warning", given["id"], given, scope=PLATFORM)
    emit(world, "radar.early_fraud_warning.created", given)
    return given


def settle_warnings(world: World, charged: Document) -> None:
    """A charge was refunded or disputed: nothing more is to be done about its warnings."""
    if not (charged["refunded"] or charged["disputed"]):
        return
    for given in world.store.newest("radar.early_fraud_warning", equal={"charge": charged["id"]}):
        if given["actionable"]:
            given["actionable"] = False
            world.store.put("radar.early_fraud_warning", given["id"], given)
            emit(world, "radar.early_fraud_warning.updated", given)
