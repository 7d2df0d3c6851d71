"""Views in question: are they people's, and do they count?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.authenticity import queries
from marketplace.authenticity import service as authenticity
from marketplace.authenticity.rules.life import (
    LIFE,
    REASON_MOST,
    AssessmentEvent,
    AssessmentState,
)
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.asked import Asked, Desk, desk_of
from marketplace.web.forms import BaseForm
from marketplace.web.staff.blueprint import bp
from marketplace.web.views_in_question import view_of

STATES: Final = {
    Desk.WAITING: (AssessmentState.APPEALED,),
    Desk.ASKED: (AssessmentState.HELD,),
    Desk.DECIDED: (AssessmentState.CLEARED, AssessmentState.CONFIRMED),
}
"""What stands on which list: a creator is asked before us."""


class DecideViewsForm(BaseForm):
    """Why the views count, or why they do not."""

    reason = TextAreaField(
        "Why?",
        [
            InputRequired("Say why: the creator reads it."),
            Length(max=REASON_MOST, message=f"Keep this to {REASON_MOST:,} characters."),
        ],
        description="The creator reads this.",
    )


@bp.get("/views")
def views() -> ResponseReturnValue:
    """Which creators wait for our word on their views, and for how long?"""
    asked = Asked()
    only = desk_of(asked, lists=STATES)
    with reading() as session:
        page = queries.questions_for_staff(session, states=STATES[only], page=access.page_number())
    return render_template("staff/views.html", page=page, only=only, problems=asked.problems)


@bp.get("/views/<uuid:assessment_id>")
def views_question(assessment_id: UUID) -> ResponseReturnValue:
    """What was found, what does the creator say, and do the views count?"""
    return _page(assessment_id, DecideViewsForm(formdata=None))


@bp.post("/views/<uuid:assessment_id>/clear")
def clear_views(assessment_id: UUID) -> ResponseReturnValue:
    """They count."""
    told = "They count. What they bring is booked by itself; the creator is told why."
    return _decide(assessment_id, authenticity.clear, told)


@bp.post("/views/<uuid:assessment_id>/confirm")
def confirm_views(assessment_id: UUID) -> ResponseReturnValue:
    """They stay out."""
    told = "They stay out; the creator is told why."
    return _decide(assessment_id, authenticity.confirm, told)


def _decide(assessment_id: UUID, decide: Callable[..., object], told: str) -> ResponseReturnValue:
    form = DecideViewsForm()
    if not form.validate_on_submit():
        return _page(assessment_id, form), 422
    with transaction() as session:
        decide(
            session,
            assessment_id=assessment_id,
            reason=form.reason.data,
            actor=access.actor(),
            now=utc_now(),
        )
    flash(told, "success")
    return redirect(url_for("staff.views_question", assessment_id=assessment_id), 303)


def _page(assessment_id: UUID, form: DecideViewsForm) -> str:
    now = utc_now()
    with reading() as session:
        found = queries.question_for_staff(session, assessment_id)
        view = view_of(session, found, now=now)
    state, decide_by = found.assessment.state, found.assessment.decide_by
    in_time = decide_by is not None and now < decide_by
    return render_template(
        "staff/views_question.html",
        view=view,
        form=form,
        may_clear=in_time and LIFE.allows(state, AssessmentEvent.CLEAR),
        may_confirm=in_time and LIFE.allows(state, AssessmentEvent.CONFIRM),
        most=REASON_MOST,
    )
