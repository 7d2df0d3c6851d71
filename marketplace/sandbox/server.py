"""The sandbox as one Flask application: Stripe at the root, TikTok under /tiktok, the switches."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask

from marketplace.sandbox import (
    bank_switches,
    control,
    control_banks,
    stripe_pages,
    tiktok_server,
)
from marketplace.sandbox.store import Store
from marketplace.sandbox.stripe_server import StripeServer
from marketplace.sandbox.stripe_webhooks import WebhookSender, WebhookTargets
from marketplace.sandbox.tiktok_world import TikTokSettings

EXTENSION: Final = "fairview-sandbox"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What lives beside the application: its documents and the thread that sends webhooks."""

    store: Store
    stripe: StripeServer
    sender: WebhookSender

    def start(self) -> None:
        """Begin to send webhooks."""
        self.sender.start()

    def close(self) -> None:
        """Stop sending and close the file."""
        self.sender.stop()
        self.store.close()


def create_sandbox(
    state_path: Path,
    *,
    webhook_targets: WebhookTargets,
    tiktok: TikTokSettings | None = None,
    public_base: str | None = None,
    record_path: Path | None = None,
) -> Flask:
    """Build the application over the state in ``state_path``, which is made where missing.

    public_base: the address at which people and the product reach it; that of each request when
    None. tiktok: how TikTok knows the product. record_path: file that gets every Stripe request
    with its answer, one JSON line each.
    Nothing is sent until ``sandbox_of(app).start()``.
    """
    app = Flask(
        __name__,
        template_folder="pages",
        static_folder="pages/static",
        static_url_path="/sandbox/static",
    )
    store = Store(state_path)
    stripe = StripeServer(
        store,
        targets=webhook_targets.names(),
        base=public_base.rstrip("/") if public_base else None,
        record=record_path,
        wake=threading.Event(),
    )
    sender = WebhookSender(store, webhook_targets, wake=stripe.wake, chores=stripe.tidy)
    app.extensions[EXTENSION] = Sandbox(store=store, stripe=stripe, sender=sender)
    app.register_blueprint(stripe.blueprint())
    app.register_blueprint(stripe_pages.blueprint(stripe.world, changed=stripe.wake.set))
    app.register_blueprint(control.blueprint(stripe, sender))
    app.register_blueprint(bank_switches.blueprint(stripe.world, changed=stripe.wake.set))
    app.register_blueprint(control_banks.blueprint(stripe.world, changed=stripe.wake.set))
    app.register_blueprint(tiktok_server.blueprint(store, tiktok or TikTokSettings()))
    return app


def sandbox_of(app: Flask) -> Sandbox:
    """Return what lives beside an application made by ``create_sandbox``."""
    found = app.extensions[EXTENSION]
    if not isinstance(found, Sandbox):
        raise TypeError("this application is not a sandbox")
    return found
