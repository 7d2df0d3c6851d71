"""Webhooks: signed as Stripe signs them, sent from a thread, tried again until they are taken."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from marketplace.sandbox.store import Document, Store
from marketplace.sandbox.stripe_world import CONNECT_TARGET, PLATFORM_TARGET

PAUSES: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0)
"""Seconds between the tries; after one more than these the sandbox gives up until a restart."""

_ANSWER_WITHIN: Final = 10.0
_LOOKS_EVERY: Final = 1.0
_FIRST_FAILURE: Final = 300

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookTargets:
    """Where events go. A missing address means that nobody listens there.

    platform: events of the platform's own account; connect: those of connected accounts.
    """

    platform_url: str = ""
    platform_secret: str = ""
    connect_url: str = ""
    connect_secret: str = ""

    def names(self) -> frozenset[str]:
        """Return the endpoints that are configured."""
        named = {PLATFORM_TARGET: self.platform_url, CONNECT_TARGET: self.connect_url}
        return frozenset(name for name, url in named.items() if url)

    def endpoint(self, name: str) -> tuple[str, str]:
        """Return address and secret of an endpoint."""
        if name == CONNECT_TARGET:
            return self.connect_url, self.connect_secret
        return self.platform_url, self.platform_secret


def signature(body: bytes, *, secret: str, at: int) -> str:
    """Return the Stripe-Signature header. at: seconds of the real clock, not the demo's."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


class WebhookSender:
    """Sends what waits in the store, one after the other, each with its own pauses.

    What could not be delivered stays in the store and is tried afresh after a restart.
    """

    def __init__(
        self,
        store: Store,
        targets: WebhookTargets,
        *,
        wake: threading.Event,
        chores: Callable[[], None],
    ) -> None:
        """Prepare. wake: set when something waits; chores: done every second on the thread."""
        self._store = store
        self._targets = targets
        self._chores = chores
        self._stopping = threading.Event()
        self._paused = False
        self.wake = wake
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Start sending; what was given up before gets another round."""
        with self._store.transaction():
            self._again("given up")
        self._thread.start()

    def stop(self) -> None:
        """Finish the letter at hand and stop."""
        self._stopping.set()
        self.wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_ANSWER_WITHIN + 1)

    def pause(self, *, paused: bool) -> None:
        """Hold everything back, or let it go again."""
        self._paused = paused
        self.wake.set()

    def send_now(self) -> None:
        """Make everything undelivered due at once, with a fresh count of tries."""
        with self._store.transaction():
            self._again("waiting")
            self._again("given up")
        self.wake.set()

    def _again(self, state: str) -> None:
        for delivery in self._store.newest("delivery", equal={"state": state}):
            delivery.update(attempts=0, due=0.0, state="waiting")
            self._store.put("delivery", delivery["id"], delivery)

    def _run(self) -> None:
        next_chores = time.monotonic()
        with httpx.Client(timeout=_ANSWER_WITHIN, trust_env=False) as client:
            while not self._stopping.is_set():
                self.wake.wait(_LOOKS_EVERY)
                self.wake.clear()
                try:
                    if time.monotonic() >= next_chores:
                        next_chores = time.monotonic() + _LOOKS_EVERY
                        self._chores()
                    self._send_due(client)
                except Exception:
                    _log.exception("the webhook sender stumbled")

    def _send_due(self, client: httpx.Client) -> None:
        waiting = self._store.newest("delivery", equal={"state": "waiting"})
        for delivery in reversed(waiting):
            if self._stopping.is_set() or self._paused:
                return
            if delivery["due"] <= time.time():
                self._deliver(client, delivery)

    def _deliver(self, client: httpx.Client, delivery: Document) -> None:
        event = self._store.get("event", delivery["event"])
        url, secret = self._targets.endpoint(delivery["target"])
        if event is None or not url:
            return
        answer = _post(client, url, event, secret=secret)
        delivery["attempts"] += 1
        delivery["answer"] = answer
        taken = isinstance(answer, int) and answer < _FIRST_FAILURE
        if taken:
            delivery["state"] = "delivered"
        elif delivery["attempts"] > len(PAUSES):
            delivery["state"] = "given up"
        else:
            delivery["due"] = time.time() + PAUSES[delivery["attempts"] - 1]
        with self._store.transaction():
            if taken:
                self._store.delete("delivery", delivery["id"])
            self._store.put("delivered" if taken else "delivery", delivery["id"], delivery)
            fresh = self._store.get("event", event["id"])
            if taken and fresh is not None and fresh["pending_webhooks"]:
                fresh["pending_webhooks"] = 0
                self._store.put("event", fresh["id"], fresh)


def _post(client: httpx.Client, url: str, event: Mapping[str, Any], *, secret: str) -> int | str:
    """Send one event; return the status of the answer, or what went wrong in words."""
    body = json.dumps(event, indent=2).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (Fairview sandbox)",
        "Stripe-Signature": signature(body, secret=secret, at=int(time.time())),
    }
    try:
        return client.post(url, content=body, headers=headers).status_code
    except httpx.HTTPError as trouble:
        return f"{type(trouble).__name__}: {trouble}"
