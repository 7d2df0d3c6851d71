"""Keep what was read of live posts, and when to read again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.creators.ports import Failure, FailureKind
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import PublishedPost
from marketplace.kernel.ids import new_id
from marketplace.metrics import queries
from marketplace.metrics.messages import PostNotVisible, ReadingsDue
from marketplace.metrics.models import MetricGap, MetricSnapshot, PostTracking
from marketplace.metrics.rules.readings import Reading
from marketplace.metrics.rules.schedule import DAILY, HOURLY, SIX_HOURLY, next_read_at
from marketplace.store.locks import lock_row, lock_rows
from marketplace.store.outbox import post

TRACKING: Final = timedelta(days=90)
"""How long a post is read after publication."""
SIGHTINGS_MISSED: Final = 2
"""A post is called gone after so many looks in a row that did not find it."""
AFTER_TROUBLE: Final = timedelta(minutes=15)
NEEDS_THE_CREATOR: Final = frozenset({FailureKind.AUTH_REVOKED, FailureKind.SCOPE_MISSING})
"""Nothing changes until the creator connects the channel again; then it is read at once."""


def start_tracking(session: Session, *, post_id: UUID, now: datetime) -> None:
    """Begin to read a live post. The second time nothing happens."""
    found = lock_row(session, PublishedPost, post_id)
    begun = session.scalar(
        insert(PostTracking)
        .values(
            post_id=post_id,
            next_read_at=now,
            tracking_until=(found.published_at or now) + TRACKING,
            missing_count=0,
        )
        .on_conflict_do_nothing()
        .returning(PostTracking.post_id)
    )
    if begun is not None:
        post(session, ReadingsDue(channel_id=found.channel_id))


def record_snapshot(session: Session, *, post_id: UUID, reading: Reading) -> bool:
    """Keep one reading and set the next; return False when it was kept before.

    A reading older than the last one is kept and moves nothing else.
    """
    return post_id in record_snapshots(session, readings={post_id: reading})


def record_snapshots(session: Session, *, readings: Mapping[UUID, Reading]) -> set[UUID]:
    """Keep a reading of each of these posts, as :func:`record_snapshot` does of one.

    Returns the posts of which it was new. In a few statements, however many posts there are. A post
    that is called gone only just now is back with its next reading.
    """
    gone = deliverables.lock_gone(session, post_ids=readings)
    found = lock_rows(session, PublishedPost, readings)
    kept = set(
        session.scalars(
            insert(MetricSnapshot)
            .on_conflict_do_nothing(index_elements=["post_id", "taken_at"])
            .returning(MetricSnapshot.post_id),
            [_snapshot_of(each.id, readings[each.id]) for each in found],
        )
    )
    trackings = queries.trackings_of(session, readings)
    for each in found:
        tracking, taken_at = trackings[each.id], readings[each.id].taken_at
        if each.id not in kept or (tracking.last_read_at and tracking.last_read_at > taken_at):
            continue
        tracking.last_read_at = taken_at
        tracking.missing_since = None
        tracking.missing_count = 0
        tracking.next_read_at = next_read_at(
            published_at=each.published_at or each.pasted_at,
            last_read_at=taken_at,
            now=taken_at,
            tracking_until=tracking.tracking_until,
        )
        if each.id in gone:
            deliverables.mark_visible(session, post_id=each.id, now=taken_at)
    return kept


def _snapshot_of(post_id: UUID, reading: Reading) -> dict[str, Any]:
    return {
        "id": new_id(),
        "post_id": post_id,
        "taken_at": reading.taken_at,
        "views": reading.views,
        "likes": reading.likes,
        "comments": reading.comments,
        "shares": reading.shares,
        "definition": reading.definition,
        "payload_sha256": reading.payload_sha256,
    }


def flag_gap(session: Session, *, post_id: UUID, failure: Failure, now: datetime) -> None:
    """Keep that a reading could not be taken, and why; the last good one stays as it is.

    A post that is not visible twice in a row is called gone, and both sides are told.
    """
    lock_row(session, PublishedPost, post_id)
    tracking = queries.tracking_of(session, post_id)
    session.add(
        MetricGap(
            id=new_id(),
            post_id=post_id,
            noticed_at=now,
            kind=failure.kind.value,
            detail=failure.provider_code,
        )
    )
    if failure.kind is FailureKind.NOT_VISIBLE:
        tracking.missing_since = tracking.missing_since or now
        tracking.missing_count += 1
        pause = HOURLY if tracking.missing_count < SIGHTINGS_MISSED else DAILY
    else:
        pause = SIX_HOURLY if failure.kind in NEEDS_THE_CREATOR else AFTER_TROUBLE
    again = max(now + pause, failure.retry_at or now)
    tracking.next_read_at = again if again <= tracking.tracking_until else None
    if tracking.missing_count >= SIGHTINGS_MISSED and deliverables.mark_not_visible(
        session, post_id=post_id
    ):
        post(session, PostNotVisible(post_id=post_id))


def resume_readings(session: Session, *, channel_id: UUID, now: datetime) -> int:
    """Read the posts of a channel at once, where reading has not ended; return how many there are.

    For a channel that was connected again.
    """
    ids = queries.tracked_posts(session, channel_id=channel_id)
    session.execute(
        update(PostTracking).where(PostTracking.post_id.in_(ids)).values(next_read_at=now)
    )
    if ids:
        post(session, ReadingsDue(channel_id=channel_id))
    return len(ids)


def read_at_once(
    session: Session, *, post_ids: Collection[UUID], since: datetime, now: datetime
) -> None:
    """Read posts now that nobody has looked at since a moment; the second time nothing happens.

    Where the last look failed, the next one keeps its time.
    """
    failed = exists().where(
        MetricGap.post_id == PostTracking.post_id, MetricGap.noticed_at >= since
    )
    session.execute(
        update(PostTracking)
        .where(
            PostTracking.post_id.in_(post_ids),
            PostTracking.next_read_at > now,
            PostTracking.last_read_at < since,
            ~failed,
        )
        .values(next_read_at=now)
    )


def ring_due(session: Session, *, now: datetime) -> int:
    """Ring for every channel with posts to be read; return how many."""
    channel_ids = queries.channels_due(session, now=now)
    for channel_id in channel_ids:
        post(session, ReadingsDue(channel_id=channel_id))
    return len(channel_ids)
