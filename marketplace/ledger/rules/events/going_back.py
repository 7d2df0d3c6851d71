"""Unspent money goes back to the brand."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import AccountRef, Entry, Free
from marketplace.ledger.rules.events.making import (
    Changed,
    Move,
    entry_of,
    into_processor,
    out_of_processor,
)
from marketplace.ledger.rules.events.refs import (
    BANK,
    EXCHANGE,
    EXCHANGE_RESULT,
    brand_funds,
    refund_in_flight,
)
from marketplace.ledger.rules.grammar import EntryKind


def refund_held(
    *, refund_id: UUID, taken_from: AccountRef, amount: Money, free: Free | None = None
) -> Entry:
    """10. A refund was asked for. taken_from: the brand's or the campaign's funds.

    free: of the campaign's.
    """
    return entry_of(
        EntryKind.REFUND_HOLD,
        f"refund:{refund_id}:hold",
        (taken_from, refund_in_flight(refund_id), amount),
        free=free,
    )


def refund_paid(
    *, refund_id: UUID, stripe_refund_id: str, amount: Money, changed: Changed | None = None
) -> Entry:
    """11. The processor has sent a refund back. changed: where it took it in another currency."""
    return entry_of(
        EntryKind.REFUND_PAID,
        f"refund:{stripe_refund_id}:paid",
        *out_of_processor(refund_in_flight(refund_id), amount, changed),
        source_ref=stripe_refund_id,
    )


def refund_paid_by_bank(*, refund_id: UUID, amount: Money, stood: Money | None = None) -> Entry:
    """11. A refund that could not go back the way it came was sent from our bank.

    stood: what had arrived for it in another currency. It stays with us and is ours now: we have
    bought it with what our bank sent, whatever the rate, so both are an exchange result.
    """
    moves: list[Move] = [(refund_in_flight(refund_id), BANK, amount)]
    if stood is not None:
        moves += [(EXCHANGE_RESULT, EXCHANGE, amount), (EXCHANGE, EXCHANGE_RESULT, stood)]
    return entry_of(EntryKind.REFUND_PAID, f"refund:{refund_id}:bank", *moves)


def refund_failed(
    *, refund_id: UUID, stripe_refund_id: str | None, brand_id: UUID, amount: Money
) -> Entry:
    """11. A refund failed or was cancelled before it was paid; None: it never began."""
    return entry_of(
        EntryKind.REFUND_FAILED,
        f"refund:{stripe_refund_id or refund_id}:failed",
        (refund_in_flight(refund_id), brand_funds(brand_id), amount),
    )


def refund_bounced(
    *,
    stripe_refund_id: str,
    movement_ref: str,
    brand_id: UUID,
    amount: Money,
    changed: Changed | None = None,
) -> Entry:
    """11. A refund that had been paid came back to us. movement_ref: what statements will name.

    changed: where it came back in another currency.
    """
    return entry_of(
        EntryKind.REFUND_FAILED,
        f"refund:{stripe_refund_id}:failed",
        *into_processor(brand_funds(brand_id), amount, changed),
        source_ref=movement_ref,
    )
