"""The settings of a local market: what the operator gave, and the sandbox for what they did not."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import Final

from marketplace.cli.home import Home
from marketplace.cli.trouble import CannotStart

HOST: Final = "127.0.0.1"
WEB_PORT: Final = 8000
ANY_PORTS: Final = range(20_000, 32_000)
"""Below those that a system gives to whoever asks for any: nobody takes one before it is used."""
SANDBOX_KEY: Final = "sk_test_sandbox"


@dataclass(frozen=True, slots=True)
class Outside:
    """Which of the outside services are the sandbox's."""

    stripe: bool
    tiktok: bool

    @property
    def any(self) -> bool:
        """True when the sandbox has to run."""
        return self.stripe or self.tiktok


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the product and its sandbox listen, on this machine only."""

    web: int
    sandbox: int


def outside(given: Mapping[str, str]) -> Outside:
    """Decide by the keys in the environment: a service with a real key has no sandbox.

    Beside a live Stripe key nothing is pretended at all.
    """
    key = given.get("STRIPE_API_KEY", "")
    return Outside(
        stripe=not key,
        tiktok=not given.get("TIKTOK_CLIENT_KEY") and "_live_" not in key,
    )


def choose_ports(given: Mapping[str, str], *, port: int | None = None) -> Ports:
    """Return the ports to listen on, all free. A ``port`` of 0 takes any two."""
    if port == 0:
        free = filter(_is_free, SystemRandom().sample(ANY_PORTS, len(ANY_PORTS)))
        return Ports(web=next(free), sandbox=next(free))
    ports = usual_ports(given if port is None else {**given, "PORT": str(port)})
    _must_be_free(ports.web, "make run PORT=")
    if outside(given).any:
        _must_be_free(ports.sandbox, "make run SANDBOX_PORT=")
    return ports


def usual_ports(given: Mapping[str, str]) -> Ports:
    """Return the ports the environment asks for, free or not."""
    web = _port(given, "PORT", WEB_PORT)
    return Ports(web=web, sandbox=_port(given, "SANDBOX_PORT", web + 1))


def environment_of(
    home: Home, *, ports: Ports, database_url: str, redis_url: str, given: Mapping[str, str]
) -> dict[str, str]:
    """Return the whole environment of the market's processes.

    What the operator gave wins; secrets are the home's own; a service without a real key is the
    sandbox's.
    """
    base = given.get("BASE_URL", f"http://{HOST}:{ports.web}").rstrip("/")
    sandbox = f"http://{HOST}:{ports.sandbox}"
    own = home.secrets()
    pretended = outside(given)
    made = {
        "SECRET_KEY": own["SECRET_KEY"],
        "TOKEN_KEYS": own["TOKEN_KEYS"],
        "UPLOAD_FOLDER": str(home.uploads),
        "SEAL_FOLDER": str(home.folder / "seals"),
        "COLUMNS_FOLDER": str(home.folder / "columns"),
        "OPENBLAS_NUM_THREADS": "1",  # several processes share the processors; threads wait busily
        **({} if given.get("SMTP_URL") else {"MAIL_FOLDER": str(home.mail)}),
    }
    market = {
        **made,
        **{name: value for name, value in given.items() if value},
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "BASE_URL": base,
        "PORT": str(ports.web),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{given.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": ",".join(filter(None, [given.get("NO_PROXY"), HOST, "localhost"])),
    }
    if pretended.stripe:
        market |= {
            "FAIRVIEW_DEMO": "1",
            "FAIRVIEW_CLOCK_FILE": str(home.clock),
            "STRIPE_API_KEY": SANDBOX_KEY,
            "STRIPE_API_BASE": sandbox,
            "STRIPE_WEBHOOK_SECRET": own["STRIPE_WEBHOOK_SECRET"],
            "STRIPE_CONNECT_WEBHOOK_SECRET": own["STRIPE_CONNECT_WEBHOOK_SECRET"],
            "SANDBOX_WEBHOOK_URL": f"{base}/hooks/stripe",
            "SANDBOX_CONNECT_WEBHOOK_URL": f"{base}/hooks/stripe-connect",
        }
    else:  # the demo's controls have no place beside real money
        for name in ("FAIRVIEW_DEMO", "FAIRVIEW_CLOCK_FILE"):
            market.pop(name, None)
    if pretended.tiktok:
        market |= {
            "TIKTOK_CLIENT_KEY": own["TIKTOK_CLIENT_KEY"],
            "TIKTOK_CLIENT_SECRET": own["TIKTOK_CLIENT_SECRET"],
            "TIKTOK_API_BASE": f"{sandbox}/tiktok",
            "TIKTOK_AUTHORIZE_BASE": f"{sandbox}/tiktok",
            "SANDBOX_TIKTOK_WEBHOOK_URL": f"{base}/hooks/tiktok",
        }
    if pretended.any:
        market |= {
            "SANDBOX_URL": sandbox,
            "SANDBOX_HOST": HOST,
            "SANDBOX_PORT": str(ports.sandbox),
            "SANDBOX_PUBLIC_BASE": sandbox,
            "SANDBOX_STATE": str(home.sandbox_state),
        }
        if given.get("FAIRVIEW_RECORD"):
            market["SANDBOX_RECORD"] = given["FAIRVIEW_RECORD"]
    return market


def _port(given: Mapping[str, str], name: str, otherwise: int) -> int:
    text = given.get(name) or str(otherwise)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65_536:
        raise CannotStart(f"{name} must be a port number from 1 to 65535, not {text!r}.")
    return int(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind((HOST, port))
        return True
    return False


def _must_be_free(port: int, command: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as taken:
            if taken.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            why = "is taken by another program" if taken.errno == errno.EADDRINUSE else "is kept"
            other = port + 1000 if port < 64_000 else WEB_PORT
            raise CannotStart(
                f"Port {port} {why}: stop that program, or choose another port with"
                f" `{command}{other}`."
            ) from taken
