"""What every job is handed, and how a job says that now is not the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from marketplace.app import Gateways
from marketplace.config import Settings

RETRY_SECONDS: Final = [5, 30, 120, 600, 1800]
"""How long to wait before each further try of a job that failed for a reason that may pass."""


class TryLater(Exception):
    """The outside world is not there now; nothing was changed; ring again."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a job body gets besides its message: ``now`` is read once, when the job starts."""

    settings: Settings
    gateways: Gateways
    now: datetime


Job = Callable[[Any, Run], None]
"""A job body: takes its message and a run. Safe to run twice."""
Sweep = Callable[[Run], None]
"""A periodic job body: finds what should have happened by now. Safe to run at any time."""
