"""Between the processor and our own bank."""

from __future__ import annotations

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import AccountRef, Entry
from marketplace.ledger.rules.events.making import entry_of
from marketplace.ledger.rules.events.refs import AT_PROCESSOR, BANK
from marketplace.ledger.rules.grammar import Code, EntryKind


def platform_payout_sent(*, stripe_payout_id: str, amount: Money) -> Entry:
    """17. Our own money left the processor for our bank."""
    return entry_of(
        EntryKind.PLATFORM_PAYOUT_SENT,
        f"po:{stripe_payout_id}:out",
        (AccountRef(Code.PLATFORM_PAYOUT_IN_FLIGHT), AT_PROCESSOR, amount),
        source_ref=stripe_payout_id,
    )


def platform_payout_arrived(*, stripe_payout_id: str, amount: Money) -> Entry:
    """17. It is at our bank."""
    return entry_of(
        EntryKind.PLATFORM_PAYOUT_ARRIVED,
        f"po:{stripe_payout_id}:in",
        (BANK, AccountRef(Code.PLATFORM_PAYOUT_IN_FLIGHT), amount),
    )


def platform_payout_failed(*, stripe_payout_id: str, movement_ref: str, amount: Money) -> Entry:
    """17. The bank refused it: back at the processor. movement_ref: what statements will name."""
    return entry_of(
        EntryKind.PLATFORM_PAYOUT_FAILED,
        f"po:{stripe_payout_id}:failed",
        (AT_PROCESSOR, AccountRef(Code.PLATFORM_PAYOUT_IN_FLIGHT), amount),
        source_ref=movement_ref,
    )


def topup_sent(*, stripe_topup_id: str, amount: Money) -> Entry:
    """18. Money left our bank for the processor."""
    return entry_of(
        EntryKind.TOPUP_SENT,
        f"tu:{stripe_topup_id}:out",
        (AccountRef(Code.TOPUP_IN_FLIGHT), BANK, amount),
    )


def topup_arrived(*, stripe_topup_id: str, amount: Money) -> Entry:
    """18. It is at the processor."""
    return entry_of(
        EntryKind.TOPUP_ARRIVED,
        f"tu:{stripe_topup_id}:in",
        (AT_PROCESSOR, AccountRef(Code.TOPUP_IN_FLIGHT), amount),
        source_ref=stripe_topup_id,
    )


def topup_reversed(*, stripe_topup_id: str, movement_ref: str, amount: Money) -> Entry:
    """18. A top-up that had arrived was taken back. movement_ref: what statements will name."""
    return entry_of(
        EntryKind.TOPUP_REVERSED,
        f"tu:{stripe_topup_id}:reversed",
        (AccountRef(Code.TOPUP_IN_FLIGHT), AT_PROCESSOR, amount),
        source_ref=movement_ref,
    )
