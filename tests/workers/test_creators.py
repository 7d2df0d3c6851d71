"""Reading channels again, and renewing their tokens, over real HTTP against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.creators.messages import ChannelReadDue
from marketplace.creators.models import Channel, ChannelState, ChannelVideo
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import skip_ahead, utc_now
from marketplace.store.outbox import OutboxMessage
from tests.factories.creators import make_channel
from tests.gateways.tiktok_sandbox import TOKEN, SandboxTikTok, running_tiktok
from workers import creators as jobs
from workers.runtime import Run, TryLater

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxTikTok]:
    monkeypatch.setenv("FAIRVIEW_CLOCK_FILE", str(tmp_path / "clock"))
    with running_tiktok(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
def channel(sandbox: SandboxTikTok, session: Session, bea: Actor) -> Channel:
    assert bea.creator_id is not None
    grant = sandbox.connect()
    return make_channel(
        session, creator_id=bea.creator_id, external_id=grant.external_id, handle=None,
        median_views=None, access_token=grant.access_token, refresh_token=grant.refresh_token,
        access_expires_at=grant.access_expires_at, read_at=None,
    )  # fmt: skip


def run_at(app: Flask, settings: Settings, sandbox: SandboxTikTok) -> Run:
    gateways = replace(app.extensions["gateways"], tiktok=sandbox.gateway())
    return Run(settings=settings, gateways=gateways, now=utc_now())


def test_reading_a_channel_twice_keeps_its_videos_once(
    app: Flask, settings: Settings, session: Session, sandbox: SandboxTikTok, channel: Channel
) -> None:
    counts = []
    for _ in range(2):
        with app.app_context():
            jobs.refresh_channel(ChannelReadDue(channel.id), run_at(app, settings, sandbox))
        session.expire_all()
        counts.append(session.scalar(select(func.count()).select_from(ChannelVideo)))

    assert counts[0] == counts[1]
    assert (counts[0] or 0) > 0
    assert channel.handle == "maya.cooks"
    assert channel.median_views is not None
    assert channel.read_at is not None


def test_an_old_token_is_renewed_and_stored_before_it_is_used(
    app: Flask, settings: Settings, session: Session, sandbox: SandboxTikTok, channel: Channel
) -> None:
    old = channel.refresh_token
    skip_ahead(timedelta(hours=3))

    with app.app_context():
        token = jobs.access_token(channel.id, run_at(app, settings, sandbox))

    session.expire_all()
    assert token == channel.access_token
    assert channel.refresh_token != old
    assert channel.renewal_until is None
    assert channel.state is ChannelState.CONNECTED


def test_a_withdrawn_grant_asks_the_creator_and_is_not_asked_again(
    app: Flask, settings: Settings, session: Session, sandbox: SandboxTikTok, channel: Channel
) -> None:
    sandbox.control("accounts/maya.cooks/revoke")
    skip_ahead(timedelta(hours=3))
    for _ in range(2):
        with app.app_context():
            jobs.refresh_channel(ChannelReadDue(channel.id), run_at(app, settings, sandbox))

    session.expire_all()
    assert channel.state is ChannelState.NEEDS_RECONNECT
    assert len(sandbox.calls(TOKEN)) == 2  # the connection, one renewal


def test_while_tiktok_is_away_the_job_comes_back_later(
    app: Flask, settings: Settings, session: Session, sandbox: SandboxTikTok, channel: Channel
) -> None:
    sandbox.script("/v2/user/info/", status=503)

    with app.app_context(), pytest.raises(TryLater):
        jobs.refresh_channel(ChannelReadDue(channel.id), run_at(app, settings, sandbox))

    session.expire_all()
    assert (channel.state, channel.read_at) == (ChannelState.CONNECTED, None)


def test_the_sweep_rings_for_channels_whose_figures_are_old(
    app: Flask, settings: Settings, session: Session, sandbox: SandboxTikTok, channel: Channel
) -> None:
    with app.app_context():
        jobs.sweep_channels(run_at(app, settings, sandbox))

    bodies = session.scalars(
        select(OutboxMessage.body).where(OutboxMessage.name == "ChannelReadDue")
    ).all()
    assert bodies == [{"channel_id": str(channel.id)}]
