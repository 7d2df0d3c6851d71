"""Webhooks about money in: checkouts and refunds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.funding.messages import CheckoutDue, RefundDue
from marketplace.store.outbox import post
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.webhooks.told import Handler, Told


def look_at_checkout(told: Told, run: Run) -> None:
    """Ring for the funding that a payment page belongs to."""
    del run
    funding_id = told.our_id("funding_id")
    if funding_id is not None:
        with transaction() as session:
            post(session, CheckoutDue(funding_id=funding_id))


def look_at_refund(told: Told, run: Run) -> None:
    """Ring for a refund."""
    del run
    refund_id = told.our_id("refund_id")
    if refund_id is not None:
        with transaction() as session:
            post(session, RefundDue(refund_id=refund_id))


PLATFORM: Final[Mapping[str, Handler]] = {
    "checkout.session.completed": look_at_checkout,
    "checkout.session.async_payment_succeeded": look_at_checkout,
    "checkout.session.async_payment_failed": look_at_checkout,
    "checkout.session.expired": look_at_checkout,
    "refund.created": look_at_refund,
    "refund.updated": look_at_refund,
    "refund.failed": look_at_refund,
}
