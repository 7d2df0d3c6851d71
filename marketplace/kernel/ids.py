"""Time-ordered ids, made in Python so that a row's id is known before it is written."""

from __future__ import annotations

from typing import Final, NewType
from uuid import UUID

from uuid_utils.compat import uuid7

UserId = NewType("UserId", UUID)
BrandId = NewType("BrandId", UUID)
CreatorId = NewType("CreatorId", UUID)

NIL: Final = UUID(int=0)


def new_id() -> UUID:
    """Return a fresh UUID of version 7: sorts by the time it was made."""
    return uuid7()
