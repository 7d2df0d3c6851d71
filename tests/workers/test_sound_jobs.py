"""Asking for the sounds of new videos, over real HTTP against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.creators.messages import ChannelReadDue
from marketplace.creators.models import Channel, ChannelState, ChannelVideo
from marketplace.gateways.tiktok_sounds import TikTokSounds
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from tests.factories.creators import make_channel
from tests.gateways.tiktok_sandbox import SandboxTikTok, running_tiktok
from workers import creators as jobs
from workers.runtime import Run

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxTikTok]:
    monkeypatch.setenv("FAIRVIEW_CLOCK_FILE", str(tmp_path / "clock"))
    with running_tiktok(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
def run(app: Flask, settings: Settings, sandbox: SandboxTikTok) -> Run:
    sounds = TikTokSounds(sandbox.base)
    gateways = replace(app.extensions["gateways"], tiktok=sandbox.gateway(), tiktok_sounds=sounds)
    return Run(settings=settings, gateways=gateways, now=utc_now())


@pytest.fixture
def channel(app: Flask, sandbox: SandboxTikTok, session: Session, bea: Actor, run: Run) -> Channel:
    assert bea.creator_id is not None
    grant = sandbox.connect()
    made = make_channel(
        session, creator_id=bea.creator_id, external_id=grant.external_id, handle=None,
        median_views=None, access_token=grant.access_token, refresh_token=grant.refresh_token,
        access_expires_at=grant.access_expires_at, read_at=None,
    )  # fmt: skip
    with app.app_context():
        jobs.refresh_channel(ChannelReadDue(made.id), run)
    session.expire_all()
    return made


def sounds_of(session: Session, *, newer_than: timedelta = timedelta(days=28)) -> set[str | None]:
    session.expire_all()
    since = utc_now() - newer_than
    newer = ChannelVideo.published_at >= since
    return set(session.scalars(select(ChannelVideo.sound).where(newer)))


def turn(app: Flask, run: Run) -> None:
    with app.app_context():
        jobs.read_sounds(run)


def asked(sandbox: SandboxTikTok) -> int:
    return len(sandbox.calls("/oembed"))


def test_new_videos_get_their_sound_and_are_asked_for_once(
    app: Flask, session: Session, sandbox: SandboxTikTok, channel: Channel, run: Run
) -> None:
    assert sounds_of(session) == {None}

    turn(app, run)
    found, first = sounds_of(session), asked(sandbox)
    turn(app, run)

    assert None not in found
    assert all(sound and " - " in sound for sound in found)
    assert asked(sandbox) == first > 0
    old = ChannelVideo.published_at < utc_now() - timedelta(days=29)
    assert set(session.scalars(select(ChannelVideo.sound).where(old))) == {None}


def test_reading_a_channel_again_keeps_the_sounds(
    app: Flask, session: Session, channel: Channel, run: Run
) -> None:
    turn(app, run)
    found = sounds_of(session)

    with app.app_context():
        jobs.refresh_channel(ChannelReadDue(channel.id), run)

    assert sounds_of(session) == found


def test_a_video_that_is_not_shown_has_no_sound(
    app: Flask, session: Session, sandbox: SandboxTikTok, channel: Channel, run: Run
) -> None:
    channel.handle = "theo.trains"
    session.flush()

    turn(app, run)

    assert sounds_of(session) == {""}


def test_a_platform_in_trouble_ends_the_turn_and_the_next_one_goes_on(
    app: Flask, session: Session, sandbox: SandboxTikTok, channel: Channel, run: Run
) -> None:
    sandbox.script("/oembed", status=429)

    turn(app, run)
    assert sounds_of(session) == {None}
    turn(app, run)

    assert None not in sounds_of(session)


@pytest.mark.parametrize("state", [ChannelState.LISTED, ChannelState.NEEDS_RECONNECT])
def test_only_videos_of_connected_channels_are_asked_for(
    app: Flask,
    session: Session,
    sandbox: SandboxTikTok,
    channel: Channel,
    run: Run,
    state: ChannelState,
) -> None:
    channel.state = state
    session.flush()

    turn(app, run)

    assert asked(sandbox) == 0
