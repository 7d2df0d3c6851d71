"""How live posts did."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from marketplace.deliverables.models import PublishedPost
from marketplace.kernel.errors import NotFound
from marketplace.matching.rules.planner.ways import Way, way_of
from marketplace.metrics.models import MetricGap, MetricSnapshot, PostTracking
from marketplace.metrics.rules.readings import views_that_count
from marketplace.store.arrays import of_ids, of_moments
from marketplace.store.rows import among

_HELD: Final = """(
        SELECT coalesce(sum(h.views), 0)::bigint FROM held_views h
        WHERE h.post_id = {post} AND h.from_at <= {moment})"""
"""What of a post's views does not count by a moment."""
_ONE_READING_EACH: Final = """
    SELECT asked.post_id, found.id, found.taken_at, found.views, {held} AS held
    FROM unnest(CAST(:posts AS uuid[]), CAST(:moments AS timestamptz[])) AS asked (post_id, moment)
    CROSS JOIN LATERAL (
        SELECT s.id, s.taken_at, s.views FROM metric_snapshots s
        WHERE s.post_id = asked.post_id AND s.views IS NOT NULL AND s.taken_at {which}
        LIMIT 1
    ) found
"""


def _one_reading_each(which: str) -> TextClause:
    held = _HELD.format(post="asked.post_id", moment="found.taken_at")
    return text(_ONE_READING_EACH.format(which=which, held=held))


_LAST_UNTIL: Final = _one_reading_each("<= asked.moment ORDER BY s.taken_at DESC")
_FIRST_SINCE: Final = _one_reading_each(">= asked.moment ORDER BY s.taken_at")
_PUBLISHED: Final = text(
    """
    SELECT d.creator_id, d.format, (
        SELECT s.views FROM metric_snapshots s
        WHERE s.post_id = p.id AND s.views IS NOT NULL ORDER BY s.taken_at DESC LIMIT 1) AS views
    FROM deliverables d
    JOIN published_posts p ON p.deliverable_id = d.id AND p.state = 'verified'
    WHERE d.campaign_id = :campaign AND d.state IN ('live', 'accepted')
    ORDER BY d.creator_id, d.id
    """
)
_FOLLOWED_VIDEOS: Final = """
    SELECT c.creator_id, c.campaign_id, c.agreed_at, s.taken_at, s.views,
           {held} AS held,
           c.expected_views, c.expected_low
    FROM collaborations c
    JOIN deliverables d ON d.collaboration_id = c.id AND d.format = 'video'
    JOIN published_posts p ON p.deliverable_id = d.id AND p.state IN ('verified', 'not_visible')
    JOIN post_trackings t ON t.post_id = p.id AND t.tracking_until <= :now
    CROSS JOIN LATERAL (
        SELECT taken_at, views FROM metric_snapshots
        WHERE post_id = p.id AND views IS NOT NULL AND taken_at <= :now
        ORDER BY taken_at DESC LIMIT 1) s
    WHERE c.expected_views IS NOT NULL
      AND (p.state = 'not_visible' OR s.taken_at >= t.tracking_until - :near_end)
    ORDER BY c.agreed_at, c.campaign_id, c.creator_id, s.taken_at, p.id
    """
_FOLLOWED: Final = text(
    _FOLLOWED_VIDEOS.format(held=_HELD.format(post="p.id", moment="s.taken_at"))
)
NEAR_END: Final = timedelta(days=7)
"""A post that was last read earlier, and is not gone, may have more views than we know of."""


@dataclass(frozen=True, slots=True)
class DuePost:
    """A post that is to be read now."""

    post_id: UUID
    external_id: str


@dataclass(frozen=True, slots=True)
class CountedViews:
    """The views of one reading, and how many of them count where views are paid for."""

    snapshot_id: UUID
    taken_at: datetime
    read: int
    counted: int

    @property
    def held(self) -> int:
        """How many of them do not count."""
        return self.read - self.counted


@dataclass(frozen=True, slots=True)
class FollowedVideo:
    """A video that was followed to the end, beside what was expected when it was agreed.

    known_at: when it was read last. views: those that count.
    """

    creator_id: UUID
    campaign_id: UUID
    agreed_at: datetime
    known_at: datetime
    views: int
    expected: int
    low: int

    @property
    def is_met(self) -> bool:
        return self.views >= self.expected

    @property
    def is_low_met(self) -> bool:
        return self.views >= self.low


def followed_videos(session: Session, *, now: datetime) -> Sequence[FollowedVideo]:
    """Every video for a brand whose time of tracking is over, in the order of the agreements."""
    rows = session.execute(_FOLLOWED, {"now": now, "near_end": NEAR_END})
    return [
        FollowedVideo(
            row.creator_id,
            row.campaign_id,
            row.agreed_at,
            row.taken_at,
            views_that_count(row.views, held=row.held),
            row.expected_views,
            row.expected_low,
        )
        for row in rows
    ]


