"""Creators whose channels are accounts of a sandbox TikTok, and what they paste."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.creators.models import Channel, ChannelState
from marketplace.deliverables.messages import PostPasted
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.notifications.models import Notification
from marketplace.store.outbox import OutboxMessage
from tests.factories.deliverables import channel_for, paste
from tests.gateways.tiktok_sandbox import SandboxTikTok
from workers.runtime import Run

HANDLE = "maya.cooks"


def later(run: Run, **step: float) -> Run:
    return replace(run, now=run.now + timedelta(**step))


def connect(session: Session, creator: Actor, tiktok: SandboxTikTok, *, now: datetime) -> Channel:
    """Give the creator's channel the tokens of a sandbox account."""
    grant = tiktok.connect(HANDLE)
    channel = channel_for(session, creator)
    channel.external_id, channel.handle = grant.external_id, HANDLE
    channel.state = ChannelState.CONNECTED
    channel.access_token, channel.refresh_token = grant.access_token, grant.refresh_token
    channel.access_expires_at = now + timedelta(hours=2)
    session.commit()
    return channel


def pasted(session: Session, owed: Deliverable, bea: Actor, video_id: str, run: Run) -> PostPasted:
    post = paste(session, owed, creator=bea, video_id=video_id, now=run.now)
    session.commit()
    return PostPasted(post_id=post.id)


def the_post(session: Session) -> PublishedPost:
    session.expire_all()
    return session.scalars(select(PublishedPost)).one()


def count(session: Session, name: str) -> int:
    return len(session.scalars(select(OutboxMessage).where(OutboxMessage.name == name)).all())


def told(session: Session, kind: str) -> set[tuple[str, str]]:
    rows = session.scalars(select(Notification).where(Notification.kind == kind))
    return {(row.title, row.path.split("/")[1]) for row in rows}
