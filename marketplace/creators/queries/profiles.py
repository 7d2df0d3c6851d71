"""One creator: profile, channels, past videos and rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, joinedload

from marketplace.creators.models import (
    Channel,
    ChannelState,
    ChannelVideo,
    Creator,
    Platform,
    RateCard,
)
from marketplace.creators.queries.audiences import latest_audience
from marketplace.creators.queries.facts import MATURE, VIDEOS_KEPT
from marketplace.creators.rules import FORMATS, READ_EVERY, missing_steps
from marketplace.kernel.errors import NotFound

READABLE: Final = (ChannelState.CONNECTED,)


def creator_by_id(session: Session, creator_id: UUID) -> Creator:
    """The creator; raises NotFound. What is on a creator's row is public."""
    found = session.get(Creator, creator_id)
    if found is None:
        raise NotFound("creator")
    return found


def user_id_of(session: Session, creator_id: UUID) -> UUID | None:
    """The person who is this creator; None for one who has not joined."""
    return session.scalar(select(Creator.user_id).where(Creator.id == creator_id))


def channel_of(session: Session, *, creator_id: UUID) -> Channel | None:
    """The channel that stands for this creator; None while they have none."""
    return session.scalar(select(Channel).where(Channel.creator_id == creator_id, Channel.is_main))


def channels_of(session: Session, *, creator_id: UUID) -> Sequence[Channel]:
    """Every channel a creator has or had, the main one first."""
    return session.scalars(
        select(Channel)
        .where(Channel.creator_id == creator_id)
        .order_by(Channel.is_main.desc(), Channel.connected_at.desc().nulls_last(), Channel.id)
    ).all()


def channel_by_id(session: Session, channel_id: UUID) -> Channel:
    """The channel with its creator; raises NotFound."""
    found = session.scalar(
        select(Channel).where(Channel.id == channel_id).options(joinedload(Channel.creator))
    )
    if found is None:
        raise NotFound("channel")
    return found


def main_channels(session: Session, *, limit: int, after: UUID | None) -> Sequence[UUID]:
    """The channels that stand for their creators, in the order of their ids."""
    statement = select(Channel.id).where(Channel.is_main)
    if after is not None:
        statement = statement.where(Channel.id > after)
    return session.scalars(statement.order_by(Channel.id).limit(limit)).all()


def connected_channel_id(session: Session, *, platform: Platform, external_id: str) -> UUID | None:
    """The connected channel of a platform's account; None while nobody has it connected."""
    return session.scalar(
        select(Channel.id).where(
            Channel.platform == platform,
            Channel.external_id == external_id,
            Channel.state == ChannelState.CONNECTED,
        )
    )


def due_for_reading(session: Session, *, now: datetime, limit: int = 500) -> Sequence[UUID]:
    """The connected channels whose figures are old, the oldest first."""
    return session.scalars(
        select(Channel.id)
        .where(
            Channel.state.in_(READABLE),
            or_(Channel.read_at.is_(None), Channel.read_at <= now - READ_EVERY),
        )
        .order_by(Channel.read_at.nulls_first(), Channel.id)
        .limit(limit)
    ).all()


def videos_of(session: Session, *, channel_id: UUID, limit: int = 12) -> Sequence[ChannelVideo]:
    """The last videos of a channel, the newest first."""
    return session.scalars(
        select(ChannelVideo)
        .where(ChannelVideo.channel_id == channel_id)
        .order_by(ChannelVideo.published_at.desc(), ChannelVideo.external_id.desc())
        .limit(limit)
    ).all()


def other_videos(
    session: Session, *, channel_id: UUID, but: str, now: datetime
) -> Sequence[ChannelVideo]:
    """The last videos of a channel that have matured, the newest first, without one of them.

    As many as say what the next can be expected to get. but: the platform's id of that one.
    """
    return session.scalars(
        select(ChannelVideo)
        .where(
            ChannelVideo.channel_id == channel_id,
            ChannelVideo.external_id != but,
            ChannelVideo.published_at <= now - MATURE,
        )
        .order_by(ChannelVideo.published_at.desc(), ChannelVideo.external_id.desc())
        .limit(VIDEOS_KEPT)
    ).all()


def videos_without_sound(
    session: Session, *, since: datetime, limit: int
) -> Sequence[tuple[str, ChannelVideo]]:
    """Videos of connected channels whose sound nobody has asked for, the newest first.

    Each with the handle of its channel.
    """
    found = session.execute(
        select(Channel.handle, ChannelVideo)
        .join(ChannelVideo, ChannelVideo.channel_id == Channel.id)
        .where(
            Channel.state == ChannelState.CONNECTED,
            Channel.platform == "tiktok",
            Channel.handle.is_not(None),
            ChannelVideo.sound.is_(None),
            ChannelVideo.published_at >= since,
        )
        .order_by(ChannelVideo.published_at.desc(), ChannelVideo.external_id)
        .limit(limit)
    )
    return [(str(row.handle), row.ChannelVideo) for row in found]


def video_count(session: Session, *, channel_id: UUID) -> int:
    """How many past videos of a channel we know."""
    counted = select(func.count()).where(ChannelVideo.channel_id == channel_id)
    return session.scalar(counted) or 0


def rates_of(session: Session, *, creator_id: UUID) -> list[RateCard]:
    """A creator's rates by currency, then in the order of FORMATS."""
    cards = session.scalars(select(RateCard).where(RateCard.creator_id == creator_id)).all()
    return sorted(cards, key=lambda card: (card.currency, FORMATS.index(card.format)))


def missing_in_profile(session: Session, *, creator_id: UUID) -> tuple[str, ...]:
    """What this creator should still do before brands can judge them, in the order to do it."""
    creator = creator_by_id(session, creator_id)
    channel = channel_of(session, creator_id=creator_id)
    audience = None if channel is None else latest_audience(session, channel_id=channel.id)
    return missing_steps(
        has_topics=bool(creator.topics),
        has_country=creator.country is not None,
        has_channel=channel is not None,
        has_audience=audience is not None,
        has_rates=bool(rates_of(session, creator_id=creator_id)),
    )
