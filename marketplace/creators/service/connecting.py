"""Connecting a channel by a platform's consent page, and keeping its tokens good."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from marketplace.creators import queries
from marketplace.creators.messages import ChannelConnected
from marketplace.creators.models import (
    Channel,
    ChannelState,
    ChannelVideo,
    ConnectRequest,
    Creator,
    Platform,
)
from marketplace.creators.ports import ChannelAccount, Failure, FailureKind, TokenGrant
from marketplace.creators.rules import (
    CONNECT_LIFE,
    RENEWAL_LEASE,
    TOKEN_MARGIN,
    ConnectFault,
    ConnectRefused,
    granted_problem,
)
from marketplace.creators.service.profile import own_creator
from marketplace.creators.service.reading import write_account
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.ids import new_id
from marketplace.notifications import service as notifications
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


class AccessKind(StrEnum):
    """What to do before a channel can be read."""

    READY = "ready"
    RENEW = "renew"
    """The caller has the lease: renew the tokens now, and record how it went."""
    BUSY = "busy"
    """Somebody else is renewing them: come back in a moment."""
    NONE = "none"
    """The channel cannot be read until its creator connects it again."""


@dataclass(frozen=True, slots=True)
class Access:
    """The way to a channel's figures.

    token: the access token when READY, the refresh token when RENEW, empty otherwise.
    """

    kind: AccessKind
    token: str = field(default="", repr=False)


def start_connect(session: Session, *, actor: Actor, platform: Platform, now: datetime) -> str:
    """Begin a walk to a platform's consent page and return its state: a secret, good once.

    Walks of the same creator that have ended are forgotten. Raises NotPermitted.
    """
    creator_id = own_creator(actor, "connect a channel")
    session.execute(
        delete(ConnectRequest).where(
            ConnectRequest.creator_id == creator_id, ConnectRequest.expires_at <= now
        )
    )
    state = token_urlsafe(32)
    session.add(
        ConnectRequest(
            state_hash=_hash(state),
            creator_id=creator_id,
            platform=platform,
            expires_at=now + CONNECT_LIFE,
        )
    )
    return state


def take_connect(
    session: Session, *, actor: Actor, platform: Platform, state: str, now: datetime
) -> None:
    """Use up the state that came back from a consent page.

    Raises ConnectRefused when it is not ours, used, too old or another person's; NotPermitted.
    """
    creator_id = own_creator(actor, "connect a channel")
    request = session.scalar(
        select(ConnectRequest)
        .where(ConnectRequest.state_hash == _hash(state), ConnectRequest.platform == platform)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise ConnectRefused(ConnectFault.UNKNOWN)
    if request.creator_id != creator_id:
        raise ConnectRefused(ConnectFault.OTHER_PERSON)
    if request.used_at is not None:
        raise ConnectRefused(ConnectFault.USED)
    if request.expires_at <= now:
        raise ConnectRefused(ConnectFault.EXPIRED)
    request.used_at = now


def finish_connect(
    session: Session,
    *,
    actor: Actor,
    platform: Platform,
    grant: TokenGrant,
    account: ChannelAccount,
    now: datetime,
) -> Channel:
    """Record a channel as the actor's own, with its tokens and figures.

    Connecting the same account again renews it. Raises Conflict, with a sentence for the person,
    when too little was granted, when the account is another creator's here, and when the actor has
    another account of this platform connected; NotPermitted.
    """
    creator_id = own_creator(actor, "connect a channel")
    lock_row(session, Creator, creator_id)  # one connect at a time for each creator
    if (problem := granted_problem(grant.scopes)) is not None:
        raise Conflict(problem)
    _same_account(session, creator_id=creator_id, platform=platform, account=account)
    _adopt_listed(session, creator_id=creator_id, platform=platform, account=account)
    session.execute(
        insert(Channel)
        .values(
            id=new_id(),
            creator_id=creator_id,
            platform=platform,
            external_id=grant.external_id,
            state=ChannelState.CONNECTED,
            is_main=False,
            top_hashtags=[],
            scopes=[],
        )
        .on_conflict_do_nothing(index_elements=[Channel.platform, Channel.external_id])
    )
    channel = session.scalar(
        select(Channel)
        .where(Channel.platform == platform, Channel.external_id == grant.external_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if channel is None:
        raise NotFound("channel")
    if channel.creator_id != creator_id:
        raise Conflict("This TikTok account is connected to another creator on Fairview")
    channel.state = ChannelState.CONNECTED
    channel.connected_at = now
    channel.scopes = sorted(grant.scopes)
    _write_tokens(channel, grant)
    write_account(channel, account)
    main = queries.channel_of(session, creator_id=creator_id)
    if main is not None and main.state is ChannelState.LISTED:
        main.is_main = False
        session.flush()  # the index of main channels must let go of that one first
        main = None
    if main is None:
        channel.is_main = True
    post(session, ChannelConnected(channel_id=channel.id))
    return channel


def disconnect(session: Session, *, actor: Actor, channel_id: UUID) -> str | None:
    """Forget a channel's tokens, videos and figures at once; a second time changes nothing.

    Returns the access token, for the caller to tell the platform; None when there is none left.
    What was agreed for the channel stays. Raises NotFound for another creator's.
    """
    creator_id = own_creator(actor, "disconnect this channel")
    channel = lock_row(session, Channel, channel_id)
    if channel.creator_id != creator_id:
        raise NotFound("channel")
    token = channel.access_token
    channel.state = ChannelState.DISCONNECTED
    channel.is_main = False
    _forget_tokens(channel)
    channel.follower_count = channel.like_count = channel.video_count = None
    channel.median_views = channel.engagement_rate_bps = None
    channel.top_hashtags = []
    channel.top_keys = []
    channel.subjects = []
    session.execute(delete(ChannelVideo).where(ChannelVideo.channel_id == channel.id))
    session.flush()  # the index of main channels must let go of this one first
    other = session.scalar(
        select(Channel)
        .where(Channel.creator_id == creator_id, Channel.state != ChannelState.DISCONNECTED)
        .order_by(Channel.connected_at.desc().nulls_last(), Channel.id)
        .limit(1)
    )
    if other is not None:
        other.is_main = True
    return token


def claim_access(session: Session, *, channel_id: UUID, now: datetime) -> Access:
    """Return the way to a channel's figures, under a lock on its row.

    When the access token is near its end one caller gets the lease to renew it, the others are
    BUSY until that is recorded or the lease runs out. Raises NotFound.
    """
    channel = lock_row(session, Channel, channel_id)
    if channel.state is not ChannelState.CONNECTED or channel.refresh_token is None:
        return Access(AccessKind.NONE)
    expires_at = channel.access_expires_at
    if channel.access_token and expires_at is not None and expires_at - TOKEN_MARGIN > now:
        return Access(AccessKind.READY, channel.access_token)
    if channel.renewal_until is not None and channel.renewal_until > now:
        return Access(AccessKind.BUSY)
    channel.renewal_until = now + RENEWAL_LEASE
    return Access(AccessKind.RENEW, channel.refresh_token)


def record_renewal(session: Session, *, channel_id: UUID, grant: TokenGrant) -> None:
    """Keep the new pair of tokens and give the lease back; before anybody uses them."""
    channel = lock_row(session, Channel, channel_id)
    if channel.state is ChannelState.CONNECTED:
        channel.scopes = sorted(grant.scopes)
        _write_tokens(channel, grant)


def record_refusal(session: Session, *, channel_id: UUID, failure: Failure, now: datetime) -> None:
    """Record that a platform did not answer as hoped.

    A dead grant needs its creator, whom we tell; an access token that was refused is renewed the
    next time; anything else only gives the lease back.
    """
    if failure.kind in {FailureKind.AUTH_REVOKED, FailureKind.SCOPE_MISSING}:
        needs_reconnect(session, channel_id=channel_id, now=now)
        return
    channel = lock_row(session, Channel, channel_id)
    channel.renewal_until = None
    if failure.kind is FailureKind.AUTH_EXPIRED:
        channel.access_expires_at = now


def needs_reconnect(session: Session, *, channel_id: UUID, now: datetime) -> None:
    """Stop reading a channel and ask its creator to connect it again; twice is once."""
    channel = lock_row(session, Channel, channel_id)
    if channel.state is not ChannelState.CONNECTED:
        return
    channel.state = ChannelState.NEEDS_RECONNECT
    _forget_tokens(channel)
    user_id = queries.user_id_of(session, channel.creator_id)
    if user_id is not None:
        notifications.tell(
            session,
            user_id=user_id,
            kind="channel_needs_reconnect",
            title="Please connect your TikTok channel again",
            text="TikTok no longer lets us read your channel, so your figures and the views of "
            "your posts stand still. Connecting it again takes a minute.",
            path="/creator/channels",
            now=now,
        )


def _same_account(
    session: Session, *, creator_id: UUID, platform: Platform, account: ChannelAccount
) -> None:
    present = session.scalar(
        select(Channel).where(
            Channel.creator_id == creator_id,
            Channel.platform == platform,
            Channel.state.in_([ChannelState.CONNECTED, ChannelState.NEEDS_RECONNECT]),
            Channel.external_id != account.external_id,
        )
    )
    if present is not None:
        before = f"@{present.handle}" if present.handle else "another account"
        now_shown = f"@{account.handle}" if account.handle else "a different one"
        raise Conflict(
            f"You connected {before} before, and TikTok is signed in as {now_shown} now. "
            f"Sign in to TikTok as {before}, or disconnect that channel first"
        )


def _adopt_listed(
    session: Session, *, creator_id: UUID, platform: Platform, account: ChannelAccount
) -> None:
    """Let the creator's listed channel of this handle become the account that was shown."""
    if account.handle is None:
        return
    known = aliased(Channel)
    session.execute(
        update(Channel)
        .where(
            Channel.creator_id == creator_id,
            Channel.platform == platform,
            Channel.state == ChannelState.LISTED,
            func.lower(Channel.handle) == account.handle.lower(),
            ~exists().where(known.platform == platform, known.external_id == account.external_id),
        )
        .values(external_id=account.external_id)
    )


def _write_tokens(channel: Channel, grant: TokenGrant) -> None:
    channel.access_token = grant.access_token
    channel.refresh_token = grant.refresh_token
    channel.access_expires_at = grant.access_expires_at
    channel.refresh_expires_at = grant.refresh_expires_at
    channel.renewal_until = None


def _forget_tokens(channel: Channel) -> None:
    channel.access_token = channel.refresh_token = None
    channel.access_expires_at = channel.refresh_expires_at = channel.renewal_until = None
    channel.scopes = []


def _hash(state: str) -> str:
    return sha256(state.encode()).hexdigest()
