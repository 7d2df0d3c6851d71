"""The demo's clock: skip time ahead, for the product and its sandbox together."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, StringField, ValidationError
from wtforms.validators import InputRequired

from marketplace.kernel.clock import demo_offset, skip_ahead, utc_now
from marketplace.kernel.messages import ClockMoved
from marketplace.store.outbox import post
from marketplace.store.session import transaction
from marketplace.web import render
from marketplace.web.forms import BaseForm
from marketplace.web.staff.blueprint import bp

MOST_DAYS: Final = 400
STEPS: Final = {
    "hour": ("1 hour", timedelta(hours=1)),
    "day": ("1 day", timedelta(days=1)),
    "hold": ("8 days", timedelta(days=8)),
    "month": ("30 days", timedelta(days=30)),
}
"""What the buttons skip; eight days see a hold window out."""


class SkipForm(BaseForm):
    days = StringField(
        "Days to skip", [InputRequired(f"Write a whole number of days, from 1 to {MOST_DAYS}.")]
    )

    def validate_days(self, field: Field) -> None:
        """Refuse what is no whole number of days, and more than a demo has any use for."""
        text = field.data
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_DAYS):
            raise ValidationError(f"Write a whole number of days, from 1 to {MOST_DAYS}.")


@bp.get("/clock")
def clock() -> ResponseReturnValue:
    """What time is it in the demo, and what if it were later?"""
    _only_in_the_demo()
    return _page(SkipForm())


@bp.post("/clock")
def skip() -> ResponseReturnValue:
    """Move the demo's clock ahead, and have everything looked at that is due by then."""
    _only_in_the_demo()
    form = SkipForm()
    if "step" in request.form:
        _, step = STEPS.get(request.form["step"]) or abort(422)
    elif form.validate_on_submit():
        step = timedelta(days=int(form.days.data))
    else:
        return _page(form), 422
    now = skip_ahead(step)
    with transaction() as session:
        post(session, ClockMoved())
    flash(
        f"It is {render.moment(now)} now. Everything that came due is looked at: hold windows end,"
        " payouts go out, the statement is read. Give it a few seconds.",
        "success",
    )
    return redirect(url_for("staff.clock"), 303)


def _page(form: SkipForm) -> str:
    return render_template(
        "staff/clock.html",
        form=form,
        now=utc_now(),
        ahead=demo_offset(),
        steps=STEPS,
        most_days=MOST_DAYS,
    )


def _only_in_the_demo() -> None:
    if not current_app.config["DEMO"]:
        abort(404)
