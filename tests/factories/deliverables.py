"""Deliverables at any step of their life, and what is known of their posts, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.collaborations.models import Collaboration
from marketplace.creators.models import Channel, Platform
from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable, PublishedPost, Submission
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.metrics import service as metrics
from marketplace.metrics.rules.readings import Reading
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import TERMS, make_collaboration
from tests.factories.creators import make_channel

VIDEO_ID: Final = "7345678901234567890"
LINK: Final = "https://drive.example/draft-1"
DEFINITION: Final = "tiktok.display.v2"
ORDER: Final = (
    DeliverableState.AWAITING_SUBMISSION,
    DeliverableState.IN_REVIEW,
    DeliverableState.APPROVED,
    DeliverableState.LIVE,
    DeliverableState.ACCEPTED,
)


def make_deliverable(
    session: Session,
    *,
    brand: Brand,
    by: Actor,
    creator: Actor,
    state: DeliverableState = DeliverableState.AWAITING_SUBMISSION,
    rounds: int = 2,
    video_id: str = VIDEO_ID,
    campaign_name: str = "Beans in a minute",
    now: datetime = NOON,
) -> Deliverable:
    """Return a deliverable in a state; its creator has a channel once it is approved."""
    campaign = make_campaign(session, brand=brand, by=by, name=campaign_name, now=now)
    agreed = make_collaboration(
        session,
        campaign=campaign,
        creator=creator,
        by=by,
        offered=replace(TERMS, revision_rounds=rounds),
        now=now,
    )
    return walk(session, agreed, by=by, creator=creator, to=state, video_id=video_id, now=now)


def walk(
    session: Session,
    agreed: Collaboration,
    *,
    by: Actor,
    creator: Actor,
    to: DeliverableState,
    video_id: str = VIDEO_ID,
    now: datetime = NOON,
) -> Deliverable:
    """Return a collaboration's first deliverable, taken to a state by the services' verbs."""
    owed = queries.deliverables_of(session, collaboration_id=agreed.id)[0]
    steps = ORDER[: ORDER.index(to) + 1] if to in ORDER else ORDER[:2]
    if DeliverableState.IN_REVIEW in steps:
        hand_in(session, owed, creator=creator, now=now)
    if to is DeliverableState.CHANGES_REQUESTED:
        deliverables.request_changes(
            session,
            actor=by,
            deliverable_id=owed.id,
            version=1,
            comment="Show the tin earlier.",
            now=now,
        )
    if DeliverableState.APPROVED in steps:
        deliverables.approve(
            session, actor=by, deliverable_id=owed.id, version=1, comment="", now=now
        )
        channel_for(session, creator)
    if DeliverableState.LIVE in steps:
        make_live(session, owed, creator=creator, video_id=video_id, now=now)
    if DeliverableState.ACCEPTED in steps:
        deliverables.accept(session, actor=by, deliverable_id=owed.id, now=now)
    session.flush()
    return owed


def channel_for(session: Session, creator: Actor) -> Channel:
    """Return the creator's connected channel, made where there is none."""
    assert creator.creator_id is not None
    found = session.scalar(select(Channel).where(Channel.creator_id == creator.creator_id))
    return found or make_channel(session, creator_id=creator.creator_id, handle="bea.cooks")


def hand_in(
    session: Session,
    owed: Deliverable,
    *,
    creator: Actor,
    link: str = LINK,
    note: str = "The light is better in this one.",
    now: datetime = NOON,
) -> Submission:
    """Return a link handed in with every point ticked."""
    points = queries.checklist_of(session, owed.collaboration_id)
    handed = deliverables.submit(
        session,
        actor=creator,
        deliverable_id=owed.id,
        link=link,
        file=None,
        done=range(len(points)),
        note=note,
        now=now,
    )
    session.flush()
    return handed


def paste(
    session: Session,
    owed: Deliverable,
    *,
    creator: Actor,
    video_id: str = VIDEO_ID,
    now: datetime = NOON,
) -> PublishedPost:
    """Return a post whose address was pasted and not checked yet."""
    post = deliverables.paste_post(
        session,
        actor=creator,
        deliverable_id=owed.id,
        platform=Platform.TIKTOK,
        external_id=video_id,
        address=f"https://www.tiktok.com/@bea.cooks/video/{video_id}",
        now=now,
    )
    session.flush()
    return post


def make_live(
    session: Session,
    owed: Deliverable,
    *,
    creator: Actor,
    video_id: str = VIDEO_ID,
    now: datetime = NOON,
) -> PublishedPost:
    """Return a post that was confirmed and is read from now on."""
    post = paste(session, owed, creator=creator, video_id=video_id, now=now)
    deliverables.confirm_published(
        session, post_id=post.id, published_at=now, address=None, now=now
    )
    metrics.start_tracking(session, post_id=post.id, now=now)
    session.flush()
    assert post.state is PostState.VERIFIED
    return post


def reading_at(
    at: datetime,
    *,
    views: int | None = 400,
    likes: int | None = 12,
    comments: int | None = 3,
    shares: int | None = 1,
    definition: str = DEFINITION,
) -> Reading:
    """Return a reading taken at a moment."""
    return Reading(
        taken_at=at,
        views=views,
        likes=likes,
        comments=comments,
        shares=shares,
        definition=definition,
        payload_sha256="0" * 64,
    )


def make_readings(
    session: Session,
    post: PublishedPost,
    *views: int,
    start: datetime,
    definition: str = DEFINITION,
) -> None:
    """Keep a reading a day with these views."""
    for age, seen in enumerate(views):
        at = start + timedelta(days=age)
        metrics.record_snapshot(
            session, post_id=post.id, reading=reading_at(at, views=seen, definition=definition)
        )
    session.flush()
