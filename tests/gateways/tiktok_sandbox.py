"""A sandbox TikTok on a free loopback port, with hands to walk through its consent page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from werkzeug.serving import make_server

from marketplace.creators.ports import Failure, FailureKind, FailureScope, Ok, Result, TokenGrant
from marketplace.gateways.tiktok import TikTok
from marketplace.metrics.ports import PostFacts
from marketplace.sandbox.__main__ import QuietHandler
from marketplace.sandbox.server import create_sandbox, sandbox_of
from marketplace.sandbox.stripe_webhooks import WebhookTargets
from marketplace.sandbox.tiktok_world import TikTokSettings

CALLBACK = "http://localhost:5000/creator/channels/tiktok/callback"
STATE = "a-state-of-the-test"
QUERY = "/v2/video/query/"
LIST = "/v2/video/list/"
TOKEN = "/v2/oauth/token/"


def failed(result: object) -> tuple[FailureKind, FailureScope]:
    assert isinstance(result, Failure), result
    return result.kind, result.scope


def good(result: Result[Any]) -> Any:
    assert isinstance(result, Ok), result
    return result.value


def read_one(tiktok: TikTok, grant: TokenGrant, key: str) -> PostFacts:
    answer = tiktok.posts(grant.access_token, [key])[key]
    assert isinstance(answer, PostFacts), answer
    return answer


@dataclass(frozen=True, slots=True)
class SandboxTikTok:
    """A sandbox TikTok that answers at ``base`` (ends in /tiktok)."""

    base: str
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    def gateway(self, *, secret: str = "sandbox-secret", timeout_seconds: float = 10) -> TikTok:
        return TikTok(
            client_key="sandbox-client",
            client_secret=secret,
            api_base=self.base,
            authorize_base=self.base,
            timeout_seconds=timeout_seconds,
        )

    def press(self, answer: str = "allow", **form: Any) -> dict[str, str]:
        """Press a button of the consent page; return what it leads back with."""
        page = self.gateway().authorize_url(STATE, CALLBACK)
        assert self.browser.get(page).status_code == 200
        back = self.browser.post(page, data={"answer": answer, **form})
        assert back.status_code == 303, back.text
        address = urlsplit(back.headers["Location"])
        assert address._replace(query="").geturl() == CALLBACK
        return {name: values[0] for name, values in parse_qs(address.query).items()}

    def connect(self, handle: str = "maya.cooks") -> TokenGrant:
        """Allow everything as this account."""
        code = self.press(handle=handle)["code"]
        grant: TokenGrant = good(self.gateway().exchange_code(code, CALLBACK))
        return grant

    def control(self, path: str, /, **wish: Any) -> dict[str, Any]:
        answer = self.browser.post(f"{self.base}/control/{path}", json=wish)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def publish(self, handle: str = "maya.cooks", **wish: Any) -> str:
        """Publish a video; return its id."""
        return str(self.control("videos", handle=handle, description="#ad", **wish)["id"])

    def script(self, path: str, /, **answer: Any) -> None:
        self.control("script", path=path, **answer)

    def answer_with(self, path: str, data: dict[str, Any], /, **more: Any) -> None:
        """Have the next call answered with this data."""
        envelope = {"data": data, "error": {"code": "ok", "message": "", "log_id": "L1"}}
        self.control("script", path=path, json=envelope, **more)

    def calls(self, path: str) -> list[dict[str, Any]]:
        answer = self.browser.get(f"{self.base}/control/calls", params={"path": path})
        return list(answer.json()["calls"])


@contextmanager
def running_tiktok(
    folder: Path, *, settings: TikTokSettings | None = None
) -> Iterator[SandboxTikTok]:
    """Run a sandbox whose state is kept in ``folder``."""
    app = create_sandbox(
        folder / "sandbox.sqlite", webhook_targets=WebhookTargets(), tiktok=settings
    )
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    sandbox = SandboxTikTok(f"http://127.0.0.1:{server.server_port}/tiktok")
    try:
        yield sandbox
    finally:
        sandbox.browser.close()
        server.shutdown()
        thread.join()
        server.server_close()
        sandbox_of(app).store.close()
