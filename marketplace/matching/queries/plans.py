"""Plans that were accepted, and whom a plan can name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.creators.models import Channel
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.matching.models import AcceptedPlan, PlanBound

BOUND_HOLDS: Final = timedelta(hours=1)
"""The market moves: after so long a bound is worked out anew."""


def creator_by_handle(session: Session, handle: str) -> UUID | None:
    """The creator whose main channel has this handle; None when there is none, or several."""
    name = handle.strip().removeprefix("@").lower()
    found = session.scalars(
        select(Channel.creator_id)
        .where(func.lower(Channel.handle) == name, Channel.is_main)
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def accepted_plans(session: Session, campaign_id: UUID) -> Sequence[AcceptedPlan]:
    """The plans of a campaign that were accepted, the newest first."""
    return session.scalars(
        select(AcceptedPlan)
        .where(AcceptedPlan.campaign_id == campaign_id)
        .order_by(AcceptedPlan.accepted_at.desc(), AcceptedPlan.id.desc())
    ).all()


def fresh_bound(
    session: Session, campaign_id: UUID, question: str, *, now: datetime
) -> PlanBound | None:
    """The close bound that was asked for of late; None when nobody has."""
    return session.scalar(
        select(PlanBound).where(
            PlanBound.campaign_id == campaign_id,
            PlanBound.question == question,
            PlanBound.asked_at > now - BOUND_HOLDS,
        )
    )


def bound_seen_by(
    session: Session, actor: Actor, *, campaign_id: UUID, bound_id: UUID
) -> PlanBound:
    """The close bound of a campaign that this actor may know of; raises NotFound."""
    campaigns.campaign_seen_by(session, actor, campaign_id)
    found = session.scalar(
        select(PlanBound).where(PlanBound.id == bound_id, PlanBound.campaign_id == campaign_id)
    )
    if found is None:
        raise NotFound("bound")
    return found
