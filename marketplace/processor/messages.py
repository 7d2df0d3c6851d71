"""News of the processor room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class CallDue(Message):
    """An intended call is waiting to be made."""

    call_id: UUID


@dataclass(frozen=True, slots=True)
class CallStuck(Message):
    """A call needs a person: the processor says that we misused a key."""

    call_id: UUID
