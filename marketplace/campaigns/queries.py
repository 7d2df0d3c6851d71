"""What is known of campaigns and briefs, scoped by who asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Brief, BriefState, Campaign, CampaignStep
from marketplace.campaigns.rules import (
    BriefContent,
    CampaignKind,
    CampaignState,
    WantedDeliverable,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code
from marketplace.store.paging import Page, page_of
from marketplace.store.rows import given_in
from marketplace.terms.queries import conditions_for_many, terms_for
from marketplace.terms.rules import Conditions, PlatformTerms

SORTS: Final[dict[str, tuple[Any, ...]]] = {
    "newest": (Campaign.created_at.desc(), Campaign.id.desc()),
    "name": (func.lower(Campaign.name), Campaign.id),
    "ends": (Campaign.ends_on, Campaign.id),
    "budget": (Campaign.budget_minor.desc(), Campaign.id),
}


def campaign_seen_by(session: Session, actor: Actor, campaign_id: UUID) -> Campaign:
    """The campaign with its brand, for that brand's own people and for staff; else NotFound."""
    whole = _ANYBODYS if actor.is_staff or actor.is_system else _OF_BRANDS
    found = session.scalar(whole, {"campaign_id": campaign_id, "brand_ids": list(actor.brands)})
    if found is None:
        raise NotFound("campaign")
    return found


def campaigns_of(
    session: Session,
    *,
    brand_id: UUID,
    page: int = 1,
    sort: str = "newest",
    state: CampaignState | None = None,
) -> Page[Campaign]:
    """One page of a brand's campaigns. sort: a key of SORTS; anything else means newest."""
    statement = select(Campaign).where(Campaign.brand_id == brand_id)
    if state is not None:
        statement = statement.where(Campaign.state == state)
    statement = statement.order_by(*SORTS.get(sort, SORTS["newest"]))
    return cast("Page[Campaign]", page_of(session, statement, number=page))


def current_of(session: Session, *, brand_id: UUID) -> Sequence[Campaign]:
    """A brand's drafts and published campaigns, the one that ends first at the top."""
    return session.scalars(_CURRENT, {"brand_id": brand_id}).all()


def running_of(session: Session, *, brand_id: UUID) -> Sequence[Campaign]:
    """A brand's published campaigns that agree with creators, the one that ends first at the top.

    Challenges are not among them: nobody is invited to one.
    """
    return session.scalars(
        select(Campaign)
        .where(
            Campaign.brand_id == brand_id,
            Campaign.state == CampaignState.PUBLISHED,
            Campaign.kind == CampaignKind.AGREEMENTS,
        )
        .order_by(Campaign.ends_on, Campaign.id)
    ).all()


def open_campaigns(session: Session, *, now: datetime) -> Sequence[Brief]:
    """The present brief of every campaign that agrees with creators, with campaign and brand.

    Newest first; challenges are not among them.
    """
    return session.scalars(_TAKING_CREATORS, {"today": today_somewhere(now)}).all()


def briefs_by_id(session: Session, brief_ids: Collection[UUID]) -> Mapping[UUID, Brief]:
    """Briefs with their campaigns and brands, by their ids; who is missing is not there."""
    found = session.scalars(_BRIEFS, {"brief_ids": list(brief_ids)})
    return {brief.id: brief for brief in found}


class Place(NamedTuple):
    """Where a brief belongs."""

    campaign_id: UUID
    brand_id: UUID
    category: str | None
    starts_on: date
    ends_on: date


def places_of(session: Session, brief_ids: Collection[UUID]) -> Mapping[UUID, Place]:
    """Brief -> whose campaign it is of, for what, from when to when."""
    rows = session.execute(
        select(
            Brief.id,
            Campaign.id,
            Campaign.brand_id,
            Campaign.category,
            Campaign.starts_on,
            Campaign.ends_on,
        )
        .join(Brief.campaign)
        .where(Brief.id.in_(brief_ids))
    )
    return {row[0]: Place(*row[1:]) for row in rows}


def names_of(
    session: Session, *, brand_ids: Collection[UUID], campaign_ids: Collection[UUID]
) -> Mapping[UUID, str]:
    """The names of brands and of campaigns that were published, by their ids."""
    if not brand_ids and not campaign_ids:
        return {}
    rows = session.execute(
        select(Brand.id, Brand.name)
        .where(Brand.id.in_(brand_ids))
        .union_all(
            select(Campaign.id, Campaign.name).where(
                Campaign.id.in_(campaign_ids), Campaign.published_at.is_not(None)
            )
        )
    )
    return {row[0]: row[1] for row in rows}


def published_count(session: Session) -> int:
    """How many campaigns were ever published, those that have ended among them."""
    counted = select(func.count()).select_from(Campaign).where(Campaign.published_at.is_not(None))
    return session.scalar(counted) or 0


def published_brief(session: Session, campaign_id: UUID) -> Brief | None:
    """The version that counts now, with its campaign and brand; None before publication."""
    return session.scalar(_PUBLISHED_BRIEF, {"campaign_id": campaign_id})


def draft_brief(session: Session, campaign_id: UUID) -> Brief | None:
    """The version that is being written: the first, or an amendment; None when there is none."""
    return session.scalar(_DRAFT_BRIEF, {"campaign_id": campaign_id})


def brief_versions(session: Session, campaign_id: UUID) -> Sequence[Brief]:
    """Every published version, the newest first."""
    return session.scalars(
        select(Brief)
        .where(Brief.campaign_id == campaign_id, Brief.state == BriefState.PUBLISHED)
        .order_by(Brief.version.desc())
    ).all()


def steps_of(session: Session, campaign_id: UUID) -> Sequence[CampaignStep]:
    """Every move in a campaign's life, oldest first."""
    return session.scalars(_STEPS, {"campaign_id": campaign_id}).all()


