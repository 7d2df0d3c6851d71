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
    """A call needs a person: it will not go on by itself."""

    call_id: UUID


@dataclass(frozen=True, slots=True)
class CallRuled(Message):
    """A person has ended a call; what it was for has to be told."""

    call_id: UUID


@dataclass(frozen=True, slots=True)
class CallDoneAfterAll(Message):
    """A call that counted as refused turned out to be done."""

    call_id: UUID


@dataclass(frozen=True, slots=True)
class CallDoneTwice(Message):
    """The processor has two results of one call."""

    call_id: UUID
    remote_id: str


@dataclass(frozen=True, slots=True)
class SendingStopped(Message):
    """The processor does not take our credentials for calls of this kind."""

    call_kind: str
    code: str
