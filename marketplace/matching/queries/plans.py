"""Plans that were accepted, and whom a plan can name."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.creators.models import Channel
from marketplace.matching.models import AcceptedPlan


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
