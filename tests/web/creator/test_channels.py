"""A creator connects TikTok over real HTTP against the sandbox, with all that can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators.models import Channel, ChannelState, ChannelVideo
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import skip_ahead
from tests.conftest import sign_in
from tests.factories.creators import make_channel
from tests.gateways.tiktok_sandbox import LIST, TOKEN, SandboxTikTok, running_tiktok

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CALLBACK = "/creator/channels/tiktok/callback"


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[SandboxTikTok]:
    """A sandbox that the product talks to, with a clock that both share."""
    monkeypatch.setenv("FAIRVIEW_CLOCK_FILE", str(tmp_path / "clock"))
    before = app.extensions["gateways"]
    with running_tiktok(tmp_path) as sandbox:
        app.extensions["gateways"] = replace(before, tiktok=sandbox.gateway())
        yield sandbox
    app.extensions["gateways"] = before


@pytest.fixture
def as_bea(client: FlaskClient, bea: Actor) -> FlaskClient:
    sign_in(client, bea)
    return client


def consent(
    client: FlaskClient, sandbox: SandboxTikTok, answer: str = "allow", **form: object
) -> str:
    """Walk to the consent page and press a button; return where it leads back to."""
    away = client.get("/creator/channels/tiktok/connect")
    assert away.status_code == 303
    back = sandbox.browser.post(
        away.location, data={"answer": answer, "handle": "maya.cooks", **form}
    )
    assert back.status_code == 303, back.text
    address = urlsplit(back.headers["Location"])
    assert address.path == CALLBACK
    return f"{address.path}?{address.query}"


def channel_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Channel)) or 0


def test_without_a_channel_the_page_leads_to_tiktok(as_bea: FlaskClient) -> None:
    page = as_bea.get("/creator/channels")

    assert "No channel is connected" in page.text
    assert "/creator/channels/tiktok/connect" in page.text


def test_consent_connects_the_channel_with_its_figures(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session, bea: Actor
) -> None:
    answer = as_bea.get(consent(as_bea, sandbox))
    page = as_bea.get(answer.location)

    assert (answer.status_code, answer.location) == (303, "/creator/channels")
    assert "@maya.cooks is connected." in page.text
    assert bea.creator_id is not None
    channel = queries.channel_of(session, creator_id=bea.creator_id)
    assert channel is not None
    assert (channel.state, channel.handle) == (ChannelState.CONNECTED, "maya.cooks")
    assert channel.follower_count is not None
    assert channel.median_views is not None
    assert (session.scalar(select(func.count()).select_from(ChannelVideo)) or 0) > 0
    assert channel.access_token is not None
    assert channel.access_token not in page.text


def test_a_denied_consent_connects_nothing(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session
) -> None:
    answer = as_bea.get(consent(as_bea, sandbox, "deny"))

    assert "You did not allow it, so nothing was connected." in as_bea.get(answer.location).text
    assert channel_count(session) == 0


def test_a_wrong_state_is_refused_before_tiktok_is_asked(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session
) -> None:
    query = parse_qs(urlsplit(consent(as_bea, sandbox)).query)

    for state in ("", "invented"):
        answer = as_bea.get(f"{CALLBACK}?state={state}&code={query['code'][0]}")
        assert answer.status_code == 409
        assert "does not belong to a connection that was started here" in answer.text
    assert sandbox.calls(TOKEN) == []
    assert channel_count(session) == 0


def test_the_same_answer_twice_is_refused(as_bea: FlaskClient, sandbox: SandboxTikTok) -> None:
    back = consent(as_bea, sandbox)
    as_bea.get(back)

    answer = as_bea.get(back)

    assert answer.status_code == 409
    assert "This answer was used already" in answer.text
    assert len(sandbox.calls(TOKEN)) == 1


def test_another_persons_answer_is_refused(
    as_bea: FlaskClient, sandbox: SandboxTikTok, carl: Actor, session: Session
) -> None:
    back = consent(as_bea, sandbox)
    sign_in(as_bea, carl)

    answer = as_bea.get(back)

    assert answer.status_code == 409
    assert "Somebody else started this connection." in answer.text
    assert channel_count(session) == 0


def test_ten_minutes_later_the_answer_is_too_old(
    as_bea: FlaskClient, sandbox: SandboxTikTok
) -> None:
    back = consent(as_bea, sandbox)
    skip_ahead(timedelta(minutes=10))

    answer = as_bea.get(back)

    assert answer.status_code == 409
    assert "More than ten minutes passed since you started connecting." in answer.text


def test_an_expired_code_is_said_in_plain_words(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session
) -> None:
    back = consent(as_bea, sandbox)
    spoilt = back.replace("code=", "code=not")

    answer = as_bea.get(spoilt)

    assert answer.status_code == 409
    assert "TikTok says that its answer was used already or is too old." in answer.text
    assert channel_count(session) == 0


def test_too_few_scopes_connect_nothing_and_are_given_back(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session
) -> None:
    answer = as_bea.get(consent(as_bea, sandbox, "allow_part", scope=[]))

    assert answer.status_code == 409
    assert "leave both switched on" in answer.text
    assert channel_count(session) == 0
    assert len(sandbox.calls("/v2/oauth/revoke/")) == 1


def test_without_leave_for_counts_the_channel_is_connected_and_says_so(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session
) -> None:
    answer = as_bea.get(consent(as_bea, sandbox, "allow_part", scope=["video.list"]))

    page = as_bea.get(answer.location).text
    assert "Your channel is connected." in page
    assert "not allowed to be read" in page
    assert session.scalars(select(Channel.follower_count)).one() is None


def test_an_account_of_another_creator_is_refused_and_given_back(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session, carl: Actor
) -> None:
    as_bea.get(consent(as_bea, sandbox))
    sign_in(as_bea, carl)

    answer = as_bea.get(consent(as_bea, sandbox))

    assert answer.status_code == 409
    assert "connected to another creator on Fairview" in answer.text
    assert channel_count(session) == 1


def test_another_account_than_before_is_refused(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session
) -> None:
    as_bea.get(consent(as_bea, sandbox))

    answer = as_bea.get(consent(as_bea, sandbox, handle="other.one"))

    assert answer.status_code == 409
    assert "You connected @maya.cooks before" in answer.text
    assert channel_count(session) == 1


def test_when_tiktok_is_down_nothing_is_connected(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session
) -> None:
    back = consent(as_bea, sandbox)
    sandbox.script(TOKEN, status=503)

    answer = as_bea.get(back)

    assert answer.status_code == 409
    assert "TikTok could not be reached, so nothing was connected." in answer.text
    assert channel_count(session) == 0


def test_videos_that_cannot_be_read_do_not_stop_the_connection(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session
) -> None:
    back = consent(as_bea, sandbox)
    sandbox.script(LIST, status=503)

    assert as_bea.get(back).status_code == 303
    assert session.scalars(select(Channel.median_views)).one() is None


def test_disconnecting_deletes_the_figures_and_tells_tiktok(
    as_bea: FlaskClient, sandbox: SandboxTikTok, session: Session, carl: Actor
) -> None:
    as_bea.get(consent(as_bea, sandbox))
    channel_id = session.scalars(select(Channel.id)).one()

    answer = as_bea.post(f"/creator/channels/{channel_id}/disconnect")

    assert "The channel is disconnected" in as_bea.get(answer.location).text
    assert len(sandbox.calls("/v2/oauth/revoke/")) == 1
    session.expire_all()
    channel = session.get_one(Channel, channel_id)
    assert (channel.state, channel.access_token) == (ChannelState.DISCONNECTED, None)
    sign_in(as_bea, carl)
    for act in ("disconnect", "read"):
        assert as_bea.post(f"/creator/channels/{channel_id}/{act}").status_code == 404


def test_a_channel_that_needs_it_offers_to_connect_again(
    as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id, state=ChannelState.NEEDS_RECONNECT)

    page = as_bea.get("/creator/channels")

    assert "TikTok no longer lets us read this channel" in page.text
    assert "Connect again" in page.text


def test_only_creators_have_channels(client: FlaskClient, alice: Actor) -> None:
    sign_in(client, alice)

    assert client.get("/creator/channels").status_code == 403
    assert client.get(f"{CALLBACK}?state=x&code=y").status_code == 403
