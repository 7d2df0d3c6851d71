"""When a live post is read next: often while it grows fast, seldom later, and then no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

FAST_FOR: Final = timedelta(hours=48)
"""How long after publication a post is read every hour."""
STEADY_FOR: Final = timedelta(days=14)
"""How long after that it is read every six hours."""

HOURLY: Final = timedelta(hours=1)
SIX_HOURLY: Final = timedelta(hours=6)
DAILY: Final = timedelta(days=1)


def next_read_at(
    *,
    published_at: datetime,
    last_read_at: datetime | None,
    now: datetime,
    tracking_until: datetime,
) -> datetime | None:
    """Return when to take the next reading, never before ``now``; None when reading has ended.

    Every hour for 48 hours after publication, every 6 hours for the two weeks after that, then
    daily. The last reading falls on ``tracking_until``, or at once where that has passed without
    one. A post that was never read is due at once. All moments are aware.
    """
    if last_read_at is None:
        return now
    if last_read_at >= tracking_until:
        return None
    due = last_read_at + _pause(last_read_at - published_at)
    return max(min(due, tracking_until), now)


def _pause(age: timedelta) -> timedelta:
    """Return how long a reading stays fresh that was taken when the post was so old."""
    if age < FAST_FOR:
        return HOURLY
    if age < FAST_FOR + STEADY_FOR:
        return SIX_HOURLY
    return DAILY
