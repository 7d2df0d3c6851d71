"""What is known of calls to the processor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.processor.models import (
    ProcessorAttempt,
    ProcessorCall,
    ProcessorLane,
)
from marketplace.processor.rules import CallKind, CallState


def call_for(session: Session, *, kind: CallKind, subject_id: UUID) -> ProcessorCall | None:
    """The call of this kind that was planned for a row of a room above."""
    return session.scalar(
        select(ProcessorCall).where(
            ProcessorCall.kind == kind, ProcessorCall.subject_id == subject_id
        )
    )


def calls_for(
    session: Session, *, kind: CallKind, subject_ids: Collection[UUID]
) -> dict[UUID, ProcessorCall]:
    """Subject id -> its call, for many subjects at once."""
    rows = session.scalars(
        select(ProcessorCall).where(
            ProcessorCall.kind == kind, ProcessorCall.subject_id.in_(subject_ids)
        )
    )
    return {row.subject_id: row for row in rows}


def call_by_id(session: Session, call_id: UUID) -> ProcessorCall:
    """A call by its id; raises NotFound."""
    found = session.get(ProcessorCall, call_id)
    if found is None:
        raise NotFound("call to the processor")
    return found


def calls_that_made(session: Session, *, remote_ids: Collection[str]) -> Sequence[ProcessorCall]:
    """The calls that made these objects at the processor."""
    return session.scalars(
        select(ProcessorCall).where(ProcessorCall.remote_id.in_(remote_ids))
    ).all()


def attempts_of(session: Session, call_id: UUID) -> Sequence[ProcessorAttempt]:
    """Every send of a call, oldest first."""
    return session.scalars(
        select(ProcessorAttempt)
        .where(ProcessorAttempt.call_id == call_id)
        .order_by(ProcessorAttempt.fence)
    ).all()


def waiting_for_a_person(session: Session) -> Sequence[ProcessorCall]:
    """Calls that will not go on by themselves."""
    return session.scalars(
        select(ProcessorCall)
        .where(ProcessorCall.state == CallState.MANUAL)
        .order_by(ProcessorCall.planned_at)
    ).all()


def without_clear_answer(session: Session) -> Sequence[ProcessorCall]:
    """Calls that may have happened at the processor."""
    return session.scalars(
        select(ProcessorCall)
        .where(ProcessorCall.state == CallState.UNKNOWN)
        .order_by(ProcessorCall.planned_at)
    ).all()


def unclear_since(session: Session, *, sent_before: datetime) -> Sequence[ProcessorCall]:
    """Calls whose last send is older than that and has no clear answer yet."""
    return session.scalars(
        select(ProcessorCall)
        .where(
            ProcessorCall.state.in_((CallState.UNKNOWN, CallState.SENDING, CallState.MANUAL)),
            ProcessorCall.last_sent_at < sent_before,
        )
        .order_by(ProcessorCall.planned_at)
    ).all()


def stopped_lanes(session: Session) -> Sequence[ProcessorLane]:
    """The kinds of calls that are not sent now, because our credentials were not taken."""
    return session.scalars(
        select(ProcessorLane)
        .where(ProcessorLane.stopped_at.is_not(None))
        .order_by(ProcessorLane.name)
    ).all()
