"""Scripted trouble: what the next answers on a path shall be instead of the true ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any, Final, Self

from marketplace.sandbox.stripe_errors import API_ERROR, INVALID_REQUEST, StripeRefusal

RATE_LIMITED: Final = 429
SERVER_ERROR: Final = 500
LONGEST_DELAY: Final = 120.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One scripted trouble.

    path: a pattern with ``*``; method: ``*`` for any; times: how many answers it spoils.
    status: answer with this status; effect: only after the work was done in truth.
    saved: whether the spoilt answer is kept under the idempotency key.
    drop: ``before`` closes the connection without any effect, ``after`` once the work was done and
    its answer kept. delay: seconds to wait before the work, while the key counts as in use.
    """

    path: str
    method: str = "*"
    times: int = 1
    status: int | None = None
    code: str | None = None
    message: str = "Scripted by the sandbox."
    effect: bool = False
    saved: bool = True
    drop: str | None = None
    delay: float = 0.0

    @classmethod
    def from_json(cls, wish: Mapping[str, Any]) -> Self:
        """Read a script; raises ValueError in plain words for a wrong one."""
        unknown = sorted(set(wish) - set(cls.__slots__))
        if unknown:
            raise ValueError(f"unknown field: {', '.join(unknown)}")
        if "path" not in wish:
            raise ValueError("path is missing")
        fault = cls(**wish)
        if fault.drop not in (None, "before", "after"):
            raise ValueError("drop is 'before' or 'after'")
        if not 0 <= fault.delay <= LONGEST_DELAY:
            raise ValueError(f"delay is between 0 and {LONGEST_DELAY:.0f} seconds")
        if fault.status is None and fault.drop is None and fault.delay == 0:
            raise ValueError("give status, drop or delay")
        if fault.times < 1:
            raise ValueError("times is at least 1")
        return fault

    def at_the_door(self) -> bool:
        """Tell whether the request is turned away before anything of it is looked at."""
        return self.status == RATE_LIMITED

    def refusal(self) -> StripeRefusal:
        """Return the scripted answer."""
        status = self.status or SERVER_ERROR
        code = "rate_limit" if status == RATE_LIMITED and self.code is None else self.code
        kind = API_ERROR if status >= SERVER_ERROR else INVALID_REQUEST
        return StripeRefusal(self.message, status=status, kind=kind, code=code)


class Faults:
    """The scripted troubles, first come first served. They do not outlive the process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Fault] = deque()

    def add(self, fault: Fault) -> None:
        """Append one."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the trouble for this request and count it as used."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.method in ("*", method) and fnmatchcase(path, fault.path):
                    if fault.times > 1:
                        self._waiting[place] = replace(fault, times=fault.times - 1)
                    else:
                        del self._waiting[place]
                    return fault
        return None
