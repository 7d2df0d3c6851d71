"""What platforms and creators tell us of a channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators.messages import ChannelReadDue
from marketplace.creators.models import Channel, ChannelVideo
from marketplace.creators.ports import ChannelAccount, VideoFacts
from marketplace.creators.rules import (
    EMPTY_HASHTAGS,
    HASHTAGS_SHOWN,
    hashtags_in,
)
from marketplace.creators.rules.touching import CAPTION_MOST
from marketplace.creators.service.profile import own_creator
from marketplace.creators.service.subjects import find_subjects
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.words import key_of
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post

_SPELLED: Final = text(
    """
    SELECT DISTINCT tag
    FROM channel_videos v, jsonb_array_elements_text(v.hashtags) AS tag
    WHERE v.channel_id = ANY (CAST(:channel_ids AS uuid[])) AND tag !~ '^[A-Za-z0-9]{1,60}$'
    """
)
"""Hashtags whose key is more than their small letters."""
# keys: those hashtags and their keys, looked up in one value. A join is planned for a few rows, and
# then compares each hashtag of an import with each of them.
_FIGURES: Final = text(
    """
    WITH wanted AS (SELECT unnest(CAST(:channel_ids AS uuid[])) AS channel_id),
    counted AS (
        SELECT channel_id,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY views) AS median_views,
               sum(views) AS views,
               sum(likes + comments + shares) AS engagements
        FROM channel_videos JOIN wanted USING (channel_id)
        GROUP BY channel_id
    ),
    used AS (
        SELECT channel_id, key, count(DISTINCT v.external_id) AS videos,
               mode() WITHIN GROUP (ORDER BY lower(tag) COLLATE "C") AS tag
        FROM channel_videos v JOIN wanted USING (channel_id)
            CROSS JOIN LATERAL jsonb_array_elements_text(v.hashtags) AS tag
            CROSS JOIN LATERAL coalesce(:keys ->> tag, lower(tag)) AS key
        WHERE key != '' AND key != ALL (CAST(:empty AS text[]))
        GROUP BY channel_id, key
    ),
    ranked AS (
        SELECT channel_id, key, tag, row_number() OVER (
                   PARTITION BY channel_id ORDER BY videos DESC, tag COLLATE "C") AS place
        FROM used
    ),
    top AS (
        SELECT channel_id, jsonb_agg(tag ORDER BY place) AS tags,
               jsonb_agg(key ORDER BY place) AS keys
        FROM ranked WHERE place <= :most GROUP BY channel_id
    )
    UPDATE channels SET
        median_views = counted.median_views,
        engagement_rate_bps = CASE WHEN counted.views > 0 THEN
            div(counted.engagements * 20000 + counted.views, 2 * counted.views) END,
        top_hashtags = coalesce(top.tags, '[]'::jsonb),
        top_keys = coalesce(top.keys, '[]'::jsonb)
    FROM wanted
        LEFT JOIN counted USING (channel_id)
        LEFT JOIN top USING (channel_id)
    WHERE channels.id = wanted.channel_id
    """
).bindparams(bindparam("keys", type_=JSONB))


def record_account(session: Session, *, channel_id: UUID, account: ChannelAccount) -> None:
    """Keep what a platform says of a channel now; what it does not say stays as it was.

    Raises NotFound, and Conflict when the answer is of another account.
    """
    channel = lock_row(session, Channel, channel_id)
    if channel.external_id != account.external_id:
        raise Conflict("The platform answered for another account than the one connected")
    write_account(channel, account)


def write_account(channel: Channel, account: ChannelAccount) -> None:
    """Put an account's figures on its channel's row, which the caller has locked."""
    channel.handle = account.handle or channel.handle
    if account.follower_count is not None:
        channel.follower_count = account.follower_count
    if account.like_count is not None:
        channel.like_count = account.like_count
    if account.video_count is not None:
        channel.video_count = account.video_count
    channel.read_at = account.read_at


def record_videos(session: Session, *, channel_id: UUID, videos: Sequence[VideoFacts]) -> int:
    """Keep the past videos of a channel and work out its figures again; returns how many count.

    A video that is known gets its new counts. One of which the platform does not say every count
    is left out: what is missing is not nothing.
    """
    rows = [
        {
            "channel_id": channel_id,
            "external_id": video.external_id,
            "published_at": video.published_at,
            "hashtags": list(hashtags_in(video.description)),
            "caption": video.description[:CAPTION_MOST],
            "duration_seconds": video.duration_seconds,
            "views": video.views,
            "likes": video.likes,
            "comments": video.comments,
            "shares": video.shares,
        }
        for video in {video.external_id: video for video in videos}.values()
        if None not in (video.views, video.likes, video.comments, video.shares)
    ]
    if rows:
        adding = insert(ChannelVideo)
        told = ("hashtags", "caption", "duration_seconds", "views", "likes", "comments", "shares")
        session.execute(
            adding.on_conflict_do_update(
                index_elements=[ChannelVideo.channel_id, ChannelVideo.external_id],
                set_={name: adding.excluded[name] for name in told},
            ),
            rows,
        )
    recompute_figures(session, channel_ids=[channel_id])
    return len(rows)


def record_sound(session: Session, *, channel_id: UUID, external_id: str, sound: str) -> None:
    """Keep what the sound of a video is called; empty for none that is shown."""
    session.execute(
        update(ChannelVideo)
        .where(ChannelVideo.channel_id == channel_id, ChannelVideo.external_id == external_id)
        .values(sound=sound)
    )


def recompute_figures(session: Session, *, channel_ids: Sequence[UUID]) -> None:
    """Work out median views, engagement rate and top hashtags from all past videos we know.

    The same as ``rules.figures_of``, for many channels in one statement. And what the last of them
    touch of what brands may want to avoid.
    """
    session.flush()  # the statement below reads what this transaction has written
    spelled = session.scalars(_SPELLED, {"channel_ids": list(channel_ids)}).all()
    session.execute(
        _FIGURES,
        {
            "channel_ids": list(channel_ids),
            "keys": {tag: key_of(tag) for tag in spelled},
            "most": HASHTAGS_SHOWN,
            "empty": sorted(EMPTY_HASHTAGS),
        },
    )
    find_subjects(session, channel_ids=channel_ids)


def ask_reading(session: Session, *, actor: Actor, channel_id: UUID) -> None:
    """Read a channel again soon, because its creator asks; raises NotFound for another's."""
    channel = queries.channel_by_id(session, channel_id)
    if channel.creator_id != own_creator(actor, "read this channel"):
        raise NotFound("channel")
    post(session, ChannelReadDue(channel_id=channel.id))
