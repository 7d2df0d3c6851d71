"""Promised, earned, due."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import Entry, Free
from marketplace.ledger.rules.events.making import entry_of
from marketplace.ledger.rules.events.refs import (
    FEE_EARNED,
    campaign_funds,
    committed_to,
    creator_payable,
    creator_pending,
    fee_unearned,
    owed_by_creator,
)
from marketplace.ledger.rules.grammar import EntryKind


def committed(
    *,
    collaboration_id: UUID,
    revision: int,
    campaign_id: UUID,
    amount: Money,
    free: Free,
    memo: str = "",
) -> Entry:
    """4. An accepted offer's fee, with its bonus at most, is promised to its collaboration.

    free: of the campaign's funds; for a dispute, with what rests for what it is about.
    """
    return entry_of(
        EntryKind.COMMIT,
        f"commit:{collaboration_id}:{revision}",
        (campaign_funds(campaign_id), committed_to(collaboration_id), amount),
        memo=memo,
        free=free,
    )


def earning_key(deliverable_id: UUID, *, revision: int) -> str:
    """Return the key under which a deliverable's fee is earned."""
    return f"earn:{deliverable_id}:{revision}"


def earned(
    *,
    deliverable_id: UUID,
    revision: int,
    collaboration_id: UUID,
    campaign_id: UUID,
    creator_id: UUID,
    net: Money,
    platform_share: Money,
    fee_on_top: Money,
    memo: str = "",
) -> Entry:
    """5. Accepted work earns its fee: the creator's part, ours, and the brand's on top."""
    promised = committed_to(collaboration_id)
    return entry_of(
        EntryKind.EARN,
        earning_key(deliverable_id, revision=revision),
        (promised, creator_pending(creator_id), net),
        (promised, FEE_EARNED, platform_share),
        (fee_unearned(campaign_id), FEE_EARNED, fee_on_top),
        memo=memo,
    )


def matured(*, earning_id: UUID, creator_id: UUID, amount: Money) -> Entry:
    """6. The hold window is over."""
    return entry_of(
        EntryKind.MATURE,
        f"mature:{earning_id}",
        (creator_pending(creator_id), creator_payable(creator_id), amount),
    )


def bonus_earned(
    *,
    deliverable_id: UUID,
    measurement_id: UUID,
    collaboration_id: UUID,
    campaign_id: UUID,
    creator_id: UUID,
    net: Money,
    platform_share: Money,
    fee_on_top: Money,
    memo: str = "",
) -> Entry:
    """7. A measurement of views raises what was earned; amounts are the difference to before."""
    promised = committed_to(collaboration_id)
    return entry_of(
        EntryKind.BONUS,
        f"bonus:{deliverable_id}:{measurement_id}",
        (promised, creator_pending(creator_id), net),
        (promised, FEE_EARNED, platform_share),
        (fee_unearned(campaign_id), FEE_EARNED, fee_on_top),
        memo=memo,
    )


def bonus_corrected(
    *,
    deliverable_id: UUID,
    measurement_id: UUID,
    collaboration_id: UUID,
    campaign_id: UUID,
    creator_id: UUID,
    from_pending: Money,
    from_payable: Money,
    from_paid: Money,
    platform_share: Money,
    fee_on_top: Money,
    memo: str = "",
) -> Entry:
    """8. A measurement was too high: take back from where the money has come to by now.

    from_paid: was sent already, so the creator owes it.
    """
    promised = committed_to(collaboration_id)
    return entry_of(
        EntryKind.BONUS_FIX,
        f"bonusfix:{deliverable_id}:{measurement_id}",
        (creator_pending(creator_id), promised, from_pending),
        (creator_payable(creator_id), promised, from_payable),
        (owed_by_creator(creator_id), promised, from_paid),
        (FEE_EARNED, promised, platform_share),
        (FEE_EARNED, fee_unearned(campaign_id), fee_on_top),
        memo=memo,
    )


def commitment_released(
    *,
    collaboration_id: UUID,
    revision: int,
    campaign_id: UUID,
    rest: Money,
    fee_back: Money,
    memo: str = "",
) -> Entry:
    """9. A collaboration ended or was cancelled: what it did not earn is the campaign's again."""
    return entry_of(
        EntryKind.RELEASE_COMMITMENT,
        f"uncommit:{collaboration_id}:{revision}",
        (committed_to(collaboration_id), campaign_funds(campaign_id), rest),
        (fee_unearned(campaign_id), campaign_funds(campaign_id), fee_back),
        memo=memo,
    )
