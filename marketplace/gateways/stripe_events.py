"""Webhooks of Stripe: are they really from there, and what do they tell?"""

from __future__ import annotations

import json
import time
from typing import Any, Final

import stripe

from marketplace.processor.ports import (
    BadSignature,
    Endpoint,
    EventVerifier,
    NoEvent,
    ProcessorEvent,
)

TOLERANCE_SECONDS: Final = 300
"""How far a signature's moment may be from ours, before or after."""
_THIN: Final = "v2.core.event"
_ACCOUNT: Final = "v2.core.account"
_NUL: Final = "\\u0000"


class StripeEvents(EventVerifier):
    """Verifies webhooks.

    secrets: for each endpoint, the newest secret first; several while one is being replaced.
    """

    def __init__(self, secrets: dict[Endpoint, tuple[str, ...]]) -> None:
        self._secrets = secrets

    def verify(self, endpoint: Endpoint, *, payload: bytes, signature: str) -> ProcessorEvent:
        """Return the event that these very bytes carry; raises BadSignature, NoEvent."""
        if not any(_signed(payload, signature, secret) for secret in self._secrets[endpoint]):
            raise BadSignature
        return read_event(payload)


def read_event(payload: bytes) -> ProcessorEvent:
    """Return what a body tells, a snapshot or a thin event; raises NoEvent.

    The one place that knows the two shapes. A thin event names its object and nothing more.
    """
    try:
        # PostgreSQL keeps every sign but this one.
        body = json.loads(payload.decode().replace(_NUL, "\\ufffd"), parse_constant=_refuse)
        thin = body["object"] == _THIN
        about = (body["related_object"] if thin else body["data"]["object"]) or {}
        account = body.get("context" if thin else "account")
        if thin and account is None and about.get("type") == _ACCOUNT:
            account = about["id"]
        event = ProcessorEvent(
            event_id=body["id"],
            kind=body["type"],
            livemode=body["livemode"],
            account=account,
            object_id=about.get("id") or "",
            body=body,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NoEvent from error
    texts = (event.event_id, event.kind, event.object_id, event.account or "")
    if not isinstance(event.livemode, bool) or not all(isinstance(each, str) for each in texts):
        raise NoEvent
    return event


def _signed(payload: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(payload, signature, secret, TOLERANCE_SECONDS)
    except (ValueError, stripe.SignatureVerificationError):
        return False
    # The library refuses only what is too old.
    moments = (part[2:] for part in signature.split(",") if part.startswith("t="))
    return int(next(moments)) <= time.time() + TOLERANCE_SECONDS


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
