"""Webhooks of the Stripe sandbox: signed, tried again, kept over a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import stripe

from marketplace.sandbox.stripe_webhooks import WebhookTargets
from tests.gateways.sandbox_server import RunningSandbox, running_sandbox
from tests.gateways.stripe_road import onboarded_account, paid_session

SECRETS = {"/platform": "whsec_platform", "/connect": "whsec_connect"}


@dataclass
class Listener:
    """An endpoint that keeps what it is sent."""

    base: str = ""
    statuses: list[int] = field(default_factory=list)
    letters: list[tuple[str, bytes, str]] = field(default_factory=list)

    def targets(self) -> WebhookTargets:
        return WebhookTargets(
            platform_url=f"{self.base}/platform",
            platform_secret=SECRETS["/platform"],
            connect_url=f"{self.base}/connect",
            connect_secret=SECRETS["/connect"],
        )

    def events(self, count: int) -> list[tuple[str, stripe.Event]]:
        """Wait for so many letters; every signature must be good."""
        wait_for(lambda: len(self.letters) >= count)
        return [
            (path, stripe.Webhook.construct_event(body, header, SECRETS[path]))
            for path, body, header in self.letters
        ]


def wait_for(arrived: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not arrived():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def listener() -> Iterator[Listener]:
    kept = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = kept.statuses.pop(0) if kept.statuses else 200
            if status == 200:
                kept.letters.append((self.path, body, self.headers["Stripe-Signature"]))
            self.send_response(status)
            self.end_headers()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    kept.base = f"http://127.0.0.1:{server.server_port}"
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sandbox(tmp_path: Path, listener: Listener) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path, webhook_targets=listener.targets()) as running:
        yield running


def test_a_payment_tells_the_platform_with_signatures_that_the_library_accepts(
    sandbox: RunningSandbox, listener: Listener
) -> None:
    session = paid_session(sandbox, metadata={"op_id": "op-1"})
    events = listener.events(4)
    assert [(path, event.type) for path, event in events] == [
        ("/platform", "payment_intent.created"),
        ("/platform", "charge.succeeded"),
        ("/platform", "payment_intent.succeeded"),
        ("/platform", "checkout.session.completed"),
    ]
    completed = events[-1][1]
    assert completed.api_version == stripe.api_version
    assert completed.data.object["id"] == session.id
    assert completed.data.object["metadata"]["op_id"] == "op-1"
    wait_for(lambda: sandbox.client().v1.events.retrieve(completed.id).pending_webhooks == 0)


def test_a_signature_does_not_fit_another_secret_or_another_body(
    sandbox: RunningSandbox, listener: Listener
) -> None:
    sandbox.client().v1.customers.create({"email": "b@example.com"})
    listener.events(1)
    _, body, header = listener.letters[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, header, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", header, SECRETS["/platform"])


def test_onboarding_tells_the_connect_endpoint_with_the_account(
    sandbox: RunningSandbox, listener: Listener
) -> None:
    account = onboarded_account(sandbox)
    ((path, event),) = listener.events(1)
    assert (path, event.type, event.account) == ("/connect", "account.updated", account)
    assert event.data.object["capabilities"]["transfers"] == "active"
    client = sandbox.client()
    assert client.v1.events.list().data == []
    theirs = client.v1.events.list(options={"stripe_account": account}).data
    assert [one.id for one in theirs] == [event.id]


def test_an_endpoint_that_fails_is_tried_again(sandbox: RunningSandbox, listener: Listener) -> None:
    listener.statuses = [500, 302]
    sandbox.client().v1.customers.create({"email": "b@example.com"})
    ((_, event),) = listener.events(1)
    wait_for(lambda: sandbox.client().v1.events.retrieve(event.id).pending_webhooks == 0)
    (delivery,) = _deliveries(sandbox)
    assert (delivery["attempts"], delivery["state"], delivery["answer"]) == (3, "delivered", 200)


def _deliveries(sandbox: RunningSandbox) -> list[dict[str, object]]:
    address = f"{sandbox.base_url}/sandbox/control/deliveries"
    return list(httpx.get(address, trust_env=False).json()["deliveries"])


def test_what_nobody_took_is_delivered_after_a_restart(tmp_path: Path, listener: Listener) -> None:
    gone = WebhookTargets(platform_url="http://127.0.0.1:9/platform", platform_secret="x")
    with running_sandbox(tmp_path, webhook_targets=gone) as before:
        before.client().v1.customers.create({"email": "b@example.com"})
        wait_for(lambda: isinstance(_deliveries(before)[0]["answer"], str))
        undelivered = before.client().v1.events.list({"delivery_success": False}).data
        assert [event.type for event in undelivered] == ["customer.created"]
    with running_sandbox(tmp_path, webhook_targets=listener.targets()):
        ((_, event),) = listener.events(1)
    assert event.id == undelivered[0].id


def test_an_event_can_be_sent_again_and_one_of_an_unknown_type_made_up(
    sandbox: RunningSandbox, listener: Listener
) -> None:
    sandbox.client().v1.customers.create({"email": "b@example.com"})
    ((_, first),) = listener.events(1)
    sandbox.control(f"events/{first.id}/resend")
    sandbox.control("events/repeat")
    sandbox.control("events", {"type": "moon.landed", "object": {"id": "moon_1"}})
    events = [event for _, event in listener.events(4)]
    assert [event.id for event in events[:3]] == [first.id] * 3
    assert (events[3].type, events[3].data.object["id"]) == ("moon.landed", "moon_1")


def test_webhooks_can_be_held_back_and_let_go(sandbox: RunningSandbox, listener: Listener) -> None:
    sandbox.control("webhooks", {"paused": True})
    sandbox.client().v1.customers.create({"email": "b@example.com"})
    time.sleep(0.3)
    assert listener.letters == []
    sandbox.control("webhooks", {"paused": False})
    assert [event.type for _, event in listener.events(1)] == ["customer.created"]


def test_events_can_be_listed_by_type(sandbox: RunningSandbox) -> None:
    paid_session(sandbox)
    client = sandbox.client()
    of_charges = client.v1.events.list({"type": "charge.succeeded"}).data
    assert [event.type for event in of_charges] == ["charge.succeeded"]
    two = client.v1.events.list(
        {"types": ["charge.succeeded", "checkout.session.completed"], "limit": 1}
    )
    assert ([event.type for event in two.data], two.has_more) == (
        ["checkout.session.completed"],
        True,
    )
    assert [event.type for event in two.auto_paging_iter()] == [
        "checkout.session.completed",
        "charge.succeeded",
    ]