def content_of(brief: Brief, *, currency: str) -> BriefContent:
    """What a version of a brief says, as the rules know it."""
    return BriefContent(
        summary=brief.summary,
        dos=tuple(brief.dos),
        donts=tuple(brief.donts),
        deliverables=tuple(WantedDeliverable(**each) for each in brief.deliverables),
        target_age=dict(brief.target_age),
        target_gender=dict(brief.target_gender),
        target_country=dict(brief.target_country),
        target_interests=tuple(brief.target_interests),
        target_words=tuple(brief.target_words),
        amplified_groups=tuple(brief.amplified_groups),
        fee_low=_money(brief.fee_low_minor, currency),
        fee_high=_money(brief.fee_high_minor, currency),
        usage_media=brief.usage_media,
        usage_days=brief.usage_days,
        disclosure=brief.disclosure,
        revision_rounds=brief.revision_rounds,
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def terms_of(session: Session, campaign: Campaign, *, now: datetime) -> PlatformTerms:
    """The platform's terms for a campaign: those of its publication, before that those of now."""
    return terms_for(session, at=campaign.terms_at or now, brand_id=campaign.brand_id)


def conditions_in(
    session: Session, campaigns: Collection[Campaign], *, country: str | None, now: datetime
) -> dict[UUID, Conditions]:
    """What a creator of a country is told of the terms of many campaigns, by campaign."""
    moments = {each.id: (each.brand_id, each.terms_at or now) for each in campaigns}
    found = conditions_for_many(session, set(moments.values()), country=country)
    return {campaign_id: found[moment] for campaign_id, moment in moments.items()}


def holds_money(session: Session, campaign: Campaign) -> bool:
    """True when there is money in the campaign that was not promised to anybody yet."""
    funds = AccountRef(Code.CAMPAIGN_FUNDS, campaign.id)
    return bool(ledger.balance_of(session, funds, currency=campaign.currency))


_ANYBODYS: Final = (
    select(Campaign)
    .where(Campaign.id == bindparam("campaign_id"))
    .options(joinedload(Campaign.brand))
)
_OF_BRANDS: Final = _ANYBODYS.where(given_in(Campaign.brand_id, "brand_ids"))
_NEWEST: Final = (
    select(Brief.campaign_id, func.max(Brief.version).label("version"))
    .where(Brief.state == BriefState.PUBLISHED)
    .group_by(Brief.campaign_id)
    .subquery()
)
_TAKING_CREATORS: Final = (
    select(Brief)
    .join(Brief.campaign)
    .join(Campaign.brand)
    .join(
        _NEWEST,
        (_NEWEST.c.campaign_id == Brief.campaign_id) & (_NEWEST.c.version == Brief.version),
    )
    .where(
        Campaign.kind == CampaignKind.AGREEMENTS,
        Campaign.state == CampaignState.PUBLISHED,
        Campaign.ends_on >= bindparam("today"),
    )
    .options(contains_eager(Brief.campaign).contains_eager(Campaign.brand))
    .order_by(Campaign.published_at.desc(), Campaign.id.desc())
)
OPEN_BRIEF_IDS: Final = (
    select(Brief.id)
    .join(Brief.campaign)
    .join(
        _NEWEST,
        (_NEWEST.c.campaign_id == Brief.campaign_id) & (_NEWEST.c.version == Brief.version),
    )
    .where(
        Campaign.kind == CampaignKind.AGREEMENTS,
        Campaign.state == CampaignState.PUBLISHED,
        Campaign.ends_on >= bindparam("today"),
    )
    .order_by(Campaign.published_at.desc(), Campaign.id.desc())
)
"""The present briefs of all campaigns that agree with creators on :today, the newest first."""
_CURRENT: Final = (
    select(Campaign)
    .where(
        Campaign.brand_id == bindparam("brand_id"),
        Campaign.state.in_((CampaignState.DRAFT, CampaignState.PUBLISHED)),
    )
    .order_by(Campaign.ends_on, Campaign.id)
)
_PUBLISHED_BRIEF: Final = (
    select(Brief)
    .where(Brief.campaign_id == bindparam("campaign_id"), Brief.state == BriefState.PUBLISHED)
    .options(joinedload(Brief.campaign).joinedload(Campaign.brand))
    .order_by(Brief.version.desc())
    .limit(1)
)
_DRAFT_BRIEF: Final = select(Brief).where(
    Brief.campaign_id == bindparam("campaign_id"), Brief.state == BriefState.DRAFT
)
PRESENT_BRIEF: Final = (
    select(Brief)
    .join(Brief.campaign)
    .where(
        Brief.campaign_id == bindparam("campaign_id"),
        Brief.state.in_((BriefState.PUBLISHED, BriefState.DRAFT)),
    )
    .options(contains_eager(Brief.campaign))
    .order_by((Brief.state == BriefState.PUBLISHED).desc(), Brief.version.desc())
    .limit(1)
)
"""Of :campaign_id the version that counts now, or the one being written before the first is
published, with its campaign."""
PRESENT_BRIEF_OF_BRANDS: Final = PRESENT_BRIEF.where(given_in(Campaign.brand_id, "brand_ids"))
_STEPS: Final = (
    select(CampaignStep)
    .where(CampaignStep.campaign_id == bindparam("campaign_id"))
    .order_by(CampaignStep.happened_at, CampaignStep.id)
)
_BRIEFS: Final = (
    select(Brief)
    .join(Brief.campaign)
    .join(Campaign.brand)
    .where(given_in(Brief.id, "brief_ids"))
    .options(contains_eager(Brief.campaign).contains_eager(Campaign.brand))
)
