"""What an offer promises becomes deliverables, and creators hand in versions of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.collaborations.models import Collaboration, Offer
from marketplace.collaborations.rules import REVIEW_DAYS
from marketplace.deliverables import queries
from marketplace.deliverables.messages import SubmissionReceived
from marketplace.deliverables.models import Deliverable, Submission
from marketplace.deliverables.rules import (
    LIFE,
    DeliverableEvent,
    DeliverableState,
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
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def create_from_offer(session: Session, *, collaboration_id: UUID) -> int:
    """Make the deliverables that an accepted offer promises; return how many were made.

    The second time none are made.
    """
    collaboration = lock_row(session, Collaboration, collaboration_id)
    made = session.scalar(
        select(func.count())
        .select_from(Deliverable)
        .where(Deliverable.collaboration_id == collaboration_id)
    )
    if made:
        return 0
    offer = session.scalars(select(Offer).where(Offer.id == collaboration.offer_id)).one()
    for position, wanted in enumerate(offer.deliverables, start=1):
        session.add(
            Deliverable(
                id=new_id(),
                collaboration_id=collaboration.id,
                campaign_id=collaboration.campaign_id,
                brand_id=collaboration.brand_id,
                creator_id=collaboration.creator_id,
                position=position,
                format=wanted["format"],
                description=wanted["description"],
                fee_minor=wanted["fee_minor"],
                currency=offer.currency,
                draft_due_on=date.fromisoformat(wanted["draft_due_on"]),
                publish_by_on=date.fromisoformat(wanted["publish_by_on"]),
                state=DeliverableState.AWAITING_SUBMISSION,
                rounds_allowed=offer.revision_rounds,
                rounds_used=0,
            )
        )
    return len(offer.deliverables)


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
