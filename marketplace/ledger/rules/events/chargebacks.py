"""Chargebacks and the warnings before them."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import AccountRef, Entry
from marketplace.ledger.rules.events.making import entry_of
from marketplace.ledger.rules.events.refs import (
    AT_PROCESSOR,
    campaign_frozen,
    campaign_funds,
    chargeback_open,
    fee_unearned,
    owed_by_brand,
)
from marketplace.ledger.rules.grammar import Code, EntryKind


def chargeback_withdrawn(
    *,
    stripe_dispute_id: str,
    chargeback_id: UUID,
    campaign_id: UUID,
    amount: Money,
    fee: Money,
    freeze: Money,
    movement_ref: str,
) -> Entry:
    """19. A card network took money back, and a fee; what is left of the campaign is frozen.

    freeze: of the campaign's funds, at most the amount. movement_ref: what statements will name.
    """
    return entry_of(
        EntryKind.CHARGEBACK_WITHDRAWN,
        f"dp:{stripe_dispute_id}:withdrawn",
        (chargeback_open(chargeback_id), AT_PROCESSOR, amount),
        (AccountRef(Code.CHARGEBACK_FEES), AT_PROCESSOR, fee),
        (campaign_funds(campaign_id), campaign_frozen(campaign_id), freeze),
        source_ref=movement_ref,
    )


def chargeback_lost(
    *,
    stripe_dispute_id: str,
    chargeback_id: UUID,
    campaign_id: UUID,
    brand_id: UUID,
    from_frozen: Money,
    from_funds: Money,
    from_fee: Money,
    owed: Money,
) -> Entry:
    """20. The money stays taken: paid from what the campaign has left, the rest owed by the brand.

    from_frozen: set aside for it. from_funds: came into the campaign since. from_fee: our fee on
    money that is gone, which nobody can earn any more.
    """
    taken = chargeback_open(chargeback_id)
    return entry_of(
        EntryKind.CHARGEBACK_LOST,
        f"dp:{stripe_dispute_id}:lost",
        (campaign_frozen(campaign_id), taken, from_frozen),
        (campaign_funds(campaign_id), taken, from_funds),
        (fee_unearned(campaign_id), taken, from_fee),
        (owed_by_brand(brand_id), taken, owed),
    )


def owed_recovered(
    *, recovery_id: UUID, brand_id: UUID, taken_from: AccountRef, amount: Money
) -> Entry:
    """20. What a brand owes is taken from money of its own. taken_from: its funds, a campaign's."""
    return entry_of(
        EntryKind.OWED_RECOVERED,
        f"recover:{recovery_id}",
        (taken_from, owed_by_brand(brand_id), amount),
    )


def written_off(*, case_id: UUID, brand_id: UUID, amount: Money) -> Entry:
    """20. We gave up collecting what a brand owes."""
    return entry_of(
        EntryKind.WRITE_OFF,
        f"writeoff:{case_id}",
        (AccountRef(Code.LOSSES), owed_by_brand(brand_id), amount),
    )


def chargeback_won(
    *,
    stripe_dispute_id: str,
    chargeback_id: UUID,
    campaign_id: UUID,
    amount: Money,
    fee_back: Money,
    unfreeze: Money,
    movement_ref: str,
) -> Entry:
    """21. The money came back, the fee too if the processor returns it; all is as before."""
    return entry_of(
        EntryKind.CHARGEBACK_WON,
        f"dp:{stripe_dispute_id}:reinstated",
        (AT_PROCESSOR, chargeback_open(chargeback_id), amount),
        (AT_PROCESSOR, AccountRef(Code.CHARGEBACK_FEES), fee_back),
        (campaign_frozen(campaign_id), campaign_funds(campaign_id), unfreeze),
        source_ref=movement_ref,
    )


def frozen(*, stripe_warning_id: str, campaign_id: UUID, amount: Money) -> Entry:
    """22. An inquiry or an early fraud warning: the campaign's money waits for its outcome."""
    return entry_of(
        EntryKind.FREEZE,
        f"efw:{stripe_warning_id}",
        (campaign_funds(campaign_id), campaign_frozen(campaign_id), amount),
    )


def unfrozen(*, stripe_warning_id: str, campaign_id: UUID, amount: Money) -> Entry:
    """22, back. Nothing came of the warning."""
    return entry_of(
        EntryKind.UNFREEZE,
        f"efw:{stripe_warning_id}:over",
        (campaign_frozen(campaign_id), campaign_funds(campaign_id), amount),
    )
