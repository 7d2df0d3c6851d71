"""Whether a creator is free for a campaign, and to promise what an offer asks."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import (
    CollaborationState,
    Exclusive,
    bound_sentence,
    busy_sentence,
)
from marketplace.creators import queries as creators
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.matching.queries import booking_of


def check_free(
    session: Session,
    creator: Creator,
    campaign: Campaign,
    *,
    exclusive: Exclusive | None = None,
    actor: Actor,
) -> None:
    """Refuse a creator who is another brand's at the time; raises Conflict, naming no brand.

    exclusive: what is asked of them besides; refused too where they could not keep it.
    """
    name = None if actor.creator_id == creator.id else creator.display_name
    booking = booking_of(campaign)
    asked = [] if booking is None else [(booking.category, booking.starts_on, booking.ends_on)]
    if exclusive is not None:
        asked.append((exclusive.category, exclusive.starts_on, exclusive.until_on))
    for category, starts_on, until_on in asked:
        until = creators.bound_until(
            session,
            creator_id=creator.id,
            brand_id=campaign.brand_id,
            category=category,
            starts_on=starts_on,
            until_on=until_on,
        )
        if until is not None:
            raise Conflict(bound_sentence(name, category=category, until=until))
    if exclusive is not None:
        until = _busy_until(session, creator.id, campaign.brand_id, exclusive)
        if until is not None:
            raise Conflict(busy_sentence(name, category=exclusive.category, until=until))


def _busy_until(
    session: Session, creator_id: UUID, brand_id: UUID, exclusive: Exclusive
) -> date | None:
    """The last day of what a creator does for other brands in that category at that time."""
    return session.scalar(
        select(func.max(Campaign.ends_on))
        .join(Collaboration, Collaboration.campaign_id == Campaign.id)
        .where(
            Collaboration.creator_id == creator_id,
            Collaboration.brand_id != brand_id,
            Collaboration.state == CollaborationState.ACTIVE,
            Campaign.category == exclusive.category,
            Campaign.starts_on <= exclusive.until_on,
            Campaign.ends_on >= exclusive.starts_on,
        )
    )
