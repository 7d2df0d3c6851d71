"""Following TikTok's short links: by hand, a few hops, and never off TikTok's own hosts."""

from __future__ import annotations

import socket
import time
from ipaddress import ip_address
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from marketplace.creators.ports import Failure, FailureKind, FailureScope
from marketplace.gateways.guard import no_transaction_open
from marketplace.gateways.tiktok_http import USER_AGENT, checked_base
from marketplace.kernel.errors import InvalidInput
from marketplace.metrics.ports import LinkTrouble, ShortLinks
from marketplace.metrics.rules.addresses import PostAddress, is_on_tiktok, parse_post_address

MOST_HOPS: Final = 3
WHOLE_SECONDS: Final = 3.0


class TikTokLinks(ShortLinks):
    """Asks where a short link leads. No body is read, no cookie is sent, nothing is kept.

    base: the site whose links are followed: TikTok's own, or the sandbox's on this machine, which
    stands in for all of TikTok's hosts.
    """

    def __init__(self, base: str) -> None:
        """Talk to nobody yet. Raises ValueError for a base that is not https."""
        self._base = checked_base(base)
        self._is_sandbox = urlsplit(base).scheme == "http"

    def follow(self, address: PostAddress) -> PostAddress | LinkTrouble | Failure:
        """Return the post that a short link leads to."""
        no_transaction_open()
        stop_at = time.monotonic() + WHOLE_SECONDS
        seen: set[str] = set()
        for _ in range(MOST_HOPS):
            at = self._to_ask(address)
            if at in seen:
                return LinkTrouble.ENDLESS
            seen.add(at)
            led = self._ask(at, seconds=stop_at - time.monotonic())
            if isinstance(led, LinkTrouble | Failure):
                return led
            try:
                address = parse_post_address(led)
            except InvalidInput:
                return LinkTrouble.ELSEWHERE
            if address.platform != "tiktok":
                return LinkTrouble.ELSEWHERE
            if not address.is_short:
                return address
        return LinkTrouble.ENDLESS

    def _to_ask(self, address: PostAddress) -> str:
        return f"{self._base}/t/{address.video_id}" if self._is_sandbox else address.canonical

    def _ask(self, at: str, *, seconds: float) -> str | LinkTrouble | Failure:
        """Return where one address leads."""
        if seconds <= 0:
            return _away("too slow")
        if not self._is_sandbox and not (is_on_tiktok(at) and _is_public(at)):
            return LinkTrouble.ELSEWHERE
        try:
            with (
                httpx.Client(
                    timeout=seconds,
                    follow_redirects=False,
                    trust_env=not self._is_sandbox,
                    headers={"User-Agent": USER_AGENT},
                ) as client,
                client.stream("GET", at) as answer,
            ):
                status, led = answer.status_code, answer.headers.get("Location", "")
        except (httpx.HTTPError, httpx.InvalidURL) as trouble:
            return _away(type(trouble).__name__)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
            return _away(f"status {status}")
        if not httpx.codes.is_redirect(status) or not led:
            return LinkTrouble.DEAD
        return urljoin(at, str(led))


def _is_public(address: str) -> bool:
    """True when every address that the host's name stands for is on the public internet."""
    try:
        found = socket.getaddrinfo(urlsplit(address).hostname, 443, type=socket.SOCK_STREAM)
    except OSError:
        return True  # the request says what is wrong
    return all(ip_address(str(place[4][0])).is_global for place in found)


def _away(detail: str) -> Failure:
    return Failure(FailureKind.PROVIDER_UNAVAILABLE, FailureScope.APP, "", detail=detail)
