"""Writing the invented creators into the market."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from marketplace.cli.seed_world import WorldCreator
from marketplace.creators import service as creators
from marketplace.creators.models import (
    AudienceSnapshot,
    Channel,
    ChannelState,
    ChannelVideo,
    Creator,
    CreatorSource,
    Platform,
    RateCard,
)
from marketplace.creators.rules import AudienceSource
from marketplace.kernel.ids import new_id

EIGHT: Final = 8
NOTHING_SAID: Final = 5
SEEN_IN_A_PICTURE: Final = 6
"""Of every eight creators, who describes no audience and whose statistics staff have seen."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """Where one invented creator went."""

    creator_id: UUID
    channel_id: UUID


def write_creators(
    session: Session, world: Iterable[WorldCreator], *, now: datetime
) -> list[Seeded]:
    """Write creators with channels, past videos, audiences and rates, in few statements."""
    rows: dict[type[Any], list[dict[str, Any]]] = {
        kind: [] for kind in (Creator, Channel, ChannelVideo, AudienceSnapshot, RateCard)
    }
    seeded = []
    for number, one in enumerate(world):
        place = Seeded(new_id(), new_id())
        seeded.append(place)
        rows[Creator].append(_creator(one, place, now))
        rows[Channel].append(_channel(one, place, now))
        rows[ChannelVideo] += _videos(one, place, now)
        if number % EIGHT != NOTHING_SAID:
            is_seen = number % EIGHT == SEEN_IN_A_PICTURE
            rows[AudienceSnapshot].append(_audience(one, place, now, is_seen=is_seen))
        rows[RateCard] += _rates(one, place)
    for kind, values in rows.items():
        if values:
            session.execute(insert(kind), values)
    channels = [place.channel_id for place in seeded]
    creators.recompute_figures(session, channel_ids=channels)
    creators.infer_audiences(session, channel_ids=channels, now=now)
    return seeded


def _creator(one: WorldCreator, place: Seeded, now: datetime) -> dict[str, Any]:
    return {
        "id": place.creator_id,
        "display_name": one.name,
        "name_words": one.name,
        "bio": one.bio,
        "country": one.country,
        "topics": list(one.topics),
        "source": CreatorSource.SEEDED,
        "created_at": now - timedelta(days=one.audience_days_ago + 30),
    }


def _channel(one: WorldCreator, place: Seeded, now: datetime) -> dict[str, Any]:
    return {
        "id": place.channel_id,
        "creator_id": place.creator_id,
        "platform": Platform.TIKTOK,
        "external_id": f"seeded:{one.handle}",
        "handle": one.handle,
        "handle_words": one.handle,
        "is_main": True,
        "state": ChannelState.LISTED,
        "follower_count": one.follower_count,
        "like_count": one.like_count,
        "video_count": one.video_count,
        "top_hashtags": [],
        "read_at": now,
        "scopes": [],
    }


def _videos(one: WorldCreator, place: Seeded, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "channel_id": place.channel_id,
            "external_id": video.external_id,
            "published_at": now - timedelta(hours=video.hours_ago),
            "hashtags": list(video.hashtags),
            "sound": video.sound,
            "duration_seconds": video.duration_seconds,
            "views": video.views,
            "likes": video.likes,
            "comments": video.comments,
            "shares": video.shares,
        }
        for video in one.videos
    ]


def _audience(one: WorldCreator, place: Seeded, now: datetime, *, is_seen: bool) -> dict[str, Any]:
    taken_at = now - timedelta(days=one.audience_days_ago)
    return {
        "id": new_id(),
        "channel_id": place.channel_id,
        "source": AudienceSource.UPLOAD if is_seen else AudienceSource.SELF_REPORTED,
        "sample_size": one.sample_size,
        "taken_at": taken_at,
        "confirmed_at": taken_at + timedelta(days=1) if is_seen else None,
        "age": dict(one.age),
        "gender": dict(one.gender),
        "country": dict(one.countries),
        "interest": dict(one.interests),
    }


def _rates(one: WorldCreator, place: Seeded) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "creator_id": place.creator_id,
            "format": name,
            "currency": currency,
            "fee_minor": minor,
        }
        for name, currency, minor in one.rates
    ]
