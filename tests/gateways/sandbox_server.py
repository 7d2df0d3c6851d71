"""A sandbox server on a free loopback port, for any test that wants the outside world."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import stripe
from flask import Flask
from werkzeug.serving import make_server

from marketplace.sandbox.__main__ import QuietHandler
from marketplace.sandbox.server import Sandbox, create_sandbox, sandbox_of
from marketplace.sandbox.store import Store
from marketplace.sandbox.stripe_webhooks import WebhookTargets
from marketplace.sandbox.tiktok_world import TikTokSettings


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that answers at ``base_url``."""

    base_url: str
    app: Flask
    sandbox: Sandbox

    @property
    def store(self) -> Store:
        return self.sandbox.store

    def client(self, *, api_key: str = "sk_test_sandbox") -> stripe.StripeClient:
        """The real client of the stripe library, one attempt per call."""
        return stripe.StripeClient(
            api_key, base_addresses={"api": self.base_url}, max_network_retries=0
        )

    def control(self, path: str, wish: dict[str, object] | None = None) -> dict[str, object]:
        """Press one of the sandbox's switches; returns its JSON answer."""
        answer = httpx.post(
            f"{self.base_url}/sandbox/control/{path}", json=wish or {}, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def pay(self, session_url: str, *, card: str = "4242424242424242") -> httpx.Response:
        """Press Pay on the checkout page; redirects are not followed."""
        return httpx.post(
            session_url, data={"card": card, "email": "buyer@example.com"}, trust_env=False
        )

    def order_debit(self, session_url: str, *, bank: str = "000123456789") -> httpx.Response:
        """Order a bank debit on the checkout page; redirects are not followed."""
        form = {"method": "bank", "bank": bank, "email": "buyer@example.com"}
        return httpx.post(session_url, data=form, trust_env=False)

    def bank(self, kind: str, key: str, act: str) -> dict[str, object]:
        """Have a bank do something to a charge, a dispute or a refund."""
        return self.control(f"banks/{kind}/{key}/{act}")

    def until_a_key_is_in_use(self) -> None:
        """Return once a request has begun whose answer another with its key has to wait for."""
        deadline = time.monotonic() + 120
        while not self.sandbox.stripe._keys._running:
            assert time.monotonic() < deadline, "no request came"
            time.sleep(0.02)

    def finish_onboarding(self, link_url: str) -> httpx.Response:
        """Press Finish on the onboarding page; redirects are not followed."""
        return httpx.post(
            link_url, data={"holder": "Casey Creator", "bank": "000123456789"}, trust_env=False
        )


@contextmanager
def running_sandbox(
    folder: Path,
    *,
    webhook_targets: WebhookTargets | None = None,
    tiktok: TikTokSettings | None = None,
    record_path: Path | None = None,
) -> Iterator[RunningSandbox]:
    """Run a sandbox whose state is kept in ``folder``; a second run over it finds it again."""
    app = create_sandbox(
        folder / "sandbox.sqlite",
        webhook_targets=webhook_targets or WebhookTargets(),
        tiktok=tiktok,
        record_path=record_path,
    )
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    sandbox = sandbox_of(app)
    sandbox.start()
    try:
        yield RunningSandbox(f"http://127.0.0.1:{server.server_port}", app, sandbox)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        sandbox.close()
