"""Webhooks about creators' accounts at the processor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.payouts import service as payouts
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.webhooks.told import Handler, Told


def look_at_account(told: Told, run: Run) -> None:
    """Look how a creator's account stands now."""
    assert told.account is not None  # others never come so far
    facts = run.gateways.payments.account(told.account)
    with transaction() as session:
        payouts.record_account(session, facts=facts, now=run.now)


CONNECT: Final[Mapping[str, Handler]] = {
    "account.updated": look_at_account,
    "capability.updated": look_at_account,
}
