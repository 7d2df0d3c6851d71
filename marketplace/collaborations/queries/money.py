"""Where the money of campaigns is, by the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import (
    Collaboration,
    Offer,
)
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code, EntryKind


@dataclass(frozen=True, slots=True)
class CampaignMoney:
    """Where the money of a campaign is.

    funded: what is in it for fees, all told. available: not promised. committed: promised, not
    earned; the prizes of a challenge among it. earned: by creators, before the platform's share.
    funded is the sum of the others.
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
    """Campaign id -> where its money is, for a whole list in one question."""
    if not campaigns:
        return {}
    rows = session.execute(_MONEY, {"campaign_ids": [each.id for each in campaigns]})
    return {campaign_id: _money(currency, *minors) for campaign_id, currency, *minors in rows}


def _money(currency: str, left: int, agreed: int, committed: int) -> CampaignMoney:
    return CampaignMoney(
        funded=Money(left + int(agreed), currency),
        available=Money(left, currency),
        committed=Money(int(committed), currency),
        earned=Money(int(agreed - committed), currency),
    )


def available_money(session: Session, campaign: Campaign) -> Money:
    """What a campaign can still promise to creators."""
    return ledger.balance_of(
        session, AccountRef(Code.CAMPAIGN_FUNDS, campaign.id), currency=campaign.currency
    )


_CAMPAIGN_IDS: Final[BindParameter[Sequence[UUID]]] = bindparam("campaign_ids", expanding=True)
_AGREED: Final = (
    select(
        Collaboration.campaign_id,
        func.sum(
            Offer.fee_minor + func.coalesce(Offer.bonus_cap_minor, 0) - Collaboration.released_minor
        ).label("agreed"),
        func.sum(
            ledger.kept_minor(
                Code.COMMITTED, Collaboration.id.expression, Offer.currency.expression
            )
        ).label("committed"),
    )
    .join(Offer, Offer.id == Collaboration.offer_id)
    .where(Collaboration.campaign_id.in_(_CAMPAIGN_IDS))
    .group_by(Collaboration.campaign_id)
    .subquery()
)
"""agreed: what was promised and did not go back. committed: the part of it not earned yet."""
_POOL: Final = ledger.kept_minor(
    Code.PRIZE_POOL, Campaign.id.expression, Campaign.currency.expression
)
_WON: Final = ledger.gone_minor(
    EntryKind.PRIZE, Code.PRIZE_POOL, Campaign.id.expression, Campaign.currency.expression
)
_MONEY: Final = (
    select(
        Campaign.id,
        Campaign.currency,
        ledger.kept_minor(
            Code.CAMPAIGN_FUNDS, Campaign.id.expression, Campaign.currency.expression
        ),
        func.coalesce(_AGREED.c.agreed, 0) + _POOL + _WON,
        func.coalesce(_AGREED.c.committed, 0) + _POOL,
    )
    .outerjoin(_AGREED, _AGREED.c.campaign_id == Campaign.id)
    .where(Campaign.id.in_(_CAMPAIGN_IDS))
)
