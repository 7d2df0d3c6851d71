"""A creator objects, staff decide, or time does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.authenticity import queries
from marketplace.authenticity.messages import ViewsAppealed, ViewsDecided
from marketplace.authenticity.models import Appeal, Assessment
from marketplace.authenticity.rules.life import (
    DECIDE_WITHIN,
    LIFE,
    OPEN,
    SILENCE,
    AssessmentEvent,
    AssessmentState,
    appeal_problem,
    reason_problem,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.metrics import service as holding
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post
from marketplace.store.rows import those_of

BATCH: Final = 500


def appeal(
    session: Session, *, assessment_id: UUID, words: str, actor: Actor, now: datetime
) -> Assessment:
    """Say that one's own views are people's; staff have to decide from now on.

    words: what the creator says to it, nothing if they like. Raises NotFound (also for another
    creator's), InvalidInput, InvalidTransition (so also the second time), Conflict too late.
    """
    queries.question_of_creator(session, actor, assessment_id)
    if actor.user_id is None:
        raise NotFound("views in question")
    found = lock_row(session, Assessment, assessment_id)
    state = LIFE.next(found.state, AssessmentEvent.APPEAL)
    if problem := appeal_problem(words.strip()):
        raise InvalidInput({"words": problem})
    _check_time(found, now, "The time to object to this is over")
    session.add(
        Appeal(assessment_id=found.id, words=words.strip(), made_by=actor.user_id, made_at=now)
    )
    found.state = state
    found.decide_by = now + DECIDE_WITHIN
    post(session, ViewsAppealed(assessment_id=found.id))
    return found


def clear(
    session: Session, *, assessment_id: UUID, reason: str, actor: Actor, now: datetime
) -> Assessment:
    """Let the views count, whether the creator has objected or not; what they bring follows.

    reason: read by the creator. Raises NotFound, NotPermitted, InvalidInput, InvalidTransition,
    Conflict when time has decided.
    """
    return _decide(session, assessment_id, AssessmentEvent.CLEAR, reason, actor=actor, now=now)


def confirm(
    session: Session, *, assessment_id: UUID, reason: str, actor: Actor, now: datetime
) -> Assessment:
    """Let the views stay out, after the creator has objected.

    reason: read by the creator. Raises NotFound, NotPermitted, InvalidInput, InvalidTransition,
    Conflict when time has decided.
    """
    return _decide(session, assessment_id, AssessmentEvent.CONFIRM, reason, actor=actor, now=now)


def end_silent(
    session: Session, *, now: datetime, limit: int = BATCH, ids: Collection[UUID] | None = None
) -> int:
    """End the questions whose time is over; return how many were. ids: only these.

    Where the creator did not object, the views stay out; where staff did not decide, they count.
    """
    due: Sequence[UUID] = session.scalars(
        those_of(_silent(now), Assessment.id, ids).limit(limit).with_for_update(skip_locked=True)
    ).all()
    for assessment_id in due:
        found = lock_row(session, Assessment, assessment_id)
        _end(session, found, SILENCE[found.state], now=now)
    return len(due)


def silent_ids(session: Session, *, now: datetime) -> Sequence[UUID]:
    """The questions whose time is over."""
    return session.scalars(_silent(now)).all()


def _silent(now: datetime) -> Select[UUID]:
    return (
        select(Assessment.id)
        .where(Assessment.state.in_(OPEN), Assessment.decide_by <= now)
        .order_by(Assessment.id)
    )


def _decide(
    session: Session,
    assessment_id: UUID,
    event: AssessmentEvent,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Assessment:
    if not actor.is_staff or actor.user_id is None:
        raise NotPermitted("decide which views count")
    found = lock_row(session, Assessment, assessment_id)
    LIFE.next(found.state, event)
    if problem := reason_problem(reason):
        raise InvalidInput({"reason": problem})
    _check_time(found, now, "The time to decide this is over")
    found.decided_by, found.reason = actor.user_id, reason.strip()
    _end(session, found, event, now=now)
    return found


def _end(session: Session, found: Assessment, event: AssessmentEvent, *, now: datetime) -> None:
    found.state = LIFE.next(found.state, event)
    found.decide_by, found.decided_at = None, now
    if found.state is AssessmentState.CLEARED:
        holding.let_count(session, held_for=found.id)
    post(session, ViewsDecided(assessment_id=found.id))


def _check_time(found: Assessment, now: datetime, refusal: str) -> None:
    if found.decide_by is None or found.decide_by <= now:
        raise Conflict(refusal)
