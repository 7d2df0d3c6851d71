"""What is known of calls to the processor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.processor.models import (
    ProcessorAttempt,
    ProcessorCall,
    ProcessorLane,
)
from marketplace.processor.rules import CallKind, CallState


@dataclass(frozen=True, slots=True)
class CallsToLookAt:
    """What staff has to see. stuck: wait for a person. unclear: may have happened."""

    stuck: Sequence[ProcessorCall]
    unclear: Sequence[ProcessorCall]


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


def to_look_at(session: Session) -> CallsToLookAt:
    """Calls that do not go on by themselves, or may have happened, the oldest first."""
    found = session.scalars(_TO_LOOK_AT).all()
    return CallsToLookAt(
        stuck=[each for each in found if each.state is CallState.MANUAL],
        unclear=[each for each in found if each.state is CallState.UNKNOWN],
    )


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


def results_of(
    session: Session,
    *,
    kind: CallKind,
    call_ids: Collection[UUID],
    ended_from: datetime,
    ended_until: datetime,
) -> dict[UUID, str | None]:
    """Call -> its result, of these calls and of all that were done in [ended_from, ended_until)."""
    done_then = and_(
        ProcessorCall.state == CallState.SUCCEEDED,
        ProcessorCall.ended_at >= ended_from,
        ProcessorCall.ended_at < ended_until,
    )
    rows = session.execute(
        select(ProcessorCall.id, ProcessorCall.remote_id).where(
            ProcessorCall.kind == kind, or_(ProcessorCall.id.in_(call_ids), done_then)
        )
    )
    return {row.id: row.remote_id for row in rows}


_TO_LOOK_AT: Final = (
    select(ProcessorCall)
    .where(ProcessorCall.state.in_((CallState.MANUAL, CallState.UNKNOWN)))
    .order_by(ProcessorCall.planned_at)
)
ANY_TO_LOOK_AT: Final = _TO_LOOK_AT.exists()
