"""A page as one reads it."""

from __future__ import annotations

import re


def plain(page: str) -> str:
    """Return a page without its tags, each run of spaces as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace(" .", ".").replace(" ,", ",")
