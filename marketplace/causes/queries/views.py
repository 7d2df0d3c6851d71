"""How many views count towards a pledge."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.metrics import queries as metrics


def counted_views_of(session: Session, campaign_id: UUID, *, until: datetime) -> int:
    """The views that count of a campaign's accepted posts, by their last readings before a moment.

    Today they are all that the platform says, as wherever views are paid for (``metrics``). When
    those without a sign of purchase are told apart, this is where that number comes in.
    """
    posts = session.scalars(
        select(PublishedPost.id)
        .join(Deliverable, Deliverable.id == PublishedPost.deliverable_id)
        .where(
            Deliverable.campaign_id == campaign_id,
            Deliverable.state == DeliverableState.ACCEPTED,
            PublishedPost.state != PostState.REFUSED,
        )
    ).all()
    readings = metrics.last_views(session, dict.fromkeys(posts, until))
    return sum(each.counted for each in readings.values())
