"""How many there are of something, as it stands in sentences. Pure."""

from __future__ import annotations


def counted(count: int, one: str, many: str) -> str:
    """Return a count in words: one thing, or so many."""
    return f"1 {one}" if count == 1 else f"{count:,} {many}"
