"""How many views count towards a pledge."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.authenticity import queries as authenticity
from marketplace.causes.models import Pledge
from marketplace.causes.queries.pledges import pledge_of
from marketplace.causes.rules.pledges import PledgeKind, PledgeState, counts_until, worth_of
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.money import Money
from marketplace.metrics import queries as metrics
from marketplace.store.rows import among


@dataclass(frozen=True, slots=True)
class PledgedViews:
    """The views that count towards a pledge. in_question: whether more of them may yet count."""

    counted: int
    in_question: bool


def counted_views_of(session: Session, campaign_id: UUID, *, until: datetime) -> PledgedViews:
    """The views that count of a campaign's accepted posts, by their last readings before a moment.

    As wherever views are paid for (``metrics``), those in question do not.
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
    moments = {post_id: each.taken_at for post_id, each in readings.items()}
    return PledgedViews(
        counted=sum(each.counted for each in readings.values()),
        in_question=bool(authenticity.in_question(session, moments)),
    )


def more_if_counted(
    session: Session, campaign_id: UUID, *, views: int, since: datetime, now: datetime
) -> Money | None:
    """How much more a campaign's organisation would receive if so many more views counted.

    since: the reading that first showed them. None without a pledge by views that still counts, or
    where they came too late for it. No more than was set aside and is not owed yet.
    """
    found = pledge_of(session, campaign_id)
    if found is None or found.rate_minor is None or found.state is not PledgeState.PROMISED:
        return None
    campaign, money = found.campaign, found.money()
    last = counts_until(found.terms, ends_on=campaign.ends_on, closed_at=campaign.closed_at)
    if since > last:
        return None
    counted = counted_views_of(session, campaign_id, until=min(now, last)).counted
    without, with_them = (
        max(min(worth_of(found.terms, views=each, ended=False), money.kept), money.owed)
        for each in (counted, counted + views)
    )
    return with_them - without


def pledge_ends(session: Session, post_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Post id -> from when on no view counts for its campaign's pledge, until that settles."""
    rows = session.execute(
        select(PublishedPost.id, Pledge)
        .join(Deliverable, Deliverable.id == PublishedPost.deliverable_id)
        .join(Pledge, Pledge.campaign_id == Deliverable.campaign_id)
        .options(joinedload(Pledge.campaign))
        .where(
            among(PublishedPost.id, post_ids),
            Deliverable.state.in_((DeliverableState.LIVE, DeliverableState.ACCEPTED)),
            Pledge.state == PledgeState.PROMISED,
            Pledge.kind == PledgeKind.VIEWS,
        )
    )
    return {
        post_id: counts_until(
            pledge.terms, ends_on=pledge.campaign.ends_on, closed_at=pledge.campaign.closed_at
        )
        for post_id, pledge in rows
    }
