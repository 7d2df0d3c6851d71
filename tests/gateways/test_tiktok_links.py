"""Short links are followed a few hops, on TikTok's own hosts, and nowhere else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from marketplace.creators.ports import Failure, FailureKind
from marketplace.gateways import tiktok_links
from marketplace.gateways.tiktok_links import TikTokLinks
from marketplace.metrics.ports import LinkTrouble
from marketplace.metrics.rules.addresses import PostAddress
from marketplace.sandbox.__main__ import QuietHandler

VIDEO = "7345678901234567890"
POST = f"https://www.tiktok.com/@maya.cooks/video/{VIDEO}"


@contextmanager
def site(leads: Mapping[str, str], asked: list[str]) -> Iterator[str]:
    """A site on this machine whose short links lead where it is told."""

    @Request.application
    def answer(request: Request) -> Response:
        asked.append(request.path)
        assert "Cookie" not in request.headers
        to = leads.get(request.path.removeprefix("/t/"))
        if to is None:
            return Response(status=404)
        if to.isdigit():
            return Response(status=int(to))
        return Response(status=302, headers={"Location": to, "Set-Cookie": "a=1"})

    server = make_server("127.0.0.1", 0, answer, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def short(code: str) -> PostAddress:
    return PostAddress("tiktok", code, is_short=True, short_host="vm.tiktok.com")


@pytest.mark.parametrize(
    ("leads", "hops", "found"),
    [
        ({"ZM01": POST + "?_r=1"}, 1, PostAddress("tiktok", VIDEO, "maya.cooks")),
        (
            {
                "ZM01": "https://vm.tiktok.com/ZM02/",
                "ZM02": "https://vt.tiktok.com/ZM03/",
                "ZM03": POST,
            },
            3,
            PostAddress("tiktok", VIDEO, "maya.cooks"),
        ),
        (
            {f"ZM0{n}": f"https://vm.tiktok.com/ZM0{n + 1}/" for n in range(1, 5)},
            3,
            LinkTrouble.ENDLESS,
        ),
        ({"ZM01": "https://vm.tiktok.com/ZM01/"}, 1, LinkTrouble.ENDLESS),
        ({"ZM01": "https://evil.example/@a/video/" + VIDEO}, 1, LinkTrouble.ELSEWHERE),
        ({"ZM01": "https://www.tiktok.com.evil.example/t/ZM02/"}, 1, LinkTrouble.ELSEWHERE),
        ({"ZM01": "http://169.254.169.254/latest"}, 1, LinkTrouble.ELSEWHERE),
        ({"ZM01": "http://127.0.0.1:6379/"}, 1, LinkTrouble.ELSEWHERE),
        ({"ZM01": "https://www.tiktok.com/login?redirect_url=x"}, 1, LinkTrouble.ELSEWHERE),
        ({"ZM01": "https://www.tiktok.com/@maya.cooks"}, 1, LinkTrouble.ELSEWHERE),
        ({"ZM01": "https://youtu.be/Abc_12-xYz9"}, 1, LinkTrouble.ELSEWHERE),
        ({}, 1, LinkTrouble.DEAD),
        ({"ZM01": "200"}, 1, LinkTrouble.DEAD),
    ],
)
def test_a_short_link_leads_to_a_post_or_says_why_not(
    leads: Mapping[str, str], hops: int, found: PostAddress | LinkTrouble
) -> None:
    asked: list[str] = []
    with site(leads, asked) as base:
        assert TikTokLinks(base).follow(short("ZM01")) == found
    assert len(asked) == hops


@pytest.mark.parametrize("status", ["429", "500", "503"])
def test_a_site_in_trouble_is_asked_again_later(status: str) -> None:
    with site({"ZM01": status}, []) as base:
        answer = TikTokLinks(base).follow(short("ZM01"))
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.PROVIDER_UNAVAILABLE


def test_a_site_that_is_not_there_is_asked_again_later() -> None:
    with site({}, []) as base:
        pass
    answer = TikTokLinks(base).follow(short("ZM01"))
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.PROVIDER_UNAVAILABLE


@pytest.mark.parametrize("number", ["10.0.0.7", "127.0.0.1", "169.254.169.254", "::1", "fd00::1"])
def test_a_name_that_stands_for_a_private_address_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    monkeypatch.setattr(
        tiktok_links.socket,
        "getaddrinfo",
        lambda *_args, **_more: [(family, socket.SOCK_STREAM, 6, "", (number, 443))],
    )

    answer = TikTokLinks("https://www.tiktok.com").follow(short("ZM01"))

    assert answer is LinkTrouble.ELSEWHERE


def test_only_https_is_followed() -> None:
    with pytest.raises(ValueError, match="https"):
        TikTokLinks("http://www.tiktok.com")
