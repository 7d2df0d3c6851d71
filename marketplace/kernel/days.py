"""Days: as they stand in sentences, and when they begin and end all over the world. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

BEHIND: Final = timedelta(hours=12)
"""How long after midnight UTC a day begins, and the one before ends, where it does last."""


def day_in_words(on: date) -> str:
    """Return a day for a sentence that is kept, mailed or shown: ``Thu 3 Dec 2026``."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def moment_in_words(at: datetime) -> str:
    """Return a moment for a sentence that is kept or mailed: ``Thu 3 Dec 2026, 14:05 UTC``."""
    there = at.astimezone(UTC)
    return f"{day_in_words(there)}, {there:%H:%M} UTC"


def today_somewhere(now: datetime) -> date:
    """Return the earliest date that is today somewhere: a day is past when it is past for all."""
    return (now.astimezone(UTC) - BEHIND).date()


def over_everywhere(day: date) -> datetime:
    """Return the moment from which a day is past for all."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) + BEHIND
