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
    """Return the present moment, aware, in UTC; in the demo, moved ahead."""
    return datetime.now(UTC) + demo_offset()


def demo_offset() -> timedelta:
    """Return how far the demo clock is ahead; zero outside the demo."""
    path = os.environ.get(CLOCK_FILE_VARIABLE)
    if not path:
        return timedelta(0)
    try:
        return timedelta(seconds=int(Path(path).read_text(encoding="ascii").strip() or "0"))
    except FileNotFoundError:
        return timedelta(0)


def skip_ahead(step: timedelta) -> datetime:
    """Move the demo clock ahead by ``step`` and return the new present.

    Raises RuntimeError outside the demo, ValueError for a step that is not positive.
    """
    path = os.environ.get(CLOCK_FILE_VARIABLE)
    if not path:
        raise RuntimeError("there is no demo clock")
    if step <= timedelta(0):
        raise ValueError("the clock only moves ahead")
    target = Path(path)
    ahead = demo_offset() + step
    fresh = target.with_suffix(".new")
    fresh.write_text(str(int(ahead.total_seconds())), encoding="ascii")
    fresh.replace(target)
    return utc_now()
