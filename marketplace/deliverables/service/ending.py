"""Ending a collaboration before its work is done: asked, answered, decided, carried out."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.collaborations import queries as agreements
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState, Party, RestReason, other_party
from marketplace.collaborations.service import Release
from marketplace.deliverables import queries
from marketplace.deliverables.messages import CollaborationEnded, EndingMoved
from marketplace.deliverables.models import Deliverable, Ending
from marketplace.deliverables.queries import EndingOutlook
from marketplace.deliverables.rules import (
    ENDING_ANSWER_DAYS,
    ENDING_LIFE,
    WAITING_ENDINGS,
    DeliverableEvent,
    EndingEvent,
    EndingReason,
    EndingState,
    check_words,
)
from marketplace.deliverables.service.moves import refuse_posts, take_step
from marketplace.kernel.actor import Actor
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.store.locks import lock_row, lock_rows
from marketplace.store.outbox import post
from marketplace.terms import queries as terms


def ask_to_end(
    session: Session,
    *,
    collaboration_id: UUID,
    reason: EndingReason,
    note: str,
    release: Money,
    actor: Actor,
    now: datetime,
) -> Ending:
    """Ask to end a collaboration; where this side may do so alone, it is ended at once.

    release: what goes back to the campaign, as the actor was shown it.
    Raises NotFound, NotPermitted, InvalidInput, and Conflict when it has ended, when somebody has
    asked already, or when what would happen is not what was shown.
    """
    party = _side(agreements.collaboration_seen_by(session, actor, collaboration_id), actor)
    note = check_words(note.strip(), field="note")
    if reason is EndingReason.OTHER and not note:
        raise InvalidInput({"note": "Say why, in a sentence the other side will read."})
    collaboration, outlook = _lock(session, collaboration_id, release=release, now=now)
    alone = outlook.may_alone(party, today=today_somewhere(now))
    waiting = session.scalar(
        select(Ending.id).where(
            Ending.collaboration_id == collaboration_id, Ending.state.in_(WAITING_ENDINGS)
        )
    )
    if waiting is not None:
        raise Conflict("Somebody has asked to end this collaboration already; answer that first")
    ending = Ending(
        id=new_id(),
        collaboration_id=collaboration_id,
        asked_by=party,
        asked_by_id=actor.user_id,
        reason=reason,
        note=note,
        release_minor=release.minor,
        state=EndingState.ALONE if alone else EndingState.ASKED,
        asked_at=now,
        answer_by=now + timedelta(days=ENDING_ANSWER_DAYS),
        answered_at=now if alone else None,
        answered_by_id=actor.user_id if alone else None,
        answer="",
    )
    session.add(ending)
    if alone:
        _carry_out(session, collaboration, outlook, actor=actor, now=now)
        if party is Party.BRAND:
            _let_rest(session, collaboration, outlook, now=now)
    post(session, EndingMoved(ending_id=ending.id, state=ending.state.value))
    return ending


def agree_to_end(
    session: Session, *, ending_id: UUID, release: Money, actor: Actor, now: datetime
) -> Ending:
    """Agree that a collaboration ends: what is not accepted is called off.

    release: as shown. Raises NotFound, NotPermitted, InvalidTransition (also the second time),
    Conflict.
    """
    seen = queries.ending_seen_by(session, actor, ending_id)
    _answering(seen, actor)
    return _end(session, seen, EndingEvent.AGREE, release=release, actor=actor, now=now)


def decline_to_end(
    session: Session, *, ending_id: UUID, answer: str, actor: Actor, now: datetime
) -> Ending:
    """Want the collaboration to go on; the side that asked may call staff.

    Raises NotFound, NotPermitted, InvalidInput, InvalidTransition.
    """
    seen = queries.ending_seen_by(session, actor, ending_id)
    _answering(seen, actor)
    return _move(session, seen, EndingEvent.DECLINE, answer=answer, actor=actor, now=now)


def withdraw_ending(session: Session, *, ending_id: UUID, actor: Actor, now: datetime) -> Ending:
    """Take one's own wish back; the collaboration goes on.

    Raises NotFound, NotPermitted, InvalidTransition.
    """
    seen = queries.ending_seen_by(session, actor, ending_id)
    _asking(seen, actor)
    return _move(session, seen, EndingEvent.WITHDRAW, actor=actor, now=now)


def call_staff(session: Session, *, ending_id: UUID, actor: Actor, now: datetime) -> Ending:
    """Let staff decide, once the other side has declined or its time to answer is over.

    Raises NotFound, NotPermitted, InvalidTransition, and Conflict while it may still answer, or
    when it was asked anew since.
    """
    seen = queries.ending_seen_by(session, actor, ending_id)
    _asking(seen, actor)
    if seen.state is EndingState.ASKED and now < seen.answer_by:
        raise Conflict("The other side still has time to answer; after that Fairview can decide")
    if seen.collaboration.state is not CollaborationState.ACTIVE:
        raise Conflict("This collaboration has ended already")
    try:
        with session.begin_nested():
            return _move(session, seen, EndingEvent.CALL_STAFF, actor=actor, now=now)
    except IntegrityError as refusal:
        raise Conflict("It was asked anew since; that wish counts now") from refusal


def decide_ending(
    session: Session,
    *,
    ending_id: UUID,
    end: bool,
    release: Money,
    answer: str,
    actor: Actor,
    now: datetime,
) -> Ending:
    """Decide for both sides, as staff: end it, or let it go on. Both read the answer.

    Raises NotFound, NotPermitted, InvalidInput without a reason, InvalidTransition, Conflict.
    """
    if not actor.is_staff:
        raise NotPermitted("decide for both sides; staff can")
    if not answer.strip():
        raise InvalidInput({"answer": "Say why: both sides will read it."})
    seen = queries.ending_seen_by(session, actor, ending_id)
    if end:
        return _end(
            session, seen, EndingEvent.END, release=release, answer=answer, actor=actor, now=now
        )
    return _move(session, seen, EndingEvent.KEEP, answer=answer, actor=actor, now=now)


def overtake_endings(session: Session, *, collaboration_id: UUID, now: datetime) -> None:
    """Close a wish that nobody has answered: everything was accepted before."""
    waiting = session.scalars(
        select(Ending.id).where(
            Ending.collaboration_id == collaboration_id, Ending.state.in_(WAITING_ENDINGS)
        )
    )
    for ending in lock_rows(session, Ending, waiting):
        ending.state = ENDING_LIFE.next(ending.state, EndingEvent.OVERTAKE)
        ending.answered_at = now


def _end(
    session: Session,
    seen: Ending,
    event: EndingEvent,
    *,
    release: Money,
    actor: Actor,
    now: datetime,
    answer: str = "",
) -> Ending:
    collaboration, outlook = _lock(session, seen.collaboration_id, release=release, now=now)
    ending = _move(session, seen, event, answer=answer, actor=actor, now=now)
    ending.release_minor = release.minor
    _carry_out(session, collaboration, outlook, actor=actor, now=now)
    return ending


def _move(
    session: Session,
    seen: Ending,
    event: EndingEvent,
    *,
    actor: Actor,
    now: datetime,
    answer: str = "",
) -> Ending:
    ending = lock_row(session, Ending, seen.id)
    ending.state = ENDING_LIFE.next(ending.state, event)
    ending.answered_at = now
    ending.answered_by_id = actor.user_id
    ending.answer = check_words(answer.strip(), field="answer") or ending.answer
    session.flush()  # one wish waits at a time: the index says so here, not at the end
    post(session, EndingMoved(ending_id=ending.id, state=ending.state.value))
    return ending


def _lock(
    session: Session, collaboration_id: UUID, *, release: Money, now: datetime
) -> tuple[Collaboration, EndingOutlook]:
    """Lock all that an ending touches, and refuse what is not what was shown."""
    collaboration = lock_row(session, Collaboration, collaboration_id)
    if collaboration.state is not CollaborationState.ACTIVE:
        raise Conflict("This collaboration has ended already")
    lock_rows(
        session,
        Deliverable,
        session.scalars(
            select(Deliverable.id).where(Deliverable.collaboration_id == collaboration_id)
        ),
    )
    outlook = queries.ending_outlook(session, collaboration, today=today_somewhere(now))
    if not any(line.work.is_open for line in outlook.lines):
        raise Conflict("All of the work is accepted; there is nothing left to end")
    if any(line.work.is_open and line.deliverable.disputed_at for line in outlook.lines):
        raise Conflict("There is an open dispute about this work; that has to be over first")
    if outlook.release != release:
        raise Conflict(
            Sentence(
                "The work has moved since you looked: now {release} would go back to the campaign."
                " Look at it again",
                release=outlook.release,
            )
        )
    return collaboration, outlook


def _carry_out(
    session: Session,
    collaboration: Collaboration,
    outlook: EndingOutlook,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Call off what is open, give its money back to the campaign, and end the collaboration."""
    open_work = [line.deliverable for line in outlook.lines if line.work.is_open]
    for deliverable in open_work:
        take_step(session, deliverable, DeliverableEvent.CANCEL, actor=actor, now=now)
        deliverable.answer_by = None
    refuse_posts(session, open_work, reason="The collaboration was ended.", now=now)
    collaborations.release(
        session,
        collaboration,
        which=Release.ENDED_EARLY,
        amount=outlook.release,
        actor=actor,
        now=now,
    )
    collaborations.cancel(session, collaboration, now=now)
    post(session, CollaborationEnded(collaboration_id=collaboration.id))


def _let_rest(
    session: Session, collaboration: Collaboration, outlook: EndingOutlook, *, now: datetime
) -> None:
    """Keep the fees that the creator may still dispute: the brand alone has called the work off."""
    until = terms.disputable_until(session, now)
    for line in outlook.lines:
        if line.work.is_open:
            collaborations.rest(
                session,
                campaign_id=collaboration.campaign_id,
                subject_id=line.deliverable.id,
                why=RestReason.CALLED_OFF,
                amount=line.deliverable.fee,
                until=until,
            )


def _side(collaboration: Collaboration, actor: Actor) -> Party:
    party = agreements.party_of(
        actor, brand_id=collaboration.brand_id, creator_id=collaboration.creator_id
    )
    if party is None:
        raise NotPermitted("end this collaboration; its creator, and owners or managers can")
    return party


def _asking(ending: Ending, actor: Actor) -> None:
    if _side(ending.collaboration, actor) is not ending.asked_by:
        raise NotPermitted("do this: the other side asked, yours answers")


def _answering(ending: Ending, actor: Actor) -> None:
    if _side(ending.collaboration, actor) is not other_party(ending.asked_by):
        raise NotPermitted("answer this: your side asked, the other side answers")
