"""Money comes in: fundings, allocations, the platform fee."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import AccountRef, Entry
from marketplace.ledger.rules.events.making import entry_of
from marketplace.ledger.rules.events.refs import (
    AT_PROCESSOR,
    EXCHANGE,
    PROCESSOR_FEES,
    SUSPENSE,
    brand_funds,
    campaign_funds,
    fee_unearned,
)
from marketplace.ledger.rules.grammar import Code, EntryKind


def funded(
    *, stripe_charge_id: str, brand_id: UUID, gross: Money, processor_fee: Money, memo: str = ""
) -> Entry:
    """1. A brand's charge came in; the processor has kept its fee of it."""
    return entry_of(
        EntryKind.FUND,
        f"fund:{stripe_charge_id}",
        (AT_PROCESSOR, brand_funds(brand_id), gross),
        (PROCESSOR_FEES, AT_PROCESSOR, processor_fee),
        source_ref=stripe_charge_id,
        memo=memo,
    )


def funded_by_exchange(
    *,
    stripe_charge_id: str,
    brand_id: UUID,
    gross: Money,
    settled: Money,
    processor_fee: Money,
    memo: str = "",
) -> Entry:
    """24. A charge in one currency was settled to us in another.

    gross: in the campaign's currency, what the brand is credited with. settled, processor_fee: in
    the currency that arrived, before and without the processor's fee.
    """
    return entry_of(
        EntryKind.EXCHANGE,
        f"fund:{stripe_charge_id}",
        (AT_PROCESSOR, EXCHANGE, settled),
        (EXCHANGE, brand_funds(brand_id), gross),
        (PROCESSOR_FEES, AT_PROCESSOR, processor_fee),
        source_ref=stripe_charge_id,
        memo=memo,
    )


def unidentified_charge(*, stripe_charge_id: str, gross: Money, processor_fee: Money) -> Entry:
    """26. A charge that is not what was asked for: set aside until somebody has looked."""
    return entry_of(
        EntryKind.SUSPENSE,
        f"fund:{stripe_charge_id}",
        (AT_PROCESSOR, SUSPENSE, gross),
        (PROCESSOR_FEES, AT_PROCESSOR, processor_fee),
        source_ref=stripe_charge_id,
        memo="The charge is not what was asked for",
    )


def allocated(*, allocation_id: UUID, brand_id: UUID, campaign_id: UUID, amount: Money) -> Entry:
    """2. A brand puts money of its own into a campaign."""
    return entry_of(
        EntryKind.ALLOCATE,
        f"alloc:{allocation_id}",
        (brand_funds(brand_id), campaign_funds(campaign_id), amount),
    )


def fee_taken(
    *, campaign_id: UUID, number: str, fee: Money, tax: Money, processor_fee: Money
) -> Entry:
    """3. The platform fee on a funding, and the tax on it. number: says which time, for ever.

    processor_fee: what the brand pays so that the processor's fee is not ours; nothing else covers
    it, so it lowers what the processor costs us.
    """
    return entry_of(
        EntryKind.FEE,
        f"fee:{campaign_id}:{number}",
        (campaign_funds(campaign_id), fee_unearned(campaign_id), fee),
        (campaign_funds(campaign_id), AccountRef(Code.SALES_TAX), tax),
        (campaign_funds(campaign_id), PROCESSOR_FEES, processor_fee),
    )


def fee_return_key(campaign_id: UUID, number: str) -> str:
    """Return the key under which a fee, or its tax, goes back. number: says which time."""
    return f"fee_return:{campaign_id}:{number}"


def fee_returned(*, campaign_id: UUID, number: str, fee: Money, tax: Money) -> Entry:
    """3, back. The fee on money that is about to be refunded, and the tax on that fee.

    number: says which time, for ever.
    """
    return entry_of(
        EntryKind.FEE_RETURN,
        fee_return_key(campaign_id, number),
        (fee_unearned(campaign_id), campaign_funds(campaign_id), fee),
        (AccountRef(Code.SALES_TAX), campaign_funds(campaign_id), tax),
    )
