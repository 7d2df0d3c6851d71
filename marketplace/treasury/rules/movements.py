"""What the processor moves by itself, and where each type of it belongs. Pure.

The names are the types of Stripe's balance transactions, as the pinned ``stripe`` package lists
them; what they mean is at https://docs.stripe.com/reports/balance-transaction-types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from marketplace.kernel.money import Money
from marketplace.ledger.rules import Code, Entry, events

AGAINST: Final[Mapping[str, Code]] = {
    **dict.fromkeys(
        (
            "stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost", "fee_credit_funding",
            "stripe_balance_payment_debit", "stripe_balance_payment_debit_reversal",
        ),
        Code.PROCESSOR_FEES,
    ),
    **dict.fromkeys(
        (
            "reserve_hold", "reserve_release", "reserve_transaction", "reserved_funds",
            "payment_network_reserve_hold", "payment_network_reserve_release",
            "payout_minimum_balance_hold", "payout_minimum_balance_release",
        ),
        Code.PROCESSOR_RESERVE,
    ),
    **dict.fromkeys(("application_fee", "application_fee_refund"), Code.FEE_EARNED),
}  # fmt: skip
"""Type -> the account it is booked against. Anything that stands nowhere here is unknown."""

BOOKED_ELSEWHERE: Final = frozenset(
    {
        "adjustment", "charge", "payment", "payment_failure_refund", "payment_refund",
        "payment_reversal", "payout", "payout_cancel", "payout_failure", "refund",
        "refund_failure", "topup", "topup_reversal", "transfer", "transfer_cancel",
        "transfer_failure", "transfer_refund",
    }
)  # fmt: skip
"""Types of things that we have asked for or that a webhook tells of: their own flow books them."""
GRACE: Final = timedelta(hours=24)
"""How long such a thing is left to its own flow once we know of it; every sweep has looked many
times by then, also when nothing of ours ran for days before."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One balance transaction without an entry.

    net: signed from our side. read_at: when a statement of ours first had it.
    """

    reference: str
    kind: str
    source_id: str | None
    net: Money
    occurred_at: datetime
    read_at: datetime


def entry_of_movement(movement: Movement, *, now: datetime) -> Entry | None:
    """Return how a movement is booked: by its type, or into suspense; None while it is not ours to.

    An unknown type goes into suspense at once, one that another flow should have booked after a
    while. None for one of nothing, too.
    """
    if not movement.net:
        return None
    against = AGAINST.get(movement.kind)
    if against is not None:
        return events.processor_moved(
            stripe_balance_transaction_id=movement.reference,
            source_ref=movement.source_id,
            against=against,
            net=movement.net,
        )
    if movement.kind in BOOKED_ELSEWHERE and now - movement.read_at <= GRACE:
        return None
    return events.unidentified(
        stripe_balance_transaction_id=movement.reference,
        source_ref=movement.source_id,
        net=movement.net,
        memo=f"The processor calls it “{movement.kind}”",
    )
