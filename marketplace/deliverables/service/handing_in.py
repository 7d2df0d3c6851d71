"""Creators hand in versions of what they owe."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.collaborations.rules import REVIEW_DAYS
from marketplace.deliverables import queries
from marketplace.deliverables.messages import SubmissionReceived
from marketplace.deliverables.models import Submission
from marketplace.deliverables.rules import (
    LIFE,
    DeliverableEvent,
    SubmissionKind,
    check_link,
    check_video,
    check_words,
    unticked,
)
from marketplace.deliverables.service.moves import take_step
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.kernel.files import StoredFile
from marketplace.kernel.ids import new_id
from marketplace.store.outbox import post


def submit(
    session: Session,
    *,
    actor: Actor,
    deliverable_id: UUID,
    link: str | None,
    file: StoredFile | None,
    done: Collection[int],
    note: str,
    now: datetime,
) -> Submission:
    """Hand in a version: a link or a file, and which points of the brief it meets.

    done: positions in the checklist, from 0. Raises NotFound, NotPermitted, InvalidTransition
    (while one is in review, or after approval), Conflict, InvalidInput (neither or both of link and
    file, a link that is none, points left unticked, a note that is too long).
    """
    deliverable = queries.deliverable_seen_by(session, actor, deliverable_id)
    if actor.user_id is None or deliverable.creator_id != actor.creator_id:
        raise NotPermitted("hand in work for this deliverable; only its creator can")
    LIFE.next(deliverable.state, DeliverableEvent.SUBMIT)  # before any word about the form
    if (link is None) == (file is None):
        raise InvalidInput({"link": "Give a link or choose a file, one of the two."})
    points = queries.checklist_of(session, deliverable.collaboration_id)
    if missing := unticked(points, done):
        raise InvalidInput(
            {"checklist": f"Every point has to be met. Still open: {'; '.join(missing)}."}
        )
    handed = Submission(
        id=new_id(),
        deliverable_id=deliverable.id,
        kind=SubmissionKind.LINK if file is None else SubmissionKind.FILE,
        link=None if link is None else check_link(link),
        file_key=file and file.key,
        file_name=file and file.name,
        content_type=None if file is None else check_video(file.content_type),
        size_bytes=file and file.size_bytes,
        checklist=[{"text": point, "done": True} for point in points],
        note=check_words(note, field="note"),
        submitted_by=actor.user_id,
        submitted_at=now,
    )
    take_step(session, deliverable, DeliverableEvent.SUBMIT, actor=actor, now=now)
    handed.number = queries.submission_count(session, deliverable.id) + 1
    deliverable.answer_by = now + timedelta(days=REVIEW_DAYS)
    session.add(handed)
    post(session, SubmissionReceived(submission_id=handed.id))
    return handed
