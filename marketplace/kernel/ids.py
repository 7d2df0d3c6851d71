"""Time-ordered ids, made in Python so that a row's id is known before it is written."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

NIL: Final = UUID(int=0)


def new_id() -> UUID:
    """Return a fresh UUID of version 7: sorts by the time it was made."""
    return uuid7()
