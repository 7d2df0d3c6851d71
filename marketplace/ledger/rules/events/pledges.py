"""Pledges: set aside on top of a campaign's budget, owed to a cause, paid to it."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import Entry
from marketplace.ledger.rules.events.making import entry_of
from marketplace.ledger.rules.events.refs import BANK, brand_funds, owed_to_cause, pledged
from marketplace.ledger.rules.grammar import EntryKind


def pledge_set_aside(
    *, pledge_id: UUID, paid_with: UUID, brand_id: UUID, campaign_id: UUID, amount: Money
) -> Entry:
    """28. A brand paid for its campaign's pledge. paid_with: the funding or allocation."""
    return entry_of(
        EntryKind.PLEDGE_SET_ASIDE,
        f"pledge:{pledge_id}:{paid_with}",
        (brand_funds(brand_id), pledged(campaign_id), amount),
    )


def pledge_returned(
    *, pledge_id: UUID, before: Money, campaign_id: UUID, brand_id: UUID, amount: Money
) -> Entry:
    """28, back. What will not be owed is the brand's again. before: what came back already."""
    return entry_of(
        EntryKind.PLEDGE_RETURN,
        f"pledge_return:{pledge_id}:{before.minor}",
        (pledged(campaign_id), brand_funds(brand_id), amount),
    )


def pledge_owed(
    *,
    pledge_id: UUID,
    before: Money,
    campaign_id: UUID,
    organisation_id: UUID,
    amount: Money,
    memo: str = "",
) -> Entry:
    """29. Views, or the end of the campaign, make a part of the pledge the organisation's.

    before: what of it was owed before; amount: the difference.
    """
    return entry_of(
        EntryKind.PLEDGE_OWED,
        f"pledge_owed:{pledge_id}:{before.minor}",
        (pledged(campaign_id), owed_to_cause(organisation_id), amount),
        memo=memo,
    )


def pledge_paid(*, request_id: UUID, organisation_id: UUID, amount: Money) -> Entry:
    """30. Two people sent an organisation what it is owed, from our bank."""
    return entry_of(
        EntryKind.PLEDGE_PAID,
        f"pledge_paid:{request_id}",
        (owed_to_cause(organisation_id), BANK, amount),
    )
