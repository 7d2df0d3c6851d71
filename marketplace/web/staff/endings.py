"""Two sides do not agree whether a collaboration ends: staff decide."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.rules import ENDING_SENTENCES
from marketplace.kernel.clock import utc_now
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.asked import Asked, Desk, desk_of
from marketplace.web.endings import AnswerForm, asked_by_name, shown_release
from marketplace.web.staff.blueprint import bp


@bp.get("/endings")
def endings() -> ResponseReturnValue:
    """Which collaborations wait for our word, and what did we say before?"""
    asked = Asked()
    only = desk_of(asked)
    with reading() as session:
        page = None
        if only is Desk.DECIDED:
            page = queries.endings_decided(session, page=access.page_number())
        found = queries.endings_with_staff(session) if page is None else page.rows
    return render_template(
        "staff/endings.html",
        found=[(each, *asked_by_name(each)) for each in found],
        page=page,
        only=only,
        problems=asked.problems,
    )


@bp.get("/endings/<uuid:ending_id>")
def ending(ending_id: UUID) -> ResponseReturnValue:
    """Does this collaboration end, or go on?"""
    return _page(ending_id, AnswerForm())


@bp.post("/endings/<uuid:ending_id>")
def decide_ending(ending_id: UUID) -> ResponseReturnValue:
    """Decide for both sides."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(ending_id, form), 422
    with reading() as session:
        seen = queries.ending_seen_by(session, access.actor(), ending_id)
    try:
        with transaction() as session:
            deliverables.decide_ending(
                session,
                ending_id=ending_id,
                end="end" in request.form,
                release=shown_release(form, seen.collaboration),
                answer=form.answer.data or "",
                actor=access.actor(),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(ending_id, form), 422
    flash("Decided, and both sides are told.", "success")
    return redirect(url_for("staff.endings"), 303)


def _page(ending_id: UUID, form: AnswerForm) -> str:
    with reading() as session:
        found = queries.ending_seen_by(session, access.actor(), ending_id)
        outlook = queries.ending_outlook(
            session, found.collaboration, today=today_somewhere(utc_now())
        )
    form.release.data = str(outlook.release.minor)
    asking, answering = asked_by_name(found)
    return render_template(
        "staff/ending.html",
        ending=found,
        outlook=outlook,
        form=form,
        reason=ENDING_SENTENCES[found.reason],
        asking=asking,
        answering=answering,
    )