def last_views(session: Session, moments: Mapping[UUID, datetime]) -> dict[UUID, CountedViews]:
    """Post id -> the last reading not after its moment; posts without one are left out."""
    return _views(session, _LAST_UNTIL, moments)


def first_views(session: Session, moments: Mapping[UUID, datetime]) -> dict[UUID, CountedViews]:
    """Post id -> the first reading not before its moment; posts without one are left out."""
    return _views(session, _FIRST_SINCE, moments)


def _views(
    session: Session, statement: TextClause, moments: Mapping[UUID, datetime]
) -> dict[UUID, CountedViews]:
    if not moments:
        return {}
    asked = {"posts": of_ids(moments), "moments": of_moments(moments.values())}
    rows = session.execute(statement, asked)
    return {
        row.post_id: CountedViews(
            snapshot_id=row.id,
            taken_at=row.taken_at,
            read=row.views,
            counted=views_that_count(row.views, held=row.held),
        )
        for row in rows
    }


def tracking_of(session: Session, post_id: UUID) -> PostTracking:
    """When a post is read next; raises NotFound before it is live."""
    found = session.get(PostTracking, post_id)
    if found is None:
        raise NotFound("tracked post")
    return found


def trackings_of(session: Session, post_ids: Collection[UUID]) -> dict[UUID, PostTracking]:
    """Post id -> when it is read next; raises NotFound where one is not live."""
    rows = session.scalars(select(PostTracking).where(among(PostTracking.post_id, post_ids)))
    found = {each.post_id: each for each in rows}
    if found.keys() != set(post_ids):
        raise NotFound("tracked post")
    return found


def tracking_or_none(session: Session, post_id: UUID) -> PostTracking | None:
    """When a post is read next; None before it is live."""
    return session.get(PostTracking, post_id)


def channels_due(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Channels with a post that is to be read now."""
    return session.scalars(
        select(PublishedPost.channel_id)
        .join(PostTracking, PostTracking.post_id == PublishedPost.id)
        .where(PostTracking.next_read_at <= now)
        .distinct()
    ).all()


def posts_due(session: Session, *, channel_id: UUID, now: datetime) -> list[DuePost]:
    """Posts of one channel that are to be read now."""
    rows = session.execute(
        select(PublishedPost.id, PublishedPost.external_id)
        .join(PostTracking, PostTracking.post_id == PublishedPost.id)
        .where(PublishedPost.channel_id == channel_id, PostTracking.next_read_at <= now)
        .order_by(PublishedPost.id)
    )
    return [DuePost(*row) for row in rows]


def tracked_posts(session: Session, *, channel_id: UUID) -> Sequence[UUID]:
    """Posts of one channel whose reading has not ended."""
    return session.scalars(
        select(PublishedPost.id)
        .join(PostTracking, PostTracking.post_id == PublishedPost.id)
        .where(PublishedPost.channel_id == channel_id, PostTracking.next_read_at.is_not(None))
    ).all()


def post_series(session: Session, *, post_id: UUID) -> Sequence[MetricSnapshot]:
    """Every reading of a post, oldest first."""
    return series_of(session, [post_id]).get(post_id, [])


def series_of(
    session: Session, post_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[MetricSnapshot]]:
    """Post id -> every reading of it, oldest first; posts without one are left out."""
    found: defaultdict[UUID, list[MetricSnapshot]] = defaultdict(list)
    for each in session.scalars(
        select(MetricSnapshot)
        .where(among(MetricSnapshot.post_id, post_ids))
        .order_by(MetricSnapshot.post_id, MetricSnapshot.taken_at)
    ):
        found[each.post_id].append(each)
    return found


def gaps_of(session: Session, *, post_id: UUID, limit: int = 10) -> Sequence[MetricGap]:
    """The newest failures to read a post, newest first."""
    return session.scalars(
        select(MetricGap)
        .where(MetricGap.post_id == post_id)
        .order_by(MetricGap.noticed_at.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """What came of a campaign: what each creator published, and the views of all posts together.

    views: the last reading of each post; None where a post has none.
    """

    made: Mapping[UUID, Way]
    views: int | None


def result_of(session: Session, campaign_id: UUID) -> CampaignResult:
    """What was published for a campaign and stands."""
    owed: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    views: list[int | None] = []
    for creator_id, name, seen in session.execute(_PUBLISHED, {"campaign": campaign_id}):
        owed[creator_id][name] += 1
        views.append(seen)
    return CampaignResult(
        made={creator_id: way_of(pieces) for creator_id, pieces in owed.items()},
        views=None if None in views or not views else sum(each or 0 for each in views),
    )
