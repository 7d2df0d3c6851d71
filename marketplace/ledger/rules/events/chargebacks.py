"""Chargebacks and the warnings before them."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import AccountRef, Entry, Free
from marketplace.ledger.rules.events.making import (
    Changed,
    entry_of,
    into_processor,
    out_of_processor,
)
from marketplace.ledger.rules.events.refs import (
    AT_PROCESSOR,
    brand_funds,
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
    changed: Changed | None = None,
) -> Entry:
    """19. A card network took money back, and a fee; what is left of the campaign is frozen.

    freeze: of the campaign's funds, at most the amount. movement_ref: what statements will name.
    changed: where it took another currency, in which the fee is then, too.
    """
    return entry_of(
        EntryKind.CHARGEBACK_WITHDRAWN,
        f"dp:{stripe_dispute_id}:withdrawn",
        *out_of_processor(chargeback_open(chargeback_id), amount, changed),
        (AccountRef(Code.CHARGEBACK_FEES), AT_PROCESSOR, fee),
        (campaign_funds(campaign_id), campaign_frozen(campaign_id), freeze),
        source_ref=movement_ref,
    )


def chargeback_lost_key(stripe_dispute_id: str) -> str:
    """Return the key under which a chargeback is lost."""
    return f"dp:{stripe_dispute_id}:lost"


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
        chargeback_lost_key(stripe_dispute_id),
        (campaign_frozen(campaign_id), taken, from_frozen),
        (campaign_funds(campaign_id), taken, from_funds),
        (fee_unearned(campaign_id), taken, from_fee),
        (owed_by_brand(brand_id), taken, owed),
    )


def owed_recovered(
    *,
    recovery_id: UUID,
    brand_id: UUID,
    taken_from: AccountRef,
    amount: Money,
    free: Free | None = None,
) -> Entry:
    """20. What a brand owes is taken from money of its own. taken_from: its funds, a campaign's.

    free: of the campaign's.
    """
    return entry_of(
        EntryKind.OWED_RECOVERED,
        f"recover:{recovery_id}",
        (taken_from, owed_by_brand(brand_id), amount),
        free=free,
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
    changed: Changed | None = None,
) -> Entry:
    """21. The money came back, the fee too if the processor returns it; all is as before.

    amount: what came back; the rest is lost by an event of its own. changed: where it came in
    another currency, in which the fee is then, too.
    """
    return entry_of(
        EntryKind.CHARGEBACK_WON,
        _reinstated_key(stripe_dispute_id),
        *into_processor(chargeback_open(chargeback_id), amount, changed),
        (AT_PROCESSOR, AccountRef(Code.CHARGEBACK_FEES), fee_back),
        (campaign_frozen(campaign_id), campaign_funds(campaign_id), unfreeze),
        source_ref=movement_ref,
    )


def chargeback_won_late(
    *,
    stripe_dispute_id: str,
    chargeback_id: UUID,
    campaign_id: UUID,
    brand_id: UUID,
    amount: Money,
    fee_back: Money,
    to_debt: Money,
    to_wallet: Money,
    to_losses: Money,
    to_fee: Money,
    to_funds: Money,
    movement_ref: str,
    changed: Changed | None = None,
) -> Entry:
    """21. The money came back after it was lost: to whom the loss took it from.

    to_debt: still owed by the brand. to_wallet: the brand had paid it. to_losses: we had given it
    up. to_fee, to_funds: of the campaign.
    """
    back = chargeback_open(chargeback_id)
    return entry_of(
        EntryKind.CHARGEBACK_WON,
        _reinstated_key(stripe_dispute_id),
        *into_processor(back, amount, changed),
        (AT_PROCESSOR, AccountRef(Code.CHARGEBACK_FEES), fee_back),
        (back, owed_by_brand(brand_id), to_debt),
        (back, brand_funds(brand_id), to_wallet),
        (back, AccountRef(Code.LOSSES), to_losses),
        (back, fee_unearned(campaign_id), to_fee),
        (back, campaign_funds(campaign_id), to_funds),
        source_ref=movement_ref,
    )


def _reinstated_key(stripe_dispute_id: str) -> str:
    return f"dp:{stripe_dispute_id}:reinstated"


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
