"""News of the treasury room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class RequestAsked(Message):
    """A member of staff asks for something that another one has to approve."""

    request_id: UUID


@dataclass(frozen=True, slots=True)
class RequestDecided(Message):
    """A request was approved and executed, or declined."""

    request_id: UUID
