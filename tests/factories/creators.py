"""Creators, channels, videos and audiences for tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.creators import service as creators
from marketplace.creators.models import (
    AudienceProof,
    AudienceSnapshot,
    Channel,
    ChannelState,
    ChannelVideo,
    CoAudience,
    Creator,
    CreatorSource,
    Exclusivity,
    Platform,
    RateCard,
    SubjectObjection,
)
from marketplace.creators.rules import AudienceSource, CoAudienceSource
from marketplace.creators.rules.subjects import Subject
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.words import keys_of
from tests.conftest import make_person

MADE_AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def make_creator(
    session: Session,
    *,
    display_name: str = "Cleo",
    user_id: UUID | None = None,
    country: str | None = "US",
    topics: Sequence[str] = ("cooking",),
    bio: str = "",
    source: CreatorSource = CreatorSource.SEEDED,
    import_key: str | None = None,
) -> Creator:
    creator = Creator(
        id=new_id(),
        user_id=user_id,
        display_name=display_name,
        country=country,
        topics=list(topics),
        bio=bio,
        source=source,
        import_key=import_key,
        created_at=MADE_AT,
    )
    session.add(creator)
    session.flush()
    return creator


def make_channel(
    session: Session,
    *,
    creator_id: UUID,
    external_id: str | None = None,
    handle: str | None = "cleo.cooks",
    state: ChannelState = ChannelState.CONNECTED,
    follower_count: int | None = 48_000,
    median_views: int | None = 31_623,
    engagement_rate_bps: int | None = 700,
    top_hashtags: Sequence[str] = (),
    access_token: str | None = "act.1",
    refresh_token: str | None = "rft.1",
    access_expires_at: datetime | None = datetime(2026, 11, 2, 14, tzinfo=UTC),
    read_at: datetime | None = MADE_AT,
) -> Channel:
    """A channel, the main one when the creator has no other."""
    others = session.scalar(
        select(func.count()).where(Channel.creator_id == creator_id, Channel.is_main)
    )
    channel = Channel(
        id=new_id(),
        creator_id=creator_id,
        platform=Platform.TIKTOK,
        external_id=external_id or f"open-{creator_id}",
        handle=handle,
        is_main=not others and state is not ChannelState.DISCONNECTED,
        state=state,
        follower_count=follower_count,
        like_count=900_000,
        video_count=120,
        median_views=median_views,
        engagement_rate_bps=engagement_rate_bps,
        top_hashtags=list(top_hashtags),
        top_keys=keys_of(top_hashtags),
        read_at=read_at,
        connected_at=MADE_AT,
        scopes=["user.info.basic", "video.list"],
        access_token=access_token,
        refresh_token=refresh_token,
        access_expires_at=access_expires_at,
        refresh_expires_at=MADE_AT + timedelta(days=180),
    )
    session.add(channel)
    session.flush()
    return channel


def make_audience(
    session: Session,
    *,
    channel_id: UUID,
    age: Mapping[str, int] | None = None,
    gender: Mapping[str, int] | None = None,
    country: Mapping[str, int] | None = None,
    interest: Mapping[str, int] | None = None,
    language: Mapping[str, int] | None = None,
    source: AudienceSource = AudienceSource.SELF_REPORTED,
    sample_size: int = 1_000,
    taken_at: datetime = MADE_AT,
) -> AudienceSnapshot:
    snapshot = AudienceSnapshot(
        id=new_id(),
        channel_id=channel_id,
        source=source,
        sample_size=sample_size,
        taken_at=taken_at,
        age=dict(age if age is not None else {"18-24": 4_000, "25-34": 3_000}),
        gender=dict(gender if gender is not None else {"female": 6_000, "male": 4_000}),
        country=dict(country if country is not None else {"US": 5_000, "CA": 1_000}),
        interest=dict(interest if interest is not None else {"cooking": 4_500}),
        language=dict(language or {}),
    )
    session.add(snapshot)
    session.flush()
    return snapshot


def make_proof(
    session: Session, *, channel_id: UUID, file_key: str = "a.png", handed_in_at: datetime = MADE_AT
) -> AudienceProof:
    proof = AudienceProof(
        id=new_id(),
        snapshot=make_audience(session, channel_id=channel_id, source=AudienceSource.UPLOAD),
        file_key=file_key,
        file_name="statistics.png",
        content_type="image/png",
        size_bytes=72,
        handed_in_at=handed_in_at,
    )
    session.add(proof)
    session.flush()
    return proof


def make_video(
    session: Session,
    *,
    channel_id: UUID,
    external_id: str = "7000000000000000001",
    views: int = 1_000,
    likes: int = 80,
    comments: int = 15,
    shares: int = 5,
    hashtags: Sequence[str] = (),
    caption: str = "",
    published_at: datetime = MADE_AT,
) -> ChannelVideo:
    video = ChannelVideo(
        channel_id=channel_id,
        external_id=external_id,
        published_at=published_at,
        hashtags=list(hashtags),
        caption=caption,
        duration_seconds=20,
        views=views,
        likes=likes,
        comments=comments,
        shares=shares,
    )
    session.add(video)
    session.flush()
    return video


def make_rate(
    session: Session,
    *,
    creator_id: UUID,
    fee_minor: int = 30_000,
    currency: str = "USD",
    format: str = "video",  # noqa: A002 - the column's name
) -> RateCard:
    card = RateCard(
        id=new_id(),
        creator_id=creator_id,
        format=format,
        fee_minor=fee_minor,
        currency=currency,
    )
    session.add(card)
    session.flush()
    return card


def make_exclusivity(
    session: Session,
    *,
    creator_id: UUID,
    brand_id: UUID,
    category: str = "food",
    starts_on: date = date(2026, 11, 1),
    until_on: date = date(2026, 12, 31),
) -> Exclusivity:
    """That the creator works for this brand alone, as if agreed."""
    promise = Exclusivity(
        collaboration_id=new_id(),
        creator_id=creator_id,
        brand_id=brand_id,
        category=category,
        starts_on=starts_on,
        until_on=until_on,
    )
    session.add(promise)
    session.flush()
    return promise


def object_to(
    session: Session, actor: Actor, subject: Subject, *, words: str = "It is ginger ale."
) -> SubjectObjection:
    """The creator's objection to a subject that is found in their posts."""
    return creators.object_to_subject(
        session, actor=actor, subject=subject, words=words, now=MADE_AT
    )


