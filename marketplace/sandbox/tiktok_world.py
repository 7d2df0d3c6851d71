"""What every part of the sandbox TikTok shares: its settings, its words, its scripted answers."""

from __future__ import annotations

import re
import secrets
import string
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, Self
from urllib.parse import urlsplit

from flask import Response

from marketplace.kernel.clock import utc_now
from marketplace.sandbox.store import Store

ACCOUNT: Final = "tiktok.account"
VIDEO: Final = "tiktok.video"
CODE: Final = "tiktok.code"
GRANT: Final = "tiktok.grant"
TOKEN: Final = "tiktok.token"  # noqa: S105

USER_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "user.info.basic": (
        "open_id",
        "union_id",
        "avatar_url",
        "avatar_url_100",
        "avatar_large_url",
        "display_name",
    ),
    "user.info.profile": ("bio_description", "profile_deep_link", "is_verified", "username"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}
VIDEO_FIELDS: Final = (
    "id",
    "create_time",
    "cover_image_url",
    "share_url",
    "embed_link",
    "embed_html",
    "video_description",
    "title",
    "duration",
    "height",
    "width",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
)
BASIC: Final = "user.info.basic"
SCOPES: Final = (*USER_FIELDS, "video.list")

ENDPOINTS: Final = (
    "/v2/oauth/token/",
    "/v2/oauth/revoke/",
    "/v2/user/info/",
    "/v2/video/list/",
    "/v2/video/query/",
    "/oembed",
)

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
LONGEST_REDIRECT: Final = 512
MOST_REDIRECTS: Final = 10

_HANDLE: Final = re.compile(r"[a-z0-9_.]{1,23}[a-z0-9_]")
_LETTERS: Final = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class TikTokSettings:
    """How the sandbox TikTok knows the product.

    redirect_uris: where consents may lead; empty: any address on this machine.
    webhook_url: where ``authorization.removed`` goes; empty: nowhere.
    """

    client_key: str = "sandbox-client"
    client_secret: str = field(default="sandbox-secret", repr=False)
    redirect_uris: tuple[str, ...] = ()
    webhook_url: str = ""

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Self:
        """Read TIKTOK_CLIENT_KEY, TIKTOK_CLIENT_SECRET, TIKTOK_REDIRECT_URI, the webhook's URL.

        TIKTOK_REDIRECT_URI may hold up to ten addresses with commas between them.
        """
        allowed = environment.get("TIKTOK_REDIRECT_URI", "").split(",")
        return cls(
            client_key=environment.get("TIKTOK_CLIENT_KEY") or "sandbox-client",
            client_secret=environment.get("TIKTOK_CLIENT_SECRET") or "sandbox-secret",
            redirect_uris=tuple(uri.strip() for uri in allowed if uri.strip())[:MOST_REDIRECTS],
            webhook_url=environment.get("SANDBOX_TIKTOK_WEBHOOK_URL", ""),
        )

    def redirect_trouble(self, uri: str) -> str | None:
        """Return why a consent may not lead to this address, or None."""
        try:
            parts = urlsplit(uri)
        except ValueError:
            return "redirect_uri is not an address"
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return "redirect_uri is not an address"
        if len(uri) >= LONGEST_REDIRECT or any(sign in uri for sign in "?#"):
            return "redirect_uri must be short and have no query and no fragment"
        if uri not in self.redirect_uris and (self.redirect_uris or parts.hostname not in LOOPBACK):
            return "redirect_uri is not one of the addresses registered for this client"
        return None


@dataclass(slots=True)
class ScriptedAnswer:
    """An answer that stands in for the real one.

    after: calls to let through first; times: calls to answer.
    """

    path: str
    status: int
    body: str
    content_type: str
    headers: Mapping[str, str]
    times: int
    after: int
    delay_seconds: float

    def response(self) -> Response:
        """Wait as long as told and return the answer."""
        time.sleep(self.delay_seconds)
        answer = Response(self.body, status=self.status, content_type=self.content_type)
        answer.headers.extend(dict(self.headers))
        return answer


class Script:
    """Answers to give next, by path; forgotten at a restart."""

    def __init__(self) -> None:
        self._waiting: list[ScriptedAnswer] = []
        self._lock = Lock()

    def add(self, answer: ScriptedAnswer) -> None:
        """Put an answer at the end of the line."""
        with self._lock:
            self._waiting.append(answer)

    def clear(self) -> None:
        """Forget all that was not given yet."""
        with self._lock:
            self._waiting.clear()

    def take(self, path: str) -> ScriptedAnswer | None:
        """Return what to answer to a call of this path, or None for the real answer."""
        with self._lock:
            for answer in self._waiting:
                if answer.path != path:
                    continue
                if answer.after > 0:
                    answer.after -= 1
                    return None
                answer.times -= 1
                if answer.times <= 0:
                    self._waiting.remove(answer)
                return answer
        return None


@dataclass(frozen=True, slots=True)
class TikTokWorld:
    """The sandbox TikTok.

    calls: the last calls of the interface, oldest first, without tokens and secrets.
    """

    store: Store
    settings: TikTokSettings
    script: Script = field(default_factory=Script)
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=1_000))

    @property
    def now(self) -> int:
        """Whole seconds since 1970, by the demo clock."""
        return int(utc_now().timestamp())


def fresh_text(prefix: str, length: int = 32) -> str:
    """Return a text that was never given out before."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


def log_id() -> str:
    """Return the id of one call, as answers carry it."""
    return utc_now().strftime("%Y%m%d%H%M%S") + secrets.token_hex(8).upper()


def clean_handle(text: str) -> str | None:
    """Return a handle as TikTok writes it, or None for one that it would not allow."""
    handle = text.strip().removeprefix("@").lower()
    return handle if _HANDLE.fullmatch(handle) else None
