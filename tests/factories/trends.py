"""Videos that make a trend, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.creators.models import ChannelVideo
from tests.factories.campaigns import NOON
from tests.factories.creators import make_channel, make_creator


def make_channels(session: Session, count: int = 3) -> list[UUID]:
    """Return the ids of the main channels of so many creators."""
    return [
        make_channel(
            session, creator_id=make_creator(session, display_name=f"Poster {number}").id
        ).id
        for number in range(count)
    ]


def make_posts(
    session: Session,
    channels: Sequence[UUID],
    *,
    hashtags: Sequence[str] = (),
    counts: Sequence[int],
    sound: str | None = None,
    seconds: int | None = 20,
    key: str = "a",
    now: datetime = NOON,
) -> None:
    """Write so many videos for each day before today, the last count for yesterday.

    They are spread over the channels in turn.
    """
    number = 0
    for day, count in enumerate(reversed(counts), start=1):
        for _ in range(count):
            session.add(
                ChannelVideo(
                    channel_id=channels[number % len(channels)],
                    external_id=f"{key}{number}",
                    published_at=now - timedelta(days=day),
                    hashtags=list(hashtags),
                    sound=sound,
                    duration_seconds=seconds,
                    views=100,
                    likes=1,
                    comments=0,
                    shares=0,
                )
            )
            number += 1
    session.flush()
