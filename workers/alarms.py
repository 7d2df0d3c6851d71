"""What staff are told at once, because it does not go on by itself."""

from __future__ import annotations

import structlog

from marketplace.processor.messages import (
    CallDoneAfterAll,
    CallDoneTwice,
    CallStuck,
    SendingStopped,
)
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.sweeping import NotAll
from workers.telling import tell_staff

log = structlog.get_logger("alarms")


def tell_gone(run: Run, *, what: str, remote_id: str, path: str) -> None:
    """Tell staff, once, that the processor does not know an object of ours; asking again is idle.

    what: in words, like “a refund”.
    """
    log.error("gone_at_processor", remote_id=remote_id)
    with transaction() as session:
        tell_staff(
            session,
            kind="gone_at_processor",
            title=f"The payment service does not know {what} of ours",
            text=f"It says that there is no {remote_id}. Nothing was booked. Look whether our key"
            " is still that of the same account.",
            path=path,
            about=remote_id,
            now=run.now,
        )


def tell_stuck(message: CallStuck, run: Run) -> None:
    """Tell staff that a call waits for a person."""
    with transaction() as session:
        tell_staff(
            session,
            kind="call_stuck",
            title="A call to the payment service needs a person",
            text="Nothing is sent again by itself. Look at it and say how it goes on.",
            path=f"/staff/calls/{message.call_id}",
            about=str(message.call_id),
            now=run.now,
        )


def tell_stopped(message: SendingStopped, run: Run) -> None:
    """Tell staff that the payment service does not take our key."""
    log.error("sending_stopped", call=message.call_kind, code=message.code)
    with transaction() as session:
        tell_staff(
            session,
            kind="sending_stopped",
            title="The payment service does not take our key",
            text=f"Calls of the kind {message.call_kind} wait and lose nothing. Give the product a "
            "key that may make them; within ten minutes they go on by themselves.",
            path="/staff/calls",
            about=f"{message.call_kind}:{run.now:%Y-%m-%dT%H}",
            now=run.now,
        )


def tell_done_after_all(message: CallDoneAfterAll, run: Run) -> None:
    """Tell staff that what counted as refused was done."""
    log.error("done_after_all", call_id=str(message.call_id))
    with transaction() as session:
        tell_staff(
            session,
            kind="done_after_all",
            title="A refused call turned out to be done",
            text="What was reserved for it had been given back. The money is in suspense until you "
            "say whose it is.",
            path=f"/staff/calls/{message.call_id}",
            about=str(message.call_id),
            now=run.now,
        )


def tell_done_twice(message: CallDoneTwice, run: Run) -> None:
    """Tell staff that the processor did one call twice."""
    log.error("done_twice", call_id=str(message.call_id), remote_id=message.remote_id)
    with transaction() as session:
        tell_staff(
            session,
            kind="done_twice",
            title="The payment service has two results of one call",
            text=f"The second one is {message.remote_id}. It is a break until you say what it is.",
            path=f"/staff/calls/{message.call_id}",
            about=f"{message.call_id}:{message.remote_id}",
            now=run.now,
        )


def tell_sweep_failed(run: Run, *, name: str, error: Exception) -> None:
    """Tell staff that a periodic job did not get through everything, once a day for each."""
    why = str(error) if isinstance(error, NotAll) else f"it stopped with {type(error).__name__}"
    with transaction() as session:
        tell_staff(
            session,
            kind="sweep_failed",
            title=f"A periodic job fails: {name}",
            text=f"On its last run: {why}. It is tried again at its next time, and goes on with"
            " everything else. The log of the worker says why.",
            path="/staff",
            about=f"{name}:{run.now:%Y-%m-%d}",
            now=run.now,
        )
