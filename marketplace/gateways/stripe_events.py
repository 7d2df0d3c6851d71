"""Webhooks of Stripe: are they really from there?"""

from __future__ import annotations

from typing import Any, Final

import stripe

from marketplace.processor.ports import BadSignature, Endpoint, ProcessorEvent

TOLERANCE_SECONDS: Final = 300


class StripeEvents:
    """Verifies webhooks.

    secrets: for each endpoint, the newest secret first; several while one is being replaced.
    """

    def __init__(self, secrets: dict[Endpoint, tuple[str, ...]]) -> None:
        self._secrets = secrets

    def verify(self, endpoint: Endpoint, *, payload: bytes, signature: str) -> ProcessorEvent:
        """Return the event that these very bytes carry; raises BadSignature."""
        for secret in self._secrets[endpoint]:
            try:
                event: Any = stripe.Webhook.construct_event(
                    payload, signature, secret, tolerance=TOLERANCE_SECONDS
                )
            except (ValueError, stripe.SignatureVerificationError):
                continue
            return ProcessorEvent(
                event_id=event.id,
                kind=event.type,
                livemode=bool(event.livemode),
                body=event.to_dict(),
            )
        raise BadSignature
