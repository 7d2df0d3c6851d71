"""Time passes: debits clear, refunds end, disputes lapse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from marketplace.sandbox import stripe_debits, stripe_disputes, stripe_refunds
from marketplace.sandbox.stripe_due import What, now_due
from marketplace.sandbox.stripe_world import World

_ACTS: Final[Mapping[What, Callable[[World, str], None]]] = {
    What.CLEAR_DEBIT: stripe_debits.clear,
    What.END_REFUND: stripe_refunds.end_by_itself,
    What.LAPSE_DISPUTE: stripe_disputes.lapse,
}


def pass_time(world: World) -> None:
    """Do everything whose time has come. Safe at any time."""
    for what, key in now_due(world):
        _ACTS[what](world, key)
