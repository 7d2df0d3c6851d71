"""What organisations were pledged, are owed and were sent: all of it read from the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from marketplace.causes.models import Organisation, Pledge
from marketplace.causes.rules.chain import spread_payments
from marketplace.causes.rules.pledges import PledgeState
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry, LedgerAccount, LedgerBalance, Posting
from marketplace.ledger.rules import AccountRef, Code

_OWED: Final = (
    select(LedgerAccount.owner_id, LedgerBalance.balance_minor, LedgerAccount.currency)
    .join(LedgerBalance, LedgerBalance.account_id == LedgerAccount.id)
    .where(LedgerAccount.code == Code.OWED_TO_CAUSE, LedgerBalance.balance_minor > 0)
)
ANY_OWED: Final = _OWED.exists()
"""Whether any organisation is owed anything."""


@dataclass(frozen=True, slots=True)
class CauseTotal:
    """What an organisation has by us in one currency.

    waiting: set aside for it in promised pledges, not owed yet. owed: its own, not sent yet.
    """

    waiting: Money
    owed: Money
    paid: Money

    @property
    def pledged(self) -> Money:
        """All of it together."""
        return self.waiting + self.owed + self.paid


@dataclass(frozen=True, slots=True)
class OwedPart:
    """One entry that made money the organisation's, oldest first; campaign_id: whose pledge."""

    campaign_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class SentPart:
    """One bank transfer to an organisation."""

    entry_id: int
    amount: Money
    at: datetime


def owed_to(session: Session, organisation_id: UUID) -> list[OwedPart]:
    """What became an organisation's, entry by entry."""
    mine, campaign = aliased(LedgerAccount), aliased(LedgerAccount)
    rows = session.execute(
        select(campaign.owner_id, Posting.amount_minor, Posting.currency)
        .join(mine, mine.id == Posting.credit_id)
        .join(campaign, campaign.id == Posting.debit_id)
        .where(
            mine.code == Code.OWED_TO_CAUSE,
            mine.owner_id == organisation_id,
            campaign.code == Code.PLEDGED,
        )
        .order_by(Posting.entry_id, Posting.line)
    )
    return [OwedPart(owner, Money(minor, currency)) for owner, minor, currency in rows]


def sent_to(session: Session, organisation_id: UUID) -> list[SentPart]:
    """What an organisation was sent from our bank, oldest first."""
    mine = aliased(LedgerAccount)
    rows = session.execute(
        select(Posting.entry_id, Posting.amount_minor, Posting.currency, JournalEntry.occurred_at)
        .join(mine, mine.id == Posting.debit_id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            mine.code == Code.OWED_TO_CAUSE,
            mine.owner_id == organisation_id,
            Posting.credit_code == Code.BANK_OPERATING,
        )
        .order_by(Posting.entry_id, Posting.line)
    )
    return [SentPart(entry, Money(minor, currency), at) for entry, minor, currency, at in rows]


def paid_of(session: Session, pledge: Pledge) -> Money:
    """What of a pledge the organisation was sent: transfers pay what was owed first, first."""
    parts = [
        each
        for each in owed_to(session, pledge.organisation_id)
        if each.amount.currency == pledge.currency
    ]
    nothing = Money(0, pledge.currency)
    sent = sum(
        (
            each.amount
            for each in sent_to(session, pledge.organisation_id)
            if each.amount.currency == pledge.currency
        ),
        nothing,
    )
    spread = spread_payments([each.amount for each in parts], sent)
    return sum(
        (
            paid
            for each, paid in zip(parts, spread, strict=True)
            if each.campaign_id == pledge.campaign_id
        ),
        nothing,
    )


def is_held(session: Session, pledge: Pledge) -> bool:
    """True while money that paid for a campaign is in doubt: nothing more of its pledge is owed.

    That is while a chargeback or a warning is open, something of the campaign is frozen, or its
    brand owes for a lost chargeback.
    """
    if pledge.doubted_at is not None:
        return True
    campaign = pledge.campaign
    in_doubt = (
        AccountRef(Code.CAMPAIGN_FROZEN, campaign.id),
        AccountRef(Code.OWED_BY_BRAND, campaign.brand_id),
    )
    return any(ledger.balance_of(session, ref, currency=pledge.currency) for ref in in_doubt)


def owed_now(session: Session) -> list[tuple[UUID, str, Money]]:
    """Every organisation that is owed something, its name, and how much."""
    rows = session.execute(
        _OWED.add_columns(Organisation.name)
        .join(Organisation, Organisation.id == LedgerAccount.owner_id)
        .order_by(LedgerAccount.owner_id, LedgerAccount.currency)
    )
    return [(owner, name, Money(minor, currency)) for owner, minor, currency, name in rows]


def totals_by_organisation(
    session: Session, organisation_ids: Collection[UUID]
) -> dict[UUID, Sequence[CauseTotal]]:
    """Organisation id -> its totals, one a currency, for those that there is any money of."""
    found: dict[UUID, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    waiting = (
        select(
            Pledge.organisation_id, LedgerAccount.currency, func.sum(LedgerBalance.balance_minor)
        )
        .join(LedgerAccount, LedgerAccount.owner_id == Pledge.campaign_id)
        .join(LedgerBalance, LedgerBalance.account_id == LedgerAccount.id)
        .where(
            Pledge.organisation_id.in_(organisation_ids),
            Pledge.state == PledgeState.PROMISED,
            LedgerAccount.code == Code.PLEDGED,
        )
        .group_by(Pledge.organisation_id, LedgerAccount.currency)
    )
    owed = (
        select(LedgerAccount.owner_id, LedgerAccount.currency, LedgerBalance.balance_minor)
        .join(LedgerBalance, LedgerBalance.account_id == LedgerAccount.id)
        .where(
            LedgerAccount.code == Code.OWED_TO_CAUSE, LedgerAccount.owner_id.in_(organisation_ids)
        )
    )
    paid = (
        select(LedgerAccount.owner_id, LedgerAccount.currency, func.sum(Posting.amount_minor))
        .join(Posting, Posting.debit_id == LedgerAccount.id)
        .where(
            LedgerAccount.code == Code.OWED_TO_CAUSE,
            LedgerAccount.owner_id.in_(organisation_ids),
            Posting.credit_code == Code.BANK_OPERATING,
        )
        .group_by(LedgerAccount.owner_id, LedgerAccount.currency)
    )
    for place, statement in enumerate((waiting, owed, paid)):
        for organisation_id, currency, minor in session.execute(statement):
            found[organisation_id][currency][place] += int(minor)
    return {
        organisation_id: [
            CauseTotal(*(Money(minor, currency) for minor in amounts))
            for currency, amounts in sorted(by_currency.items())
            if any(amounts)
        ]
        for organisation_id, by_currency in found.items()
    }
