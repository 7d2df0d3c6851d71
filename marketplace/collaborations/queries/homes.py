"""What the homes show: whose word is next, and what is under way.

Every home asks these at each visit, so each is one statement, made once, that reads no more than
the page shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations.models import Application, Collaboration, Invitation, Offer
from marketplace.collaborations.rules import (
    ApplicationState,
    CollaborationState,
    InvitationState,
    OfferState,
    Party,
)
from marketplace.creators.models import Creator
from marketplace.kernel.days import today_somewhere

WAITING: Final = (ApplicationState.SUBMITTED, ApplicationState.SHORTLISTED)
"""Applications where the brand has the next word."""


@dataclass(frozen=True, slots=True)
class ApplicationTally:
    """How many applications of one campaign are in one state, and when the first is due."""

    campaign_id: UUID
    campaign_name: str
    state: ApplicationState
    count: int
    first_due: datetime


@dataclass(frozen=True, slots=True)
class CounterOffer:
    """A creator's offer that the brand has not answered."""

    offer_id: UUID
    expires_at: datetime
    campaign_name: str
    creator_name: str


@dataclass(frozen=True, slots=True)
class BrandsOffer:
    """A brand's offer that the creator has not answered; its relations are not loaded."""

    offer: Offer
    campaign_name: str
    brand_name: str


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation that the creator has not answered."""

    campaign_id: UUID
    campaign_name: str
    brand_name: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A collaboration under way; the relations of its offer are not loaded."""

    collaboration_id: UUID
    agreed_at: datetime
    campaign_name: str
    brand_id: UUID
    brand_name: str
    offer: Offer


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application that the brand has not answered."""

    campaign_id: UUID
    campaign_name: str
    brand_id: UUID
    brand_name: str
    answer_by: datetime


def application_tallies(session: Session, *, brand_id: UUID) -> list[ApplicationTally]:
    """Every application of a brand's published campaigns, and of others those that wait for it."""
    return [ApplicationTally(*row) for row in session.execute(_TALLIES, {"brand_id": brand_id})]


def counter_offers_for_brand(session: Session, *, brand_id: UUID) -> list[CounterOffer]:
    """The open offers of a brand's creators, the first to expire at the top."""
    return [CounterOffer(*row) for row in session.execute(_COUNTER_OFFERS, {"brand_id": brand_id})]


def offers_to_answer(session: Session, *, creator_id: UUID) -> list[BrandsOffer]:
    """The open offers of brands to a creator, the first to expire at the top."""
    return [BrandsOffer(*row) for row in session.execute(_OFFERS, {"creator_id": creator_id})]


def invitations_to_answer(
    session: Session, *, creator_id: UUID, now: datetime
) -> list[InvitationLine]:
    """The invitations a creator has not answered and still can apply for, oldest first."""
    given = {"creator_id": creator_id, "today": today_somewhere(now)}
    return [InvitationLine(*row) for row in session.execute(_INVITATIONS, given)]


def work_of_creator(session: Session, *, creator_id: UUID) -> list[WorkLine]:
    """A creator's collaborations under way, oldest first."""
    return [WorkLine(*row) for row in session.execute(_WORK, {"creator_id": creator_id})]


def applications_waiting(session: Session, *, creator_id: UUID) -> Sequence[ApplicationLine]:
    """A creator's applications that wait for the brand's word, newest first."""
    return [
        ApplicationLine(*row) for row in session.execute(_APPLICATIONS, {"creator_id": creator_id})
    ]


_TALLIES: Final = (
    select(
        Campaign.id,
        Campaign.name,
        Application.state,
        func.count(),
        func.min(Application.answer_by).label("first_due"),
    )
    .join(Application, Application.campaign_id == Campaign.id)
    .where(
        Campaign.brand_id == bindparam("brand_id"),
        or_(Campaign.state == CampaignState.PUBLISHED, Application.state.in_(WAITING)),
    )
    .group_by(Campaign.id, Application.state)
    .order_by("first_due", Campaign.id, Application.state)
)
_COUNTER_OFFERS: Final = (
    select(Offer.id, Offer.expires_at, Campaign.name, Creator.display_name)
    .join(Campaign, Campaign.id == Offer.campaign_id)
    .join(Creator, Creator.id == Offer.creator_id)
    .where(
        Campaign.brand_id == bindparam("brand_id"),
        Offer.state == OfferState.OPEN,
        Offer.made_by == Party.CREATOR,
    )
    .order_by(Offer.expires_at, Offer.id)
)
_OFFERS: Final = (
    select(Offer, Campaign.name, Brand.name)
    .join(Campaign, Campaign.id == Offer.campaign_id)
    .join(Brand, Brand.id == Campaign.brand_id)
    .where(
        Offer.creator_id == bindparam("creator_id"),
        Offer.state == OfferState.OPEN,
        Offer.made_by == Party.BRAND,
    )
    .order_by(Offer.expires_at, Offer.id)
)
_INVITATIONS: Final = (
    select(Campaign.id, Campaign.name, Brand.name, Campaign.ends_on)
    .join(Invitation, Invitation.campaign_id == Campaign.id)
    .join(Brand, Brand.id == Campaign.brand_id)
    .where(
        Invitation.creator_id == bindparam("creator_id"),
        Invitation.state == InvitationState.SENT,
        Campaign.ends_on >= bindparam("today"),
    )
    .order_by(Invitation.sent_at, Invitation.id)
)
_WORK: Final = (
    select(
        Collaboration.id,
        Collaboration.agreed_at,
        Campaign.name,
        Campaign.brand_id,
        Brand.name,
        Offer,
    )
    .join(Campaign, Campaign.id == Collaboration.campaign_id)
    .join(Brand, Brand.id == Campaign.brand_id)
    .join(Offer, Offer.id == Collaboration.offer_id)
    .where(
        Collaboration.creator_id == bindparam("creator_id"),
        Collaboration.state == CollaborationState.ACTIVE,
        Offer.application_id.is_not(None),
    )
    .order_by(Collaboration.agreed_at, Collaboration.id)
)
_APPLICATIONS: Final = (
    select(Campaign.id, Campaign.name, Campaign.brand_id, Brand.name, Application.answer_by)
    .join(Application, Application.campaign_id == Campaign.id)
    .join(Brand, Brand.id == Campaign.brand_id)
    .where(Application.creator_id == bindparam("creator_id"), Application.state.in_(WAITING))
    .order_by(Application.applied_at.desc(), Application.id.desc())
)
