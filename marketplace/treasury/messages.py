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


@dataclass(frozen=True, slots=True)
class BankMoveDue(Message):
    """Our own money is on its way: look how it stands at the processor."""

    move_id: UUID


@dataclass(frozen=True, slots=True)
class BankMoveEnded(Message):
    """A payout or top-up of ours has arrived, was refused or failed."""

    move_id: UUID
    state: str
