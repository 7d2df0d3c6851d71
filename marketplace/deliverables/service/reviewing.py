"""The brand's word on a version: good, or what should change."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.deliverables import queries
from marketplace.deliverables.messages import SubmissionReviewed
from marketplace.deliverables.models import Deliverable, Review
from marketplace.deliverables.rules import LIFE, DeliverableEvent, Verdict, check_words
from marketplace.deliverables.service.moves import judged_by, take_step
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.store.outbox import post


def approve(
    session: Session,
    *,
    actor: Actor,
    deliverable_id: UUID,
    version: int,
    comment: str,
    now: datetime,
) -> Deliverable:
    """Approve the version under review: the creator may publish.

    version: the number of the submission that the person has looked at. Raises NotFound,
    NotPermitted, InvalidTransition (also the second time), InvalidInput, Conflict (somebody was
    quicker, or another version has come in since).
    """
    deliverable = judged_by(session, actor, deliverable_id)
    words = check_words(comment, field="comment")
    take_step(session, deliverable, DeliverableEvent.APPROVE, actor=actor, now=now)
    deliverable.answer_by = None
    _write_review(
        session,
        deliverable,
        verdict=Verdict.APPROVED,
        version=version,
        comment=words,
        actor=actor,
        now=now,
    )
    return deliverable


def request_changes(
    session: Session,
    *,
    actor: Actor,
    deliverable_id: UUID,
    version: int,
    comment: str,
    now: datetime,
) -> Deliverable:
    """Send the version back with what is to change; counts a revision round.

    version: as for ``approve``. Raises NotFound, NotPermitted, InvalidTransition, InvalidInput (no
    comment, or one that is too long), Conflict (the agreed rounds are used up, somebody was
    quicker, or another version has come in since).
    """
    deliverable = judged_by(session, actor, deliverable_id)
    LIFE.next(deliverable.state, DeliverableEvent.REQUEST_CHANGES)
    words = check_words(comment, field="comment")
    if not words:
        raise InvalidInput({"comment": "Say what should change."})
    if deliverable.rounds_used >= deliverable.rounds_allowed:
        raise Conflict(_no_rounds_left(deliverable.rounds_allowed))
    take_step(session, deliverable, DeliverableEvent.REQUEST_CHANGES, actor=actor, now=now)
    deliverable.rounds_used += 1
    deliverable.answer_by = None
    _write_review(
        session,
        deliverable,
        verdict=Verdict.CHANGES_REQUESTED,
        version=version,
        comment=words,
        actor=actor,
        now=now,
    )
    return deliverable


def _no_rounds_left(allowed: int) -> str:
    if allowed == 0:
        return "No revision rounds were agreed: approve this version or write to the creator"
    said = "The agreed revision round is" if allowed == 1 else f"All {allowed} revision rounds are"
    return f"{said} used: approve this version or write to the creator"


def _write_review(
    session: Session,
    deliverable: Deliverable,
    *,
    verdict: Verdict,
    version: int,
    comment: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the judgement on the newest version; the step before it has locked the deliverable."""
    submission = queries.last_submission(session, deliverable.id)
    if submission.number != version:
        raise Conflict(
            f"Version {submission.number} has come in since you looked at version {version};"
            " look at it first"
        )
    session.add(
        Review(
            id=new_id(),
            submission_id=submission.id,
            verdict=verdict,
            comment=comment,
            reviewed_by=actor.user_id,
            reviewed_at=now,
        )
    )
    post(session, SubmissionReviewed(submission_id=submission.id))
