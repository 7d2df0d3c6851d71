"""Keep what the processor tells, however it reaches us."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.processor.ports import Endpoint, ProcessorEvent
from marketplace.store.inbox import keep_once


def keep_event(
    session: Session, event: ProcessorEvent, *, endpoint: Endpoint, now: datetime, aside: str = ""
) -> UUID | None:
    """Keep an event and ring for it; return its row's id, or None when it was kept before.

    endpoint: where it was sent to, or should have been. aside: why nobody is to act on it.
    """
    return keep_once(
        session,
        sender=endpoint.value,
        sender_id=event.event_id,
        kind=event.kind,
        livemode=event.livemode,
        account=event.account,
        object_id=event.object_id,
        body=dict(event.body),
        now=now,
        aside=aside,
    )
