"""The versions handed in, and what the brand said of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.deliverables.models import (
    Deliverable,
    Review,
    Submission,
)
from marketplace.deliverables.queries.scope import visible_to
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Handed:
    """A submission with what the brand said of it."""

    submission: Submission
    review: Review | None


def submission_by_id(session: Session, submission_id: UUID) -> tuple[Submission, Deliverable]:
    """A submission and its deliverable; raises NotFound."""
    found = session.execute(
        select(Submission, Deliverable)
        .join(Deliverable, Deliverable.id == Submission.deliverable_id)
        .where(Submission.id == submission_id)
    ).one_or_none()
    if found is None:
        raise NotFound("submission")
    return found[0], found[1]


def review_of(session: Session, submission_id: UUID) -> Review:
    """What the brand said of a submission; raises NotFound before it has."""
    found = session.scalar(select(Review).where(Review.submission_id == submission_id))
    if found is None:
        raise NotFound("review")
    return found


def submission_count(session: Session, deliverable_id: UUID) -> int:
    """How many versions were handed in."""
    counted = select(func.count()).where(Submission.deliverable_id == deliverable_id)
    return session.scalar(counted) or 0


def last_submission(session: Session, deliverable_id: UUID) -> Submission:
    """The version handed in last; raises NotFound when there is none."""
    found = session.scalar(
        select(Submission)
        .where(Submission.deliverable_id == deliverable_id)
        .order_by(Submission.number.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound("submission")
    return found


def submission_seen_by(session: Session, actor: Actor, submission_id: UUID) -> Submission:
    """The submission, if this actor may know of its deliverable; otherwise NotFound."""
    found = session.scalar(
        select(Submission)
        .join(Deliverable, Deliverable.id == Submission.deliverable_id)
        .where(Submission.id == submission_id, visible_to(actor))
    )
    if found is None:
        raise NotFound("submission")
    return found


def handed_in(session: Session, *, deliverable_id: UUID) -> list[Handed]:
    """Every version handed in with its review, newest first."""
    rows = session.execute(
        select(Submission, Review)
        .outerjoin(Review, Review.submission_id == Submission.id)
        .where(Submission.deliverable_id == deliverable_id)
        .order_by(Submission.number.desc())
    )
    return [Handed(*row) for row in rows]
