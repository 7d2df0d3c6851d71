"""A day as it stands in sentences. Pure."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=1024)
def day_in_words(on: date) -> str:
    """Return a day for a sentence that is kept, mailed or shown: ``Thu 3 Dec 2026``."""
    return f"{on:%a} {on.day} {on:%b %Y}"
