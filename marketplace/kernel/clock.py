"""What time it is. Read by the edges only; rules and services are handed ``now``.

In the demo the product and its sandbox can be moved ahead together: both read one small file that
holds the seconds to add. Without ``FAIRVIEW_CLOCK_FILE`` there is no such file and no such control.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

CLOCK_FILE_VARIABLE: Final = "FAIRVIEW_CLOCK_FILE"


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC; in the demo, moved."""
    return datetime.now(UTC) + demo_offset()


def demo_offset() -> timedelta:
    """Return how far the demo clock is ahead, negative in its past; zero outside the demo."""
    path = os.environ.get(CLOCK_FILE_VARIABLE)
    if not path:
        return timedelta(0)
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123  # on every page: the short way
            return timedelta(seconds=int(file.read().strip() or "0"))
    except FileNotFoundError:
        return timedelta(0)


def skip_ahead(step: timedelta) -> datetime:
    """Move the demo clock ahead by ``step`` and return the new present.

    Raises RuntimeError outside the demo, ValueError for a step that is not positive.
    """
    if step <= timedelta(0):
        raise ValueError("the clock only moves ahead")
    return _set(demo_offset() + step)


def set_back(step: timedelta) -> datetime:
    """Move the demo clock back by ``step``, for a market in which nothing has happened yet.

    Raises RuntimeError outside the demo, ValueError for a step that is not positive.
    """
    if step <= timedelta(0):
        raise ValueError("the clock is set back by a positive step")
    return _set(demo_offset() - step)


def _set(ahead: timedelta) -> datetime:
    path = os.environ.get(CLOCK_FILE_VARIABLE)
    if not path:
        raise RuntimeError("there is no demo clock")
    target = Path(path)
    fresh = target.with_suffix(".new")
    fresh.write_text(str(int(ahead.total_seconds())), encoding="ascii")
    fresh.replace(target)
    return utc_now()
