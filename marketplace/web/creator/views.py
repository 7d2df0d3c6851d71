"""Why do some of my views not count, and what can I say to that?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import Length

from marketplace.authenticity import queries
from marketplace.authenticity import service as authenticity
from marketplace.authenticity.queries import Question
from marketplace.authenticity.rules.life import APPEAL_MOST, LIFE, AssessmentEvent
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.counts import counted
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.creator.blueprint import bp
from marketplace.web.creator.home import need
from marketplace.web.forms import BaseForm
from marketplace.web.navigation import Todo
from marketplace.web.views_in_question import view_of


class AppealForm(BaseForm):
    """What the creator says to it."""

    words = TextAreaField(
        "Where did these views come from?",
        [Length(max=APPEAL_MOST, message=f"Keep this to {APPEAL_MOST:,} characters.")],
        description="An advert, a show, a page that linked to it: whatever you know.",
    )


@bp.get("/views/<uuid:assessment_id>")
def views_question(assessment_id: UUID) -> ResponseReturnValue:
    """What was found, and until when can I object?"""
    return _page(assessment_id, AppealForm(formdata=None))


@bp.post("/views/<uuid:assessment_id>")
def appeal_views(assessment_id: UUID) -> ResponseReturnValue:
    """Say that the views are people's."""
    form = AppealForm()
    if not form.validate_on_submit():
        return _page(assessment_id, form), 422
    with transaction() as session:
        authenticity.appeal(
            session,
            assessment_id=assessment_id,
            words=form.words.data or "",
            actor=access.actor(),
            now=utc_now(),
        )
    flash("A person will look at it, and you are told what they decide.", "success")
    return redirect(url_for("creator.views_question", assessment_id=assessment_id), 303)


@need
def views_to_answer(
    session: Session, _actor: Actor, creator_id: UUID, _now: datetime
) -> Sequence[Todo]:
    """Views in question that the creator may still object to."""
    return [
        Todo(
            title=f"{counted(each.views, 'view does', 'views do')} not count for now",
            detail=f"Of your post for “{_campaign_of(each)}”. Say so if they are people’s.",
            action_label="See why",
            url=url_for("creator.views_question", assessment_id=each.assessment.id),
            due=each.assessment.decide_by,
        )
        for each in queries.questions_to_answer(session, creator_id=creator_id)
    ]


def _campaign_of(question: Question) -> str:
    return question.assessment.post.deliverable.collaboration.campaign.name


def _page(assessment_id: UUID, form: AppealForm) -> str:
    now = utc_now()
    with reading() as session:
        found = queries.question_of_creator(session, access.actor(), assessment_id)
        view = view_of(session, found, now=now)
    decide_by = found.assessment.decide_by
    return render_template(
        "creator/views_question.html",
        view=view,
        form=form,
        may_appeal=LIFE.allows(found.assessment.state, AssessmentEvent.APPEAL)
        and decide_by is not None
        and now < decide_by,
        most=APPEAL_MOST,
    )
