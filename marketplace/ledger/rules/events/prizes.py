"""Prizes: set aside before a challenge opens, awarded when its views are counted."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import Entry, Free
from marketplace.ledger.rules.events.making import entry_of
from marketplace.ledger.rules.events.refs import (
    FEE_EARNED,
    campaign_funds,
    creator_pending,
    fee_unearned,
    prize_pool,
)
from marketplace.ledger.rules.grammar import EntryKind


def prizes_set_aside(*, challenge_id: UUID, campaign_id: UUID, amount: Money, free: Free) -> Entry:
    """31. A challenge opens: all of its prizes are set aside, and can only be won or come back."""
    return entry_of(
        EntryKind.PRIZES_SET_ASIDE,
        f"prizes:{challenge_id}",
        (campaign_funds(campaign_id), prize_pool(campaign_id), amount),
        free=free,
    )


def prizes_returned(
    *, challenge_id: UUID, campaign_id: UUID, amount: Money, memo: str = ""
) -> Entry:
    """31, back. What nobody won, or a challenge that nobody joined, is the campaign's again."""
    return entry_of(
        EntryKind.PRIZES_RETURN,
        f"prizes_return:{challenge_id}",
        (prize_pool(campaign_id), campaign_funds(campaign_id), amount),
        memo=memo,
    )


def prize_key(deliverable_id: UUID) -> str:
    """Return the key under which an entry wins its prize."""
    return f"prize:{deliverable_id}"


def prize_won(
    *,
    deliverable_id: UUID,
    campaign_id: UUID,
    creator_id: UUID,
    net: Money,
    platform_share: Money,
    fee_on_top: Money,
    memo: str = "",
) -> Entry:
    """32. An entry won a prize: the creator's part, ours, and the brand's fee on top."""
    return entry_of(
        EntryKind.PRIZE,
        prize_key(deliverable_id),
        (prize_pool(campaign_id), creator_pending(creator_id), net),
        (prize_pool(campaign_id), FEE_EARNED, platform_share),
        (fee_unearned(campaign_id), FEE_EARNED, fee_on_top),
        memo=memo,
    )
