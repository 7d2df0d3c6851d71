"""What an answer of the processor means for a call, and what to do next. Pure.

The rules of one call, in two sentences: an answer that did not come is never taken for a refusal,
and a refusal counts only when no earlier try is unanswered. A key is kept until either the
processor has said no, or its absence was looked up twice, long after the last send.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class CallKind(StrEnum):
    """What we ask of the processor."""

    TRANSFER = "transfer"
    REFUND = "refund"
    CHECKOUT = "checkout"
    ACCOUNT = "account"


class CallState(StrEnum):
    """Where an intended call stands."""

    READY = "ready"
    SENDING = "sending"
    UNKNOWN = "unknown"
    RETRY = "retry"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    MANUAL = "manual"


class Outcome(StrEnum):
    """What one send came to."""

    DONE = "done"
    UNKNOWN = "unknown"
    """No answer, or a server error: it may have happened."""
    NOT_RUN = "not_run"
    """Turned away before anything ran: rate limit, or the key is in use."""
    REFUSED = "refused"
    MISUSED = "misused"
    """Same key, other parameters: our own mistake."""
    UNAUTHORISED = "unauthorised"
    """Our credentials were not taken; says nothing about the call."""


class Act(StrEnum):
    """What a claimed call needs: to be sent, or to be looked for."""

    SEND = "send"
    LOOK_UP = "look_up"


FINAL: Final = frozenset({CallState.SUCCEEDED, CallState.REFUSED})
LEASE: Final = timedelta(minutes=2)
"""How long one worker may hold a call; longer than any send takes."""
KEY_LIFE: Final = timedelta(hours=23)
"""Stripe may forget a key after 24 hours, and then the same key would run again."""
QUIET: Final = timedelta(hours=1)
"""How long after the last send an absence may be believed."""
ABSENCES_NEEDED: Final = 2
CURABLE: Final = frozenset({"balance_insufficient"})
"""Refusals that pass by themselves; tried again under a new key."""
WAITS: Final = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of a call after an answer.

    next_try_at: None when nothing more is to be done by itself.
    new_key: the next send must carry a new key.
    """

    state: CallState
    next_try_at: datetime | None = None
    new_key: bool = False


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after so many sends."""
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]


def act_for(*, first_sent_at: datetime | None, now: datetime) -> Act:
    """Send while the key is fresh; after that only look for what earlier sends may have done."""
    if first_sent_at is None or now - first_sent_at < KEY_LIFE:
        return Act.SEND
    return Act.LOOK_UP


def after_send(
    outcome: Outcome, *, code: str | None, tries: int, earlier_unanswered: bool, now: datetime
) -> Move:
    """Decide after one send.

    code: the processor's machine-readable code of a refusal.
    tries: sends made under this key, this one included.
    earlier_unanswered: some earlier send under this key never got a clear answer.
    """
    soon = now + wait_after(tries)
    match outcome:
        case Outcome.DONE:
            return Move(CallState.SUCCEEDED)
        case Outcome.UNKNOWN:
            return Move(CallState.UNKNOWN, soon)
        case Outcome.NOT_RUN | Outcome.UNAUTHORISED:
            return Move(CallState.UNKNOWN if earlier_unanswered else CallState.RETRY, soon)
        case Outcome.MISUSED:
            return Move(CallState.MANUAL)
        case Outcome.REFUSED:
            if earlier_unanswered:
                return Move(CallState.UNKNOWN, soon)
            if code in CURABLE:
                return Move(CallState.RETRY, now + WAITS[-1], new_key=True)
            return Move(CallState.REFUSED)


def after_look_up(
    *, found: bool, absences: int, last_sent_at: datetime | None, now: datetime
) -> Move:
    """Decide after looking for the object at the processor.

    absences: look-ups in a row that found nothing, this one included.
    """
    if found:
        return Move(CallState.SUCCEEDED)
    quiet = last_sent_at is None or now - last_sent_at >= QUIET
    if absences >= ABSENCES_NEEDED and quiet:
        return Move(CallState.READY, now, new_key=True)
    return Move(CallState.UNKNOWN, now + QUIET)
