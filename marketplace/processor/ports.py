"""What a payment processor can do for us, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from marketplace.processor.rules import Act, CallKind, Outcome


@dataclass(frozen=True, slots=True)
class Instruction:
    """One claimed call, ready to go out.

    params: whole minor units, texts and ids, in the words of the kind; frozen when it was planned.
    fence: what the answer must carry to be believed.
    send_before: after this moment somebody else may hold the call.
    wait: how long until the call has its turn among all sends of its kind.
    """

    call_id: UUID
    kind: CallKind
    act: Act
    params: Mapping[str, Any]
    idempotency_key: str
    fence: int
    send_before: datetime
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, sorted; never an exception.

    remote_id: the processor's id of what was made, with DONE.
    code: its machine-readable code of a refusal; text: for staff to read, never to decide by.
    facts: what the kind needs besides (a checkout's address).
    """

    outcome: Outcome
    remote_id: str | None = None
    code: str | None = None
    text: str = ""
    http_status: int | None = None
    request_id: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


class ProcessorGateway(Protocol):
    """Makes calls and finds what earlier ones made."""

    def send(self, instruction: Instruction) -> Answer:
        """Make the call once, under its key. Never raises for what the processor does."""
        ...

    def look_up(self, instruction: Instruction) -> Answer:
        """Find what an earlier send made: DONE with its id, NOT_RUN when there is nothing.

        UNKNOWN when the processor could not be asked.
        """
        ...


class ProcessorUnavailable(Exception):
    """The processor could not be read now; nothing was changed there or here."""


class NoSuchObject(ProcessorUnavailable):
    """It answered that it knows no such object: asking again gives nothing else."""


class Endpoint(StrEnum):
    """Our two addresses at the processor; each webhook comes in by one of them."""

    PLATFORM = "stripe"
    CONNECT = "stripe_connect"


class BadSignature(Exception):
    """A webhook that is not from the processor, too old, or from a time that has not come."""


class NoEvent(Exception):
    """What was signed is not an event: no JSON, or not of its shape."""


@dataclass(frozen=True, slots=True)
class ProcessorEvent:
    """A verified webhook; body is what was signed.

    object_id: what it is about; empty for what has no id, like a balance. account: the connected
    account it happened in; None for our own.
    """

    event_id: str
    kind: str
    livemode: bool
    object_id: str
    account: str | None
    body: Mapping[str, Any]


class EventVerifier(Protocol):
    """Tells real webhooks from forged ones."""

    def verify(self, endpoint: Endpoint, *, payload: bytes, signature: str) -> ProcessorEvent:
        """Return the event that these very bytes carry; raises BadSignature, NoEvent."""
        ...
