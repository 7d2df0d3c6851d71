"""Keeping what channels' last posts touch, and judging objections to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators.models import Channel, Creator, SubjectObjection
from marketplace.creators.rules.subjects import (
    OBJECTION,
    OBJECTION_MOST,
    SUBJECT_WORDS,
    ObjectionEvent,
    Subject,
)
from marketplace.creators.rules.touching import counting
from marketplace.creators.service.profile import own_creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.notifications import service as notifications
from marketplace.store.locks import lock_row

CHUNK: Final = 2_000


def find_subjects(session: Session, *, channel_ids: Sequence[UUID]) -> int:
    """Look through the last posts of channels again; return of how many something has changed.

    A second time changes nothing.
    """
    changed = 0
    for at in range(0, len(channel_ids), CHUNK):
        some = channel_ids[at : at + CHUNK]
        found = queries.findings_in(session, channel_ids=some)
        before = session.scalars(
            select(Channel).where(Channel.id.in_(some)).execution_options(populate_existing=True)
        )
        for channel in before:
            subjects = [each.value for each in counting(found.get(channel.id, []))]
            if channel.subjects != subjects:
                channel.subjects = subjects
                changed += 1
        session.flush()  # the next chunk reads anew, and must not hold this one's rows
    return changed


def object_to_subject(
    session: Session, *, actor: Actor, subject: Subject, words: str, now: datetime
) -> SubjectObjection:
    """Say that one's own posts do not touch a subject that was found in them.

    Raises NotPermitted, InvalidInput without words, Conflict where nothing was found or an
    objection waits already.
    """
    creator_id = own_creator(actor, "object to this")
    said = words.strip()
    if not said:
        raise InvalidInput({"words": "Say in a sentence what the posts are about."})
    if len(said) > OBJECTION_MOST:
        raise InvalidInput({"words": f"Keep this to {OBJECTION_MOST} characters."})
    channel = queries.channel_of(session, creator_id=creator_id)
    found = [] if channel is None else queries.findings_of(session, channel_id=channel.id)
    if subject not in [each.subject for each in found]:
        raise Conflict(f"Nothing of {SUBJECT_WORDS[subject].lower()} is found in your last posts")
    objection = SubjectObjection(
        id=new_id(), creator_id=creator_id, subject=subject, words=said, filed_at=now
    )
    try:
        with session.begin_nested():
            session.add(objection)
    except IntegrityError as twice:
        raise Conflict("Your objection waits already: staff will look at these posts") from twice
    return objection


def clear_subject(
    session: Session, *, actor: Actor, objection_id: UUID, now: datetime
) -> SubjectObjection:
    """Find that the posts up to now do not touch the subject: they do not count any more.

    Raises NotPermitted, NotFound, InvalidTransition when somebody decided before.
    """
    objection = _decide(session, actor, objection_id, ObjectionEvent.CLEAR, now)
    session.flush()  # the findings that follow read what was decided
    channel_ids = session.scalars(
        select(Channel.id).where(Channel.creator_id == objection.creator_id)
    ).all()
    find_subjects(session, channel_ids=channel_ids)
    _tell(
        session,
        objection,
        title=f"{SUBJECT_WORDS[objection.subject]}: you were right",
        text="Your posts up to today do not count as touching it any more.",
        now=now,
    )
    return objection


def uphold_subject(
    session: Session, *, actor: Actor, objection_id: UUID, now: datetime
) -> SubjectObjection:
    """Find that the posts do touch the subject: it stays as it is.

    Raises NotPermitted, NotFound, InvalidTransition when somebody decided before.
    """
    objection = _decide(session, actor, objection_id, ObjectionEvent.UPHOLD, now)
    _tell(
        session,
        objection,
        title=f"{SUBJECT_WORDS[objection.subject]}: it stays",
        text="We looked at the posts and they do touch it. It goes away with newer posts.",
        now=now,
    )
    return objection


def _decide(
    session: Session, actor: Actor, objection_id: UUID, event: ObjectionEvent, now: datetime
) -> SubjectObjection:
    if not actor.is_staff:
        raise NotPermitted("judge what posts touch")
    objection = lock_row(session, SubjectObjection, objection_id)
    objection.state = OBJECTION.next(objection.state, event)
    objection.decided_at = now
    objection.decided_by = actor.user_id
    return objection


def _tell(
    session: Session, objection: SubjectObjection, *, title: str, text: str, now: datetime
) -> None:
    creator = session.get_one(Creator, objection.creator_id)
    if creator.user_id is not None:
        notifications.tell(
            session,
            user_id=creator.user_id,
            kind="subject_decided",
            title=title,
            text=text,
            path="/creator/subjects",
            now=now,
            once_key=f"subject_decided:{objection.id}",
        )
