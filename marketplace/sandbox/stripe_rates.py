"""How many requests a second are let in; the rest are turned away before anything is looked at."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from threading import Lock
from typing import Final

from marketplace.sandbox.stripe_errors import INVALID_REQUEST, StripeRefusal

A_SECOND: Final[Mapping[tuple[str, str], int]] = {("POST", "/v1/transfers"): 25}
"""Method and path -> how many in any one second (docs.stripe.com/rate-limits)."""


class Rates:
    """Remembers the requests of the last second, by the true clock and not by the demo's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lifted = False
        self._let_in: dict[tuple[str, str], deque[float]] = {key: deque() for key in A_SECOND}

    def lift(self) -> None:
        """Let everything in from now on, for tests that want very many objects."""
        self._lifted = True

    def check(self, method: str, path: str) -> None:
        """Count a request; raises StripeRefusal for one too many."""
        key = (method, path)
        if self._lifted or key not in A_SECOND:
            return
        now = time.monotonic()
        with self._lock:
            recent = self._let_in[key]
            while recent and now - recent[0] >= 1:
                recent.popleft()
            if len(recent) < A_SECOND[key]:
                recent.append(now)
                return
        raise StripeRefusal(
            "Request rate limit exceeded. Learn more about rate limits here: "
            "https://stripe.com/docs/rate-limits.",
            status=429,
            kind=INVALID_REQUEST,
            code="rate_limit",
        )
