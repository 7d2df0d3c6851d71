"""Views without likes or comments: looked for as they are read, asked about, decided in time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.authenticity import queries
from marketplace.authenticity import service as authenticity
from marketplace.authenticity.messages import ViewsAppealed, ViewsDecided, ViewsQuestioned
from marketplace.authenticity.models import Assessment
from marketplace.authenticity.queries import Question
from marketplace.authenticity.rules.life import AssessmentState
from marketplace.causes import queries as causes
from marketplace.challenges import queries as challenges
from marketplace.kernel.counts import counted
from marketplace.kernel.days import moment_in_words
from marketplace.payouts import queries as payouts
from marketplace.store.session import transaction
from workers.runtime import Run
from workers.sweeping import until_none_is_due
from workers.telling import tell_earner, tell_staff


def assess_read(session: Session, post_ids: Collection[UUID], *, now: datetime) -> None:
    """Look at posts that were just read, those whose views are paid for and not final.

    In the transaction that keeps the readings: nothing is booked by one that nobody looked at.
    """
    until: dict[UUID, datetime] = {}
    for ends in (payouts.bonus_ends, challenges.counting_ends, causes.pledge_ends):
        for post_id, moment in ends(session, post_ids).items():
            until[post_id] = max(moment, until.get(post_id, moment))
    if until:
        authenticity.assess(session, until=until, now=now)


def end_silent(run: Run) -> None:
    """End the questions whose time is over, in bounded batches."""
    until_none_is_due(
        lambda session, ids: authenticity.end_silent(session, now=run.now, ids=ids),
        lambda session: authenticity.silent_ids(session, now=run.now),
    )


def tell_questioned(message: ViewsQuestioned, run: Run) -> None:
    """Tell a creator that views do not count for now, and until when to object; once a day."""
    with transaction() as session:
        question = queries.question_for_staff(session, message.assessment_id)
        found = question.assessment
        if found.state is not AssessmentState.HELD or found.decide_by is None:
            return
        _tell_creator(
            session,
            found,
            kind="views_held",
            about=f"{found.id}:{run.now.date()}",
            title=f"{_views(question)} of your post do not count for now",
            text=f"Your post for “{_campaign(question)}” got them almost without"
            f" {question.missing}, unlike your other posts. If they are people’s, say so by"
            f" {moment_in_words(found.decide_by)}: a person then decides. Without a word from you"
            " they stay out.",
            run=run,
        )


def tell_appealed(message: ViewsAppealed, run: Run) -> None:
    """Tell staff that a creator waits for their word."""
    with transaction() as session:
        question = queries.question_for_staff(session, message.assessment_id)
        found = question.assessment
        if found.state is not AssessmentState.APPEALED or found.decide_by is None:
            return
        agreed = found.post.deliverable.collaboration
        tell_staff(
            session,
            kind="views_appealed",
            about=found.id,
            title=f"{agreed.creator.display_name} says that their views are people’s",
            text=f"{_views(question)} of a post for “{_campaign(question)}” are in question."
            f" Decide by {moment_in_words(found.decide_by)}; without a word from us they count.",
            path=f"/staff/views/{found.id}",
            now=run.now,
        )


def tell_decided(message: ViewsDecided, run: Run) -> None:
    """Tell a creator what became of their views, and why."""
    with transaction() as session:
        question = queries.question_for_staff(session, message.assessment_id)
        found = question.assessment
        counts = found.state is AssessmentState.CLEARED
        _tell_creator(
            session,
            found,
            kind="views_decided",
            about=str(found.id),
            title=f"{_views(question)} of your post {'count again' if counts else 'stay out'}",
            text=_why(question) + (" What they bring is booked by itself." if counts else ""),
            run=run,
        )


def _campaign(question: Question) -> str:
    return question.assessment.post.deliverable.collaboration.campaign.name


def _views(question: Question) -> str:
    return counted(question.views, "view", "views")


def _why(question: Question) -> str:
    found = question.assessment
    if found.decided_by is not None:
        return f"We looked at it: {found.reason}"
    if question.appeal is not None:
        return "Nobody decided in time, so they count."
    return "Nobody objected in time."


def _tell_creator(
    session: Session,
    found: Assessment,
    *,
    kind: str,
    about: str,
    title: str,
    text: str,
    run: Run,
) -> None:
    tell_earner(
        session,
        found.post.deliverable.creator_id,
        kind=kind,
        about=about,
        title=title,
        text=text,
        path=f"/creator/views/{found.id}",
        now=run.now,
    )
