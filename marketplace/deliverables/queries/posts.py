"""The posts of deliverables, and the channels they are on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.creators.models import Channel, ChannelState, Platform
from marketplace.deliverables.models import (
    Deliverable,
    PublishedPost,
)
from marketplace.deliverables.rules import (
    PostState,
)
from marketplace.kernel.errors import NotFound


def connected_channel(session: Session, *, creator_id: UUID, platform: Platform) -> Channel | None:
    """The channel of a creator that we may read on a platform."""
    return session.scalar(
        select(Channel).where(
            Channel.creator_id == creator_id,
            Channel.platform == platform,
            Channel.state == ChannelState.CONNECTED,
        )
    )


def standing_post(session: Session, *, deliverable_id: UUID) -> PublishedPost | None:
    """The post of a deliverable that is being checked, live, or gone; not the refused ones."""
    return session.scalar(
        select(PublishedPost)
        .where(
            PublishedPost.deliverable_id == deliverable_id,
            PublishedPost.state != PostState.REFUSED,
        )
        .options(joinedload(PublishedPost.channel))
        .execution_options(populate_existing=True)
    )


def post_states_of(session: Session, deliverable_ids: Collection[UUID]) -> dict[UUID, PostState]:
    """Deliverable id -> the state of its post; one without a post is left out."""
    rows = session.execute(
        select(PublishedPost.deliverable_id, PublishedPost.state).where(
            PublishedPost.deliverable_id.in_(deliverable_ids),
            PublishedPost.state != PostState.REFUSED,
        )
    )
    return {row.deliverable_id: row.state for row in rows}


def first_live_on(session: Session, campaign_id: UUID) -> date | None:
    """The day (UTC) since which a post of a campaign has been live; None while none has been."""
    began = session.scalar(
        select(func.min(func.coalesce(PublishedPost.published_at, PublishedPost.pasted_at)))
        .join(PublishedPost.deliverable)
        .where(
            Deliverable.campaign_id == campaign_id,
            PublishedPost.state.not_in((PostState.REFUSED, PostState.CHECKING)),
        )
    )
    return None if began is None else began.astimezone(UTC).date()


def last_refused_post(session: Session, *, deliverable_id: UUID) -> PublishedPost | None:
    """The newest address that did not count, with its reason."""
    return session.scalar(
        select(PublishedPost)
        .where(
            PublishedPost.deliverable_id == deliverable_id,
            PublishedPost.state == PostState.REFUSED,
        )
        .order_by(PublishedPost.pasted_at.desc(), PublishedPost.id.desc())
        .limit(1)
    )


def post_by_id(session: Session, post_id: UUID) -> PublishedPost:
    """A post with its channel and deliverable; raises NotFound."""
    found = session.scalar(
        select(PublishedPost)
        .where(PublishedPost.id == post_id)
        .options(
            joinedload(PublishedPost.channel),
            joinedload(PublishedPost.deliverable).joinedload(Deliverable.collaboration),
        )
    )
    if found is None:
        raise NotFound("post")
    return found
