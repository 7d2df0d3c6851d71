"""What every Stripe handler is handed: the documents, the moment, the question."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from marketplace.sandbox.store import Store

PLATFORM: Final = "acct_1SandboxPlatform"
"""The account that the secret key belongs to; the scope of the platform's own objects."""

PLATFORM_TARGET: Final = "platform"
CONNECT_TARGET: Final = "connect"

_ID_LETTERS: Final = string.ascii_letters + string.digits
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """The sandbox at one moment.

    now: whole seconds since 1970, by the demo clock; base: own address without a trailing slash;
    targets: names of the webhook endpoints that are configured.
    """

    store: Store
    now: int
    base: str
    targets: frozenset[str]
    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One checked request. account: whose books it is about; the platform's unless told."""

    world: World
    params: dict[str, Any]
    path: Mapping[str, str] = field(default_factory=dict)
    account: str = PLATFORM


def fresh_id(prefix: str) -> str:
    """Return an id that was never given out before."""
    return f"{prefix}_{''.join(secrets.choice(_ID_LETTERS) for _ in range(24))}"


def seconds(moment: datetime) -> int:
    """Return whole seconds since 1970."""
    return int(moment.timestamp())


def v2_time(at: int) -> str:
    """Return a moment as Accounts v2 writes it."""
    return (_EPOCH + timedelta(seconds=at)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
