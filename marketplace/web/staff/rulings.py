"""A call that will not go on by itself: staff say how it does."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.processor import queries as processor
from marketplace.processor.rules import Ruling
from marketplace.store.session import reading, transaction
from marketplace.treasury import service as treasury
from marketplace.web import access
from marketplace.web.staff.answers import said
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.requests import ReasonForm, asked
from marketplace.web.staff.todos import WORDS, url_of_call


class RulingForm(ReasonForm):
    """How a call goes on."""

    ruling = RadioField(
        "How does it go on?",
        choices=[
            SelectChoice(Ruling.LOOK_UP, "Look for it at the processor once more"),
            SelectChoice(Ruling.NEW_KEY, "It was not done: send it again under a new key"),
            SelectChoice(Ruling.GIVE_UP, "It was not done: give it up and free what is reserved"),
        ],
        validators=[InputRequired("Choose how it goes on.")],
    )


@bp.get("/calls/<uuid:call_id>/rule")
def ruling(call_id: UUID) -> ResponseReturnValue:
    """What is known of this call, and how does it go on?"""
    return _page(call_id, RulingForm(formdata=None))


@bp.post("/calls/<uuid:call_id>/rule")
def rule_call(call_id: UUID) -> ResponseReturnValue:
    """Look for it again, or ask a colleague to agree to something that could pay twice."""
    form = RulingForm()
    if not form.validate_on_submit():
        return _page(call_id, form), 422
    try:
        with transaction() as session:
            made = treasury.ask_ruling(
                session,
                actor=access.actor(),
                call_id=call_id,
                ruling=Ruling(form.ruling.data),
                reason=form.reason.data or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(call_id, form), 422
    if made is not None:
        return asked(made)
    flash("It is looked for now. Nothing is sent meanwhile.", "info")
    return redirect(url_for("staff.call", call_id=call_id), 303)


def _page(call_id: UUID, form: RulingForm) -> str:
    with reading() as session:
        found = processor.call_by_id(session, call_id)
        return render_template(
            "staff/ruling.html",
            call=found,
            attempts=processor.attempts_of(session, call_id),
            said=said(found),
            words=WORDS,
            back=url_of_call(found),
            form=form,
        )
