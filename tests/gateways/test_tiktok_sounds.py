"""Which sound a video plays: asked of the sandbox, and of sites that answer badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from marketplace.creators.ports import Failure, FailureKind, FailureScope, Ok
from marketplace.gateways.tiktok_sounds import TikTokSounds
from marketplace.sandbox.__main__ import QuietHandler
from tests.gateways.tiktok_sandbox import failed, running_tiktok

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

MUSIC = "https://www.tiktok.com/music/slow-sunday-66247"
LINK = f'<p>words <a href="/tag/a">#a</a></p><a href="{MUSIC}">\u266c Slow  Sunday - The Lanes</a>'


@contextmanager
def site(status: int, body: str) -> Iterator[tuple[TikTokSounds, list[Request]]]:
    """A site on this machine that always answers the same."""
    asked: list[Request] = []

    @Request.application
    def answer(request: Request) -> Response:
        asked.append(request)
        return Response(body, status=status, content_type="application/json")

    server = make_server("127.0.0.1", 0, answer, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield TikTokSounds(f"http://127.0.0.1:{server.server_port}"), asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sound_told(status: int, body: str) -> object:
    with site(status, body) as (sounds, _):
        return sounds.sound_of(handle="maya.cooks", video_id="734")


def test_the_sandbox_names_the_sound_of_a_public_video(tmp_path: Path) -> None:
    with running_tiktok(tmp_path) as sandbox:
        sandbox.connect()
        made = sandbox.publish()
        sounds = TikTokSounds(sandbox.base)

        told = sounds.sound_of(handle="maya.cooks", video_id=made)
        again = sounds.sound_of(handle="maya.cooks", video_id=made)
        of_nobody = sounds.sound_of(handle="theo.trains", video_id=made)

    assert isinstance(told, Ok)
    assert " - " in told.value
    assert "\u266c" not in told.value
    assert again == told
    assert failed(of_nobody) == (FailureKind.NOT_VISIBLE, FailureScope.ITEM)


def test_the_question_names_the_video_and_brings_no_cookie() -> None:
    with site(200, json.dumps({"html": LINK})) as (sounds, asked):
        assert sounds.sound_of(handle="maya.cooks", video_id="734") == Ok("Slow Sunday - The Lanes")
    (request,) = asked
    assert request.path == "/oembed"
    assert request.args.to_dict() == {"url": "https://www.tiktok.com/@maya.cooks/video/734"}
    assert not {"Cookie", "Authorization"} & {name for name, _ in request.headers}


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("", ""),
        ("<p>no link</p>", ""),
        ('<a href="https://www.tiktok.com/@a">@a</a>', ""),
        (f'<a href="{MUSIC}">{"x" * 200}</a>', "x" * 150),
        (f'<a href="{MUSIC}">a &amp; b</a><a href="{MUSIC}">second</a>', "a & b"),
        (f'<a href="{MUSIC}">a\x00b</a>', "a b"),
        (f'<a href="{MUSIC}">never closed', "never closed"),
    ],
)
def test_only_the_first_link_to_a_sound_counts(html: str, name: str) -> None:
    assert sound_told(200, json.dumps({"html": html})) == Ok(name)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, "{}", FailureKind.NOT_VISIBLE),
        (404, "<html>", FailureKind.NOT_VISIBLE),
        (200, "{}", FailureKind.NOT_VISIBLE),
        (200, '{"html": 7}', FailureKind.NOT_VISIBLE),
        (200, "<html>", FailureKind.BAD_RESPONSE),
        (200, "[]", FailureKind.BAD_RESPONSE),
        (302, "", FailureKind.BAD_RESPONSE),
        (429, "", FailureKind.RATE_LIMITED),
        (500, "{}", FailureKind.PROVIDER_UNAVAILABLE),
        (503, "", FailureKind.PROVIDER_UNAVAILABLE),
    ],
)
def test_what_is_no_answer_says_what_kind_of_failure_it_is(
    status: int, body: str, kind: FailureKind
) -> None:
    answer = sound_told(status, body)
    assert isinstance(answer, Failure)
    assert answer.kind is kind


def test_a_site_that_is_not_https_is_refused() -> None:
    with pytest.raises(ValueError, match="https"):
        TikTokSounds("http://tiktok.example")
