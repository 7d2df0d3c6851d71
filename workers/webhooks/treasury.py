"""Webhooks about our own payouts, top-ups and settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.store.outbox import post
from marketplace.store.session import transaction
from marketplace.treasury.messages import BankMoveDue
from workers import treasury
from workers.runtime import Run
from workers.webhooks.told import Handler, Told


def _move(told: Told, run: Run) -> None:
    """Have a payout or top-up looked at; one that is not ours is found by the statement."""
    del run
    move_id = told.our_id("move_id")
    if move_id is not None:
        with transaction() as session:
            post(session, BankMoveDue(move_id=move_id))


def _settings(told: Told, run: Run) -> None:
    del told
    treasury.check_schedule(run)


PLATFORM: Final[Mapping[str, Handler]] = {
    **dict.fromkeys(
        (
            "payout.updated", "payout.paid", "payout.failed", "payout.canceled",
            "topup.succeeded", "topup.failed", "topup.reversed", "topup.canceled",
        ),
        _move,
    ),
    "balance_settings.updated": _settings,
}  # fmt: skip