def make_planned_creator(
    session: Session,
    name: str,
    *,
    views: int,
    fee_minor: int | None,
    user_id: UUID | None = None,
    topics: Sequence[str] = ("cooking",),
    followers: int = 48_000,
) -> Creator:
    """A creator whose audience is known to be aged 18-24 in the United States."""
    creator = make_creator(session, display_name=name, user_id=user_id, topics=topics)
    channel = make_channel(
        session,
        creator_id=creator.id,
        handle=name.lower(),
        median_views=views,
        follower_count=followers,
    )
    make_audience(
        session,
        channel_id=channel.id,
        age={"18-24": 10_000},
        country={"US": 10_000},
        source=AudienceSource.PLATFORM,
        sample_size=3 * 10**8,
    )
    if fee_minor is not None:
        make_rate(session, creator_id=creator.id, fee_minor=fee_minor)
    return creator


def make_planned_market(
    session: Session, *planned: tuple[str, int, int | None], imported: Collection[str] = ()
) -> dict[str, Creator]:
    """Such creators by name, views and fee; all have joined but those who were imported."""
    return {
        name: make_planned_creator(
            session,
            name,
            views=views,
            fee_minor=fee,
            user_id=None if name in imported else make_person(session, name.lower()).id,
        )
        for name, views, fee in planned
    }


def make_co_audience(
    session: Session, creator_id: UUID, other_id: UUID, *, shared: int, sample: int = 2_300
) -> CoAudience:
    """Of the commenters of one creator who were looked at, so many watch another."""
    made = CoAudience(
        creator_id=creator_id,
        other_id=other_id,
        sample=sample,
        shared=shared,
        source=CoAudienceSource.COMMENTERS,
        observed_on=date(2026, 11, 14),
    )
    session.add(made)
    session.flush()
    return made
