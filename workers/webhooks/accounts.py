"""Webhooks about creators' accounts at the processor, and what reaches their banks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.payouts import service as payouts
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.webhooks.told import Handler, Told


def look_at_account(told: Told, run: Run) -> None:
    """Look how a creator's account stands now."""
    if told.account is None:
        return
    facts = run.gateways.accounts.account(told.account)
    with transaction() as session:
        payouts.record_account(session, facts=facts, now=run.now)


def look_at_bank_payout(told: Told, run: Run) -> None:
    """Look whether money reached a creator's bank. It is theirs already: nothing is booked."""
    if told.account is None:
        return
    facts = run.gateways.accounts.bank_payout(told.object_id, account_id=told.account)
    with transaction() as session:
        payouts.record_bank_payout(session, facts=facts, now=run.now)


_ACCOUNTS_V2: Final = (
    "v2.core.account.closed",
    "v2.core.account.updated",
    "v2.core.account[configuration.recipient].capability_status_updated",
    "v2.core.account[configuration.recipient].updated",
    "v2.core.account[requirements].updated",
)
"""Thin events; Stripe sends them to whichever endpoint asks for them."""

PLATFORM: Final[Mapping[str, Handler]] = dict.fromkeys(_ACCOUNTS_V2, look_at_account)
CONNECT: Final[Mapping[str, Handler]] = {
    **dict.fromkeys(_ACCOUNTS_V2, look_at_account),
    "account.application.deauthorized": look_at_account,
    "account.external_account.created": look_at_account,
    "account.external_account.deleted": look_at_account,
    "account.external_account.updated": look_at_account,
    "account.updated": look_at_account,
    "capability.updated": look_at_account,
    "payout.canceled": look_at_bank_payout,
    "payout.created": look_at_bank_payout,
    "payout.failed": look_at_bank_payout,
    "payout.paid": look_at_bank_payout,
    "payout.updated": look_at_bank_payout,
}
