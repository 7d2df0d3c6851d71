"""Where the money of campaigns is, by the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BindParameter, DateTime, bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration, Offer, RestingFunds
from marketplace.collaborations.rules import FreeMoney, Rest, free_of
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code, EntryKind


@dataclass(frozen=True, slots=True)
class CampaignMoney:
    """Where the money of a campaign is.

    funded: what is in it for fees, all told. available: not promised. resting: not promised either,
    but creators may still dispute it. committed: promised, not earned; the prizes of a challenge
    among it. earned: by creators, before the platform's share. funded is the sum of the others.
    """

    funded: Money
    available: Money
    resting: Money
    committed: Money
    earned: Money


def campaign_money(session: Session, campaign: Campaign, *, now: datetime) -> CampaignMoney:
    """Where the money of a campaign is now, by the ledger."""
    return campaigns_money(session, [campaign], now=now)[campaign.id]


def campaigns_money(
    session: Session, campaigns: Sequence[Campaign], *, now: datetime
) -> Mapping[UUID, CampaignMoney]:
    """Campaign id -> where its money is, for a whole list in one question."""
    if not campaigns:
        return {}
    given = {"campaign_ids": [each.id for each in campaigns], "now": now}
    rows = session.execute(_MONEY, given)
    return {campaign_id: _money(currency, *minors) for campaign_id, currency, *minors in rows}


def _money(currency: str, left: int, resting: int, agreed: int, committed: int) -> CampaignMoney:
    rests = min(left, int(resting))
    return CampaignMoney(
        funded=Money(left + int(agreed), currency),
        available=Money(left - rests, currency),
        resting=Money(rests, currency),
        committed=Money(int(committed), currency),
        earned=Money(int(agreed - committed), currency),
    )


def free_money(session: Session, campaign_id: UUID, *, currency: str, now: datetime) -> FreeMoney:
    """What a campaign has that nobody was promised, and what of it rests: by the day it is free."""
    funds = ledger.balance_of(
        session, AccountRef(Code.CAMPAIGN_FUNDS, campaign_id), currency=currency
    )
    last = func.max(RestingFunds.rests_until)
    rows = session.execute(
        select(RestingFunds.why, func.sum(RestingFunds.amount_minor), last)
        .where(
            RestingFunds.campaign_id == campaign_id,
            *_RESTS,
        )
        .group_by(RestingFunds.why, func.date_trunc("day", RestingFunds.rests_until, "UTC"))
        .order_by(last, RestingFunds.why),
        {"now": now},
    )
    return free_of(funds, [Rest(why, Money(int(minor), currency), at) for why, minor, at in rows])


@dataclass(frozen=True, slots=True)
class Freed:
    """What rested in a campaign and became free on a day, at most what is there."""

    campaign_id: UUID
    brand_id: UUID
    name: str
    on: date
    amount: Money


def freed_on(session: Session, days: Sequence[date], *, now: datetime) -> list[Freed]:
    """What became free of each campaign on each of these days, UTC: each day is over by now."""
    day = func.date(func.timezone("UTC", RestingFunds.rests_until))
    rows = session.execute(
        select(
            Campaign.id,
            Campaign.brand_id,
            Campaign.name,
            day,
            Campaign.currency,
            func.sum(RestingFunds.amount_minor),
        )
        .join(Campaign, Campaign.id == RestingFunds.campaign_id)
        .where(day.in_(days), RestingFunds.amount_minor > 0)
        .group_by(Campaign.id, day)
        .order_by(day, Campaign.id)
    ).all()
    found = []
    for campaign_id, brand_id, name, on, currency, minor in rows:
        left = free_money(session, campaign_id, currency=currency, now=now).free
        if amount := min(left, Money(int(minor), currency)):
            found.append(Freed(campaign_id, brand_id, name, on, amount))
    return found


def resting_for(session: Session, subject_id: UUID, *, now: datetime) -> Rest | None:
    """What rests for what may be disputed: a deliverable, or the prizes of a campaign."""
    row = session.execute(
        select(
            RestingFunds.why,
            RestingFunds.amount_minor,
            RestingFunds.currency,
            RestingFunds.rests_until,
        ).where(RestingFunds.subject_id == subject_id, *_RESTS),
        {"now": now},
    ).one_or_none()
    return row and Rest(row.why, Money(row.amount_minor, row.currency), row.rests_until)


_RESTS: Final = (
    RestingFunds.rests_until > bindparam("now", type_=DateTime(timezone=True)),
    RestingFunds.amount_minor > 0,
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
_RESTING: Final = (
    select(func.coalesce(func.sum(RestingFunds.amount_minor), 0))
    .where(RestingFunds.campaign_id == Campaign.id, *_RESTS)
    .correlate(Campaign)
    .scalar_subquery()
)
_MONEY: Final = (
    select(
        Campaign.id,
        Campaign.currency,
        ledger.kept_minor(
            Code.CAMPAIGN_FUNDS, Campaign.id.expression, Campaign.currency.expression
        ),
        _RESTING,
        func.coalesce(_AGREED.c.agreed, 0) + _POOL + _WON,
        func.coalesce(_AGREED.c.committed, 0) + _POOL,
    )
    .outerjoin(_AGREED, _AGREED.c.campaign_id == Campaign.id)
    .where(Campaign.id.in_(_CAMPAIGN_IDS))
)
