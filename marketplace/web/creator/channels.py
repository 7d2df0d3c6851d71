"""Which channels may Fairview read? Connecting one by TikTok's consent page, and ending it."""

from __future__ import annotations

from typing import Final, TypeVar
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import Channel, Platform
from marketplace.creators.ports import (
    ChannelSource,
    Failure,
    FailureKind,
    Result,
    TokenGrant,
)
from marketplace.creators.rules import granted_problem
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, MarketplaceError
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.audiences import shown
from marketplace.web.creator.blueprint import bp

T = TypeVar("T")

FIRST_VIDEOS: Final = 20
"""Read at once, so that the page has figures; the job reads more."""

FAILURES: Final = {
    FailureKind.AUTH_REVOKED: "TikTok says that its answer was used already or is too old. "
    "Connect again",
    FailureKind.RATE_LIMITED: "TikTok is answering too many questions just now. "
    "Wait a few minutes and connect again",
    FailureKind.PROVIDER_UNAVAILABLE: "TikTok could not be reached, so nothing was connected. "
    "Try again in a few minutes",
    FailureKind.SCOPE_MISSING: "TikTok did not give us leave to see your profile and your videos. "
    "Connect again and leave both switched on",
}
OTHER_FAILURE: Final = (
    "TikTok answered something we could not use, so nothing was connected. "
    "Try again; if it stays, tell us"
)


@bp.get("/channels")
def channels() -> ResponseReturnValue:
    """Which channels may be read, and what is known of them?"""
    with reading() as session:
        mine = queries.channels_of(session, creator_id=access.creator_id())
        main = queries.channel_of(session, creator_id=access.creator_id())
        known = None if main is None else queries.latest_audience(session, channel_id=main.id)
        return render_template(
            "creator/channels_list.html",
            channels=mine,
            main=main,
            audience=None if known is None else shown(known, now=utc_now(), whose="Your"),
            videos=[] if main is None else queries.videos_of(session, channel_id=main.id, limit=5),
            known_videos=0 if main is None else queries.video_count(session, channel_id=main.id),
        )


@bp.get("/channels/tiktok/connect")
def connect_tiktok() -> ResponseReturnValue:
    """Go to TikTok's consent page. A plain link, as a form may only lead to this site."""
    with transaction() as session:
        state = creators.start_connect(
            session, actor=access.actor(), platform=Platform.TIKTOK, now=utc_now()
        )
    return redirect(_source().authorize_url(state, _callback_address()), 303)


@bp.get("/channels/tiktok/callback")
def tiktok_callback() -> ResponseReturnValue:
    """Take what TikTok's consent page sent back: check it, ask TikTok, keep the answer."""
    now = utc_now()
    with transaction() as session:
        creators.take_connect(
            session,
            actor=access.actor(),
            platform=Platform.TIKTOK,
            state=request.args.get("state", ""),
            now=now,
        )
    if request.args.get("error"):
        flash(_denied(request.args["error"]), "warning")
        return redirect(url_for("creator.channels"), 303)
    if not request.args.get("code"):
        raise Conflict(OTHER_FAILURE)
    grant = _value(_source().exchange_code(request.args["code"], _callback_address()))
    try:
        channel = _kept(grant)
    except MarketplaceError:
        _source().revoke(grant.access_token)  # what we did not keep, we do not hold on to
        raise
    flash(f"{_name(channel)} is connected. Brands can see its figures now.", "success")
    return redirect(url_for("creator.channels"), 303)


@bp.post("/channels/<uuid:channel_id>/disconnect")
def disconnect_channel(channel_id: UUID) -> ResponseReturnValue:
    """Stop reading a channel and forget its figures."""
    with transaction() as session:
        token = creators.disconnect(session, actor=access.actor(), channel_id=channel_id)
    if token is not None:
        _source().revoke(token)  # ours is deleted, whatever TikTok answers
    flash("The channel is disconnected; its figures and videos are deleted here.", "success")
    return redirect(url_for("creator.channels"), 303)


@bp.post("/channels/<uuid:channel_id>/read")
def read_channel(channel_id: UUID) -> ResponseReturnValue:
    """Ask for the channel to be read again soon."""
    with transaction() as session:
        creators.ask_reading(session, actor=access.actor(), channel_id=channel_id)
    flash("The channel will be read again in a moment.", "success")
    return redirect(url_for("creator.channels"), 303)


def _kept(grant: TokenGrant) -> Channel:
    """Ask TikTok who this is, and keep the channel with its first figures."""
    if (problem := granted_problem(grant.scopes)) is not None:
        raise Conflict(problem)
    account = _value(_source().account(grant.access_token))
    videos = _source().videos(grant.access_token, FIRST_VIDEOS)
    with transaction() as session:
        channel = creators.finish_connect(
            session,
            actor=access.actor(),
            platform=Platform.TIKTOK,
            grant=grant,
            account=account,
            now=utc_now(),
        )
        if not isinstance(videos, Failure):
            session.flush()  # the videos' rows point at the channel's
            creators.record_videos(session, channel_id=channel.id, videos=videos.value)
    return channel


def _source() -> ChannelSource:
    source: ChannelSource = access.gateways().tiktok
    return source


def _callback_address() -> str:
    base: str = current_app.extensions["settings"].base_url
    return base + url_for("creator.tiktok_callback")


def _value(answer: Result[T]) -> T:
    """What TikTok answered; its failures become a sentence for the person."""
    if isinstance(answer, Failure):
        raise Conflict(FAILURES.get(answer.kind, OTHER_FAILURE))
    return answer.value


def _denied(error: str) -> str:
    if error == "access_denied":
        return (
            "You did not allow it, so nothing was connected. Without a channel brands cannot see "
            "your figures; you can connect one at any time."
        )
    return f"{OTHER_FAILURE}."


def _name(channel: Channel) -> str:
    return f"@{channel.handle}" if channel.handle else "Your channel"
