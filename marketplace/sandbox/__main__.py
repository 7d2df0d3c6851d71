"""Runs the sandbox: ``python -m marketplace.sandbox``. Settings come from the environment."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from marketplace.sandbox.server import create_sandbox, sandbox_of
from marketplace.sandbox.stripe_webhooks import WebhookTargets
from marketplace.sandbox.tiktok_world import TikTokSettings

_HIGHEST_PORT: Final = 65_535
_ENDPOINTS: Final = (
    ("SANDBOX_WEBHOOK_URL", "STRIPE_WEBHOOK_SECRET"),
    ("SANDBOX_CONNECT_WEBHOOK_URL", "STRIPE_CONNECT_WEBHOOK_SECRET"),
)


class QuietHandler(WSGIRequestHandler):
    """Leaves the log to what goes wrong."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing about a request that was answered."""


def refuse_production(environment: Mapping[str, str]) -> None:
    """Stop where real money could be near."""
    if environment.get("FAIRVIEW_ENV") == "production":
        sys.exit("The sandbox does not run in production (FAIRVIEW_ENV=production).")
    if "_live_" in environment.get("STRIPE_API_KEY", ""):
        sys.exit("The sandbox does not run beside a live Stripe key (STRIPE_API_KEY).")


def _bound(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """Return a server that listens already; exits with one sentence where it cannot."""
    try:
        with socket.create_server((host, port)) as line:
            return make_server(
                host, port, app, threaded=True, request_handler=QuietHandler, fd=line.fileno()
            )
    except OSError as trouble:
        why = "it is taken" if trouble.errno == errno.EADDRINUSE else str(trouble)
        sys.exit(f"The sandbox cannot listen on {host}:{port}: {why}.")


def main(environment: Mapping[str, str]) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    refuse_production(environment)
    host = environment.get("SANDBOX_HOST", "127.0.0.1")
    port_text = environment.get("SANDBOX_PORT", "")
    if not port_text.isdigit() or not 0 < int(port_text) <= _HIGHEST_PORT:
        sys.exit(f"SANDBOX_PORT must be a port number, not {port_text!r}.")
    state = environment.get("SANDBOX_STATE")
    if not state:
        sys.exit("SANDBOX_STATE must name the file that keeps the sandbox's state.")
    for address, secret in _ENDPOINTS:
        if environment.get(address) and not environment.get(secret):
            sys.exit(f"{address} is set, so {secret} must be set too: events are signed with it.")
    record = environment.get("SANDBOX_RECORD")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app = create_sandbox(
            Path(state),
            webhook_targets=WebhookTargets(
                platform_url=environment.get("SANDBOX_WEBHOOK_URL", ""),
                platform_secret=environment.get("STRIPE_WEBHOOK_SECRET", ""),
                connect_url=environment.get("SANDBOX_CONNECT_WEBHOOK_URL", ""),
                connect_secret=environment.get("STRIPE_CONNECT_WEBHOOK_SECRET", ""),
            ),
            tiktok=TikTokSettings.from_env(environment),
            public_base=environment.get("SANDBOX_PUBLIC_BASE", f"http://{host}:{port_text}"),
            record_path=Path(record) if record else None,
        )
    except (OSError, sqlite3.Error) as trouble:
        sys.exit(f"The sandbox cannot use its state file {state}: {trouble}.")
    server = _bound(app, host, int(port_text))

    def stop(_signal: int, _frame: FrameType | None) -> Any:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sandbox = sandbox_of(app)
    sandbox.start()
    try:
        server.serve_forever()
    finally:
        server.server_close()
        sandbox.close()


if __name__ == "__main__":
    main(os.environ)
