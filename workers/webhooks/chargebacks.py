"""Webhooks about chargebacks, which Stripe calls disputes, and about fraud warnings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.chargebacks import book_chargeback, book_warning
from workers.runtime import Run
from workers.webhooks.told import Handler, Told


def look_at_chargeback(told: Told, run: Run) -> None:
    """Look at a chargeback as it is now; one of a charge that we do not know needs nothing."""
    book_chargeback(run.gateways.payments.chargebacks.chargeback(told.object_id), run)


def look_at_warning(told: Told, run: Run) -> None:
    """Look at a fraud warning as it is now."""
    book_warning(run.gateways.payments.chargebacks.warning(told.object_id), run)


PLATFORM: Final[Mapping[str, Handler]] = {
    "charge.dispute.created": look_at_chargeback,
    "charge.dispute.updated": look_at_chargeback,
    "charge.dispute.closed": look_at_chargeback,
    "charge.dispute.funds_withdrawn": look_at_chargeback,
    "charge.dispute.funds_reinstated": look_at_chargeback,
    "radar.early_fraud_warning.created": look_at_warning,
    "radar.early_fraud_warning.updated": look_at_warning,
}
