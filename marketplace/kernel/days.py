"""A day as it stands in sentences. Pure."""

from __future__ import annotations

from datetime import date


def day_in_words(on: date) -> str:
    """Return a day for a sentence that is kept, mailed or shown: ``Thu 3 Dec 2026``."""
    return f"{on:%a} {on.day} {on:%b %Y}"
