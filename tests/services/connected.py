"""A creator whose channel is connected, and what the platform says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.creators import service as creators
from marketplace.creators.models import (
    Channel,
    Platform,
)
from marketplace.creators.ports import (
    ChannelAccount,
    TokenGrant,
    VideoFacts,
)
from marketplace.kernel.actor import Actor
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON

T = Platform.TIKTOK
GRANT = TokenGrant(
    external_id="open-1",
    scopes=frozenset({"user.info.basic", "user.info.profile", "user.info.stats", "video.list"}),
    access_expires_at=NOON + timedelta(hours=2),
    refresh_expires_at=NOON + timedelta(days=180),
    access_token="act.new",
    refresh_token="rft.new",
)
ACCOUNT = ChannelAccount(
    external_id="open-1",
    handle="bea.cooks",
    display_name="Bea",
    follower_count=48_210,
    like_count=901_233,
    video_count=214,
    read_at=NOON,
)


def video(number: int, **changes: object) -> VideoFacts:
    facts = VideoFacts(
        external_id=f"70000000000000000{number:02}",
        address=None,
        description="Soup #soup #fyp",
        published_at=NOON - timedelta(days=number),
        duration_seconds=20,
        views=1_000 * number,
        likes=100,
        comments=10,
        shares=1,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # fields by name


def connect(session: Session, actor: Actor, grant: TokenGrant = GRANT) -> Channel:
    channel = creators.finish_connect(
        session,
        actor=actor,
        platform=T,
        grant=grant,
        account=replace(ACCOUNT, external_id=grant.external_id),
        now=NOON,
    )
    session.flush()
    return channel


def posted(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))
