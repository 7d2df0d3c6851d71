"""Webhooks about creators' accounts at the processor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.store.session import reading, transaction
from workers.runtime import Run
from workers.webhooks.told import Handler, Told


def look_at_account(told: Told, run: Run) -> None:
    """Look at a creator's account; one that we do not know, and our own, need nothing."""
    with reading() as session:
        known = queries.account_at(session, told.account or "")
        account_id = known.stripe_account_id if known is not None else None
    if account_id is None:
        return
    facts = run.gateways.payments.account(account_id)
    with transaction() as session:
        payouts.record_account(session, facts=facts, now=run.now)


CONNECT: Final[Mapping[str, Handler]] = {
    "account.updated": look_at_account,
    "capability.updated": look_at_account,
}
