"""Where the money of campaigns is, by the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import (
    Collaboration,
    Offer,
)
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code


@dataclass(frozen=True, slots=True)
class CampaignMoney:
    """Where the money of a campaign is.

    funded: what is in it for fees, all told. available: not promised. committed: promised, not
    earned. earned: by creators, before the platform's share. funded is the sum of the others.
    """

    funded: Money
    available: Money
    committed: Money
    earned: Money


def campaign_money(session: Session, campaign: Campaign) -> CampaignMoney:
    """Where the money of a campaign is now, by the ledger."""
    return campaigns_money(session, [campaign])[campaign.id]


def campaigns_money(
    session: Session, campaigns: Sequence[Campaign]
) -> Mapping[UUID, CampaignMoney]:
    """Campaign id -> where its money is, for a whole list in few questions."""
    by_currency: dict[str, list[UUID]] = defaultdict(list)
    for campaign in campaigns:
        by_currency[campaign.currency].append(campaign.id)
    found: dict[UUID, CampaignMoney] = {}
    for currency, ids in by_currency.items():
        found |= _money_in(session, currency=currency, campaign_ids=ids)
    return found


def _money_in(
    session: Session, *, currency: str, campaign_ids: Sequence[UUID]
) -> dict[UUID, CampaignMoney]:
    agreed: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    kept_promise = (
        Offer.fee_minor + func.coalesce(Offer.bonus_cap_minor, 0) - Collaboration.released_minor
    )
    rows = session.execute(
        select(Collaboration.campaign_id, Collaboration.id, kept_promise)
        .join(Offer, Offer.id == Collaboration.offer_id)
        .where(Collaboration.campaign_id.in_(campaign_ids))
    )
    for campaign_id, collaboration_id, promised_minor in rows:
        agreed[campaign_id][collaboration_id] = promised_minor
    kept = ledger.kept_balances(
        session,
        {
            Code.COMMITTED: [each for promises in agreed.values() for each in promises],
            Code.CAMPAIGN_FUNDS: campaign_ids,
        },
        currency=currency,
    )
    nothing = Money(0, currency)
    found: dict[UUID, CampaignMoney] = {}
    for campaign_id in campaign_ids:
        promised = sum(
            (kept[AccountRef(Code.COMMITTED, each)] for each in agreed[campaign_id]), nothing
        )
        earned = Money(sum(agreed[campaign_id].values()), currency) - promised
        left = kept[AccountRef(Code.CAMPAIGN_FUNDS, campaign_id)]
        found[campaign_id] = CampaignMoney(
            funded=left + promised + earned, available=left, committed=promised, earned=earned
        )
    return found


def available_money(session: Session, campaign: Campaign) -> Money:
    """What a campaign can still promise to creators."""
    return ledger.balance_of(
        session, AccountRef(Code.CAMPAIGN_FUNDS, campaign.id), currency=campaign.currency
    )
