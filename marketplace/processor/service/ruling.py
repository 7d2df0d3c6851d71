"""What people decide about a call that will not go on by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotPermitted
from marketplace.processor.messages import CallDue, CallRuled
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import FINAL, CallState, Ruling, ruled
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post

GIVEN_UP: Final = ("given_up", "We looked into it and called it off.")
"""What is read of a call that was given up, instead of the last answer, which was no refusal."""


def rule(session: Session, *, actor: Actor, call_id: UUID, ruling: Ruling, now: datetime) -> None:
    """Let a call that waits for a person go on as that person says.

    Whether a second person has to agree is for the caller to see to. Raises NotFound, NotPermitted,
    Conflict when the call waits for nobody.
    """
    if not actor.is_staff:
        raise NotPermitted("decide about calls to the processor")
    call = lock_row(session, ProcessorCall, call_id)
    if call.state is not CallState.MANUAL:
        raise Conflict("This call does not wait for a person")
    call.standing = ruled(call.standing, ruling, now=now)
    if call.state in FINAL:
        call.ended_at = now
        call.error_code, call.error_text = GIVEN_UP
        post(session, CallRuled(call_id=call.id))
    else:
        post(session, CallDue(call_id=call.id))
