"""What TikTok tells by itself: is it really from there, and about whom?"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from marketplace.creators.ports import NotFromPlatform, PlatformNotice, PlatformNotices
from marketplace.kernel.clock import utc_now

TOLERANCE: Final = timedelta(minutes=5)
"""How far a signature's moment may be from ours, before or after."""
_NUL: Final = "\\u0000"
_LATEST: Final = 253_402_300_799
"""The last second of the year 9999."""


class TikTokNotices(PlatformNotices):
    """Verifies notices: HMAC-SHA256 with the client's secret over the moment, a dot and the body.

    TikTok describes it under "Webhooks verification" in its developers' documentation.
    """

    def __init__(
        self, *, client_key: str, client_secret: str, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._client_key = client_key
        self._secret = client_secret
        self._clock = clock

    def verify(self, *, payload: bytes, signature: str) -> PlatformNotice:
        """Return the notice; raises NotFromPlatform."""
        parts = dict(part.strip().partition("=")[::2] for part in signature.split(","))
        moment, mark = parts.get("t", ""), parts.get("s", "")
        if not self._secret or not _is_moment(moment) or not mark.isascii():
            raise NotFromPlatform
        ours = hmac.new(self._secret.encode(), f"{moment}.".encode() + payload, hashlib.sha256)
        if not hmac.compare_digest(ours.hexdigest(), mark):
            raise NotFromPlatform
        if abs(datetime.fromtimestamp(int(moment), UTC) - self._clock()) > TOLERANCE:
            raise NotFromPlatform
        return self._read(payload)

    def _read(self, payload: bytes) -> PlatformNotice:
        try:
            # PostgreSQL keeps every sign but this one.
            body = json.loads(payload.decode().replace(_NUL, "\\ufffd"))
            known = body["client_key"], body["event"], body["user_openid"]
            happened_at = datetime.fromtimestamp(body["create_time"], UTC)
        except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError) as trouble:
            raise NotFromPlatform from trouble
        if not all(isinstance(each, str) for each in known) or known[0] != self._client_key:
            raise NotFromPlatform
        return PlatformNotice(
            key=hashlib.sha256(payload).hexdigest(),
            kind=known[1],
            account=known[2],
            happened_at=happened_at,
            body=body,
        )


def _is_moment(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text[:13]) <= _LATEST
