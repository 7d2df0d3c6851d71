"""Keep what is known of channels fresh, and their tokens good."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.messages import ChannelConnected, ChannelReadDue
from marketplace.creators.ports import Failure, FailureKind
from marketplace.creators.service import AccessKind
from marketplace.store.outbox import post
from marketplace.store.session import reading, transaction
from workers.runtime import Run, TryLater
from workers.sweeping import each_alone

SOUNDS_ASKED: Final = 100
"""So many sounds are asked for in a turn: a second each at most, one after the other."""
SOUND_AGE: Final = timedelta(days=28)
"""Older videos are part of no trend."""
VIDEOS_READ: Final = 50
"""How many of the last videos stand for a channel."""

PASSING: Final = frozenset(
    {
        FailureKind.RATE_LIMITED,
        FailureKind.PROVIDER_UNAVAILABLE,
        FailureKind.BAD_RESPONSE,
        FailureKind.AUTH_EXPIRED,
    }
)
"""Failures after which the same question may well be answered."""


def refresh_channel(message: ChannelConnected | ChannelReadDue, run: Run) -> None:
    """Read a channel's account and last videos; nothing when it cannot be read any more."""
    channel_id = message.channel_id
    token = access_token(channel_id, run)
    if token is None:
        return
    account = run.gateways.tiktok.account(token)
    if isinstance(account, Failure):
        _refused(channel_id, account, run)
        return
    videos = run.gateways.tiktok.videos(token, VIDEOS_READ)
    with transaction() as session:
        creators.record_account(session, channel_id=channel_id, account=account.value)
        if not isinstance(videos, Failure):
            creators.record_videos(session, channel_id=channel_id, videos=videos.value)
    if isinstance(videos, Failure):
        _refused(channel_id, videos, run)


def access_token(channel_id: UUID, run: Run) -> str | None:
    """Return a token that is good for some minutes, renewed first when need be.

    None when only the creator can mend it. The new pair is stored before anybody uses it. Raises
    TryLater while somebody else renews it and while the platform is not there.
    """
    with transaction() as session:
        access = creators.claim_access(session, channel_id=channel_id, now=run.now)
    if access.kind is AccessKind.READY:
        return access.token
    if access.kind is AccessKind.BUSY:
        raise TryLater("another job is renewing the channel's tokens")
    if access.kind is AccessKind.NONE:
        return None
    grant = run.gateways.tiktok.refresh(access.token)
    if isinstance(grant, Failure):
        _refused(channel_id, grant, run)
        return None
    with transaction() as session:
        creators.record_renewal(session, channel_id=channel_id, grant=grant.value)
    return grant.value.access_token


def sweep_channels(run: Run) -> None:
    """Ring for every connected channel whose figures are old."""
    with reading() as session:
        due = queries.due_for_reading(session, now=run.now)
    if due:
        with transaction() as session:
            for channel_id in due:
                post(session, ChannelReadDue(channel_id=channel_id))


def read_sounds(run: Run) -> None:
    """Ask which sounds the new videos of connected channels play; the next turn goes on."""
    with reading() as session:
        waiting = [
            (handle, video.channel_id, video.external_id)
            for handle, video in queries.videos_without_sound(
                session, since=run.now - SOUND_AGE, limit=SOUNDS_ASKED
            )
        ]
    with each_alone() as each:
        for handle, channel_id, external_id in waiting:
            with each(external_id):
                answer = run.gateways.tiktok_sounds.sound_of(handle=handle, video_id=external_id)
                if isinstance(answer, Failure) and answer.kind is not FailureKind.NOT_VISIBLE:
                    return
                sound = "" if isinstance(answer, Failure) else answer.value
                with transaction() as session:
                    creators.record_sound(
                        session, channel_id=channel_id, external_id=external_id, sound=sound
                    )


def _refused(channel_id: UUID, failure: Failure, run: Run) -> None:
    """Keep what a failure means for the channel; raise TryLater when asking again may help."""
    with transaction() as session:
        creators.record_refusal(session, channel_id=channel_id, failure=failure, now=run.now)
    if failure.kind in PASSING:
        raise TryLater(f"the platform answered {failure.kind}")
