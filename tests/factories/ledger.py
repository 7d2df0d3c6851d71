"""Money in the books, built through the one door."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service
from marketplace.ledger.rules import AccountRef, Code, Entry, EntryKind, Free, Pair, events

OCCURRED_AT: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
PROCESSOR: Final = AccountRef(Code.PROCESSOR_BALANCE)


def usd(minor: int) -> Money:
    """That many cents."""
    return Money(minor, "USD")


ALL_FREE: Final = Free(usd(10_000_000))
"""Nothing of what a campaign has rests, however much that is."""


def make_entry(
    session: Session,
    *pairs: tuple[AccountRef, AccountRef, Money],
    kind: EntryKind,
    idem_key: str | None = None,
    occurred_at: datetime = OCCURRED_AT,
    actor: Actor = SYSTEM,
    source_ref: str | None = None,
    memo: str = "",
) -> int:
    """Write an entry of (debit, credit, amount) under a fresh key, unless one is given."""
    return service.write_entry(
        session,
        Entry(
            kind,
            idem_key or f"test:{new_id()}",
            tuple(Pair(debit, credit, amount) for debit, credit, amount in pairs),
            source_ref=source_ref,
            memo=memo,
        ),
        occurred_at=occurred_at,
        actor=actor,
    )


def make_brand_funds(
    session: Session, *, brand_id: UUID, amount: Money, occurred_at: datetime = OCCURRED_AT
) -> int:
    """Let a brand have money that is allocated nowhere."""
    return make_entry(
        session,
        (PROCESSOR, AccountRef(Code.BRAND_FUNDS, brand_id), amount),
        kind=EntryKind.FUND,
        occurred_at=occurred_at,
    )


def make_campaign_funds(session: Session, *, campaign_id: UUID, amount: Money) -> int:
    """Let a campaign have money that is promised to nobody."""
    unallocated = AccountRef(Code.BRAND_FUNDS, new_id())
    make_brand_funds(session, brand_id=unallocated.owner, amount=amount)
    return make_entry(
        session,
        (unallocated, AccountRef(Code.CAMPAIGN_FUNDS, campaign_id), amount),
        kind=EntryKind.ALLOCATE,
    )


def make_creator_payable(session: Session, *, creator_id: UUID, amount: Money) -> int:
    """Let a creator have money that waits for a payout."""
    campaign = AccountRef(Code.CAMPAIGN_FUNDS, new_id())
    committed = AccountRef(Code.COMMITTED, new_id())
    pending = AccountRef(Code.CREATOR_PENDING, creator_id)
    payable = AccountRef(Code.CREATOR_PAYABLE, creator_id)
    make_campaign_funds(session, campaign_id=campaign.owner, amount=amount)
    make_entry(session, (campaign, committed, amount), kind=EntryKind.COMMIT)
    make_entry(session, (committed, pending, amount), kind=EntryKind.EARN)
    return make_entry(session, (pending, payable, amount), kind=EntryKind.MATURE)


def make_unidentified(session: Session, net: Money, *, line_id: str = "txn_odd") -> int:
    """Write what moved at the processor and nobody knows. line_id: the processor's, of its line."""
    entry = events.unidentified(stripe_balance_transaction_id=line_id, source_ref=None, net=net)
    return service.write_entry(session, entry, occurred_at=OCCURRED_AT, actor=SYSTEM)
