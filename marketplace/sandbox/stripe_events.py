"""Events: written with the change that they tell of; the webhook sender takes it from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import stripe

from marketplace.sandbox.store import Document
from marketplace.sandbox.stripe_world import (
    CONNECT_TARGET,
    PLATFORM,
    PLATFORM_TARGET,
    World,
    fresh_id,
)


def emit(world: World, kind: str, subject: Mapping[str, Any], *, account: str = PLATFORM) -> str:
    """Write an event about ``subject`` as it is now, and what must be delivered; return its id.

    account: whose event it is. Those of a connected account go to the connect endpoint and carry
    the account's id.
    """
    target = PLATFORM_TARGET if account == PLATFORM else CONNECT_TARGET
    event: Document = {
        "id": fresh_id("evt"),
        "object": "event",
        "api_version": stripe.api_version,
        "created": world.now,
        "data": {"object": dict(subject)},
        "livemode": False,
        "pending_webhooks": 1 if target in world.targets else 0,
        "request": {"id": world.request_id, "idempotency_key": world.idempotency_key},
        "type": kind,
    }
    if account != PLATFORM:
        event["account"] = account
    world.store.put("event", event["id"], event, scope=account)
    queue_delivery(world, event)
    return str(event["id"])


def queue_delivery(world: World, event: Mapping[str, Any]) -> bool:
    """Have an event sent to its endpoint, also when it was sent before; False without endpoint."""
    target = CONNECT_TARGET if "account" in event else PLATFORM_TARGET
    if target not in world.targets:
        return False
    key = fresh_id("whd")
    world.store.put(
        "delivery",
        key,
        {
            "id": key,
            "event": event["id"],
            "target": target,
            "created": world.now,
            "attempts": 0,
            "due": 0.0,
            "state": "waiting",
            "answer": None,
        },
    )
    return True
