"""Money goes out to creators, and comes back."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import AccountRef, Entry
from marketplace.ledger.rules.events.making import entry_of
from marketplace.ledger.rules.events.refs import (
    AT_PROCESSOR,
    campaign_funds,
    creator_payable,
    owed_by_creator,
    payout_in_flight,
)
from marketplace.ledger.rules.grammar import Code, EntryKind


def payout_reserved(
    *, payout_id: UUID, creator_id: UUID, amount: Money, tax_withheld: Money
) -> Entry:
    """12. A payout was begun. amount: what will be sent, after the tax kept back."""
    payable = creator_payable(creator_id)
    return entry_of(
        EntryKind.PAYOUT_RESERVE,
        f"payout:{payout_id}:reserve",
        (payable, payout_in_flight(payout_id), amount),
        (payable, AccountRef(Code.TAX_WITHHELD), tax_withheld),
    )


def payout_settled(*, payout_id: UUID, stripe_transfer_id: str, amount: Money) -> Entry:
    """13. The transfer was confirmed."""
    return entry_of(
        EntryKind.PAYOUT_SETTLE,
        f"payout:{payout_id}:settle",
        (payout_in_flight(payout_id), AT_PROCESSOR, amount),
        source_ref=stripe_transfer_id,
    )


def payout_released(
    *, payout_id: UUID, creator_id: UUID, amount: Money, tax_withheld: Money
) -> Entry:
    """13. The transfer was refused for good: payable again, with the tax that was kept back."""
    return entry_of(
        EntryKind.PAYOUT_RELEASE,
        f"payout:{payout_id}:release",
        (payout_in_flight(payout_id), creator_payable(creator_id), amount),
        (AccountRef(Code.TAX_WITHHELD), creator_payable(creator_id), tax_withheld),
    )


def transfer_reversed(*, stripe_reversal_id: str, creator_id: UUID, amount: Money) -> Entry:
    """14. A transfer went to the wrong creator or was too much: back to us, payable again."""
    return entry_of(
        EntryKind.TRANSFER_REVERSAL,
        f"trr:{stripe_reversal_id}",
        (AT_PROCESSOR, creator_payable(creator_id), amount),
        source_ref=stripe_reversal_id,
    )


def clawback_decided(*, case_id: UUID, creator_id: UUID, campaign_id: UUID, amount: Money) -> Entry:
    """15. A creator has to give back what was paid; the campaign has it again at once."""
    return entry_of(
        EntryKind.CLAWBACK,
        f"claw:{case_id}",
        (owed_by_creator(creator_id), campaign_funds(campaign_id), amount),
    )


def clawback_reversed(*, stripe_reversal_id: str, creator_id: UUID, amount: Money) -> Entry:
    """15. A clawback was recovered by reversing a transfer."""
    return entry_of(
        EntryKind.CLAWBACK_REVERSAL,
        f"trr:{stripe_reversal_id}",
        (AT_PROCESSOR, owed_by_creator(creator_id), amount),
        source_ref=stripe_reversal_id,
    )


def clawback_netted(*, case_id: UUID, number: int, creator_id: UUID, amount: Money) -> Entry:
    """15. A clawback was recovered from later earnings. number: the how-manieth time, from 1."""
    return entry_of(
        EntryKind.CLAWBACK_NET,
        f"clawnet:{case_id}:{number}",
        (creator_payable(creator_id), owed_by_creator(creator_id), amount),
    )
