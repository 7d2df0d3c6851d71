"""Posts with and without views that came without likes, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.authenticity import service as authenticity
from marketplace.authenticity.models import Assessment
from marketplace.creators.models import ChannelVideo
from marketplace.deliverables.models import PublishedPost
from marketplace.metrics import service as metrics
from tests.factories.campaigns import NOON
from tests.factories.creators import make_video
from tests.factories.deliverables import reading_at

DAY: Final = timedelta(days=1)
OTHERS: Final = 12
QUIET: Final = ((4_001, 201), (7_001, 351), (9_001, 451))
"""Views and likes of the first days of a post that goes like its creator's others."""
BURST: Final = (30_001, 501)
"""The day after: 21,000 views came with 50 likes, which are usual for 1,000."""
HELD: Final = 20_000
TALKED_ABOUT: Final = (8, 13, 17, 17)
"""Comments of these days where nobody talks about the last; some 1.7 for 1,000 views are usual."""


def make_others(session: Session, channel_id: UUID, *, now: datetime = NOON) -> None:
    """Give a channel twelve older videos with 50 likes for 1,000 views, once."""
    if session.scalar(select(ChannelVideo).where(ChannelVideo.channel_id == channel_id).limit(1)):
        return
    for number in range(OTHERS):
        views = 6_000 + 500 * number
        make_video(
            session,
            channel_id=channel_id,
            external_id=f"71000000000000000{number:02}",
            views=views,
            likes=views // 20,
            published_at=now - (10 + number) * DAY,
        )


def read_on(
    session: Session,
    post: PublishedPost,
    at: datetime,
    views: int,
    likes: int,
    *,
    comments: int | None = None,
    until: datetime,
) -> list[UUID]:
    """Keep a reading and look at it, as the job does; return the questions it puts.

    comments: None where the platform does not tell. until: from when on no view of the post counts.
    """
    reading = reading_at(at, views=views, likes=likes, comments=comments)
    metrics.record_snapshot(session, post_id=post.id, reading=reading)
    session.flush()
    found = authenticity.assess(session, until={post.id: until}, now=at)
    session.flush()
    return found


def hold(
    session: Session,
    post: PublishedPost,
    *,
    until: datetime,
    start: datetime = NOON + DAY,
    series: Sequence[tuple[int, int]] = (*QUIET, BURST),
) -> Assessment:
    """Return the question about a post whose last day brought 20,000 views without likes."""
    make_others(session, post.channel_id, now=start)
    for age, (views, likes) in enumerate(series):
        read_on(session, post, start + age * DAY, views, likes, until=until)
    return session.scalars(select(Assessment).where(Assessment.post_id == post.id)).one()


def hold_for_comments(
    session: Session, post: PublishedPost, *, until: datetime, start: datetime = NOON + DAY
) -> Assessment:
    """Return the question about a post whose last day brought 21,000 views without comments.

    The likes that are usual for them came with them.
    """
    make_others(session, post.channel_id, now=start)
    series = (*QUIET, (BURST[0], BURST[0] // 20))
    for age, ((views, likes), comments) in enumerate(zip(series, TALKED_ABOUT, strict=True)):
        at = start + age * DAY
        read_on(session, post, at, views, likes, comments=comments, until=until)
    return session.scalars(select(Assessment).where(Assessment.post_id == post.id)).one()
