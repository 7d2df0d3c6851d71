"""The pace of the sends of each kind, and the stop while our credentials are not taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Interval, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.processor import queries
from marketplace.processor.messages import SendingStopped
from marketplace.processor.models import ProcessorLane
from marketplace.processor.rules import LONGEST_WAIT, PROBE_EVERY, SENDS_A_SECOND, CallKind
from marketplace.store.outbox import post

_GAP: Final = timedelta(seconds=1) / SENDS_A_SECOND


def take_turn(session: Session, kind: CallKind) -> timedelta | None:
    """Take the next turn to send a call of this kind; return how long to wait for it.

    Turns of all workers are one gap apart, by the clock of the database: a bucket that holds one
    token. None when the next free turn is too far off. A turn that is not used is lost. The row
    stays locked until the transaction ends, so a turn and the attempt it is for are one.
    """
    gap = cast(literal(_GAP), Interval)
    moment = func.clock_timestamp()
    lane = insert(ProcessorLane).values(name=kind.value, next_send_at=moment + gap)
    waits = session.scalar(
        lane.on_conflict_do_update(
            index_elements=["name"],
            set_={"next_send_at": func.greatest(ProcessorLane.next_send_at, moment) + gap},
            where=ProcessorLane.next_send_at <= moment + cast(literal(LONGEST_WAIT), Interval),
        ).returning(ProcessorLane.next_send_at - gap - moment)
    )
    return None if waits is None else max(waits, timedelta(0))


def waiting_for_probe(session: Session, *, now: datetime) -> list[CallKind]:
    """The kinds of calls of which not even a probe goes out now."""
    names = session.scalars(select(ProcessorLane.name).where(ProcessorLane.probe_at > now))
    return [CallKind(name) for name in names]


def may_go(session: Session, kind: CallKind, *, now: datetime) -> bool:
    """Tell whether a call of this kind may go out; while they are stopped, one now and then."""
    if kind not in {lane.name for lane in queries.stopped_lanes(session)}:
        return True
    probe = session.scalar(
        update(ProcessorLane)
        .where(ProcessorLane.name == kind.value, ProcessorLane.probe_at <= now)
        .values(probe_at=now + PROBE_EVERY)
        .returning(ProcessorLane.name)
    )
    return probe is not None


def stop(session: Session, kind: CallKind, *, code: str | None, now: datetime) -> None:
    """Send no more calls of this kind until a probe goes through; staff hear of it once."""
    stopped = session.scalar(
        update(ProcessorLane)
        .where(ProcessorLane.name == kind.value, ProcessorLane.stopped_at.is_(None))
        .values(stopped_at=now, stop_code=code, probe_at=now + PROBE_EVERY)
        .returning(ProcessorLane.name)
    )
    if stopped is not None:
        post(session, SendingStopped(call_kind=kind.value, code=code or ""))


def resume(session: Session, kind: CallKind) -> None:
    """Send calls of this kind again; nothing happens when they were not stopped."""
    session.execute(
        update(ProcessorLane)
        .where(ProcessorLane.name == kind.value, ProcessorLane.stopped_at.is_not(None))
        .values(stopped_at=None, stop_code=None, probe_at=None)
    )
