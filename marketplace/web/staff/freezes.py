"""Whose payouts are stopped, by whom and why."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.creators import queries as creators
from marketplace.kernel.clock import utc_now
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.forms import BaseForm
from marketplace.web.staff.blueprint import bp

LONGEST: Final = 1_000


class FreezeForm(BaseForm):
    """Why a creator's payouts are stopped."""

    reason = TextAreaField(
        "Why?", [InputRequired("Say why, for your colleagues."), Length(max=LONGEST)]
    )


@bp.get("/freezes")
def freezes() -> ResponseReturnValue:
    """Whose payouts are stopped, by whom and why?"""
    with reading() as session:
        return render_template(
            "staff/freezes.html", page=queries.freezes(session, page=access.page_number())
        )


@bp.get("/freezes/new/<uuid:creator_id>")
def new_freeze(creator_id: UUID) -> ResponseReturnValue:
    """Why are this creator's payouts to be stopped?"""
    return _form_page(creator_id, FreezeForm(formdata=None))


@bp.post("/freezes/new/<uuid:creator_id>")
def freeze(creator_id: UUID) -> ResponseReturnValue:
    """Stop a creator's payouts."""
    form = FreezeForm()
    if not form.validate_on_submit():
        return _form_page(creator_id, form), 422
    with transaction() as session:
        payouts.freeze(
            session,
            actor=access.actor(),
            creator_id=creator_id,
            reason=form.reason.data or "",
            now=utc_now(),
        )
    flash("Frozen. Nothing more is put into payouts until you lift it.", "success")
    return redirect(url_for("staff.freezes"), 303)


@bp.post("/freezes/<uuid:freeze_id>/lift")
def lift_freeze(freeze_id: UUID) -> ResponseReturnValue:
    """Let a creator's payouts go on."""
    with transaction() as session:
        payouts.unfreeze(session, actor=access.actor(), freeze_id=freeze_id, now=utc_now())
    flash("Lifted. What is payable goes out with the next payout.", "success")
    return redirect(url_for("staff.freezes"), 303)


def _form_page(creator_id: UUID, form: FreezeForm) -> str:
    with reading() as session:
        creator = creators.creator_by_id(session, creator_id)
        return render_template(
            "staff/freeze.html",
            form=form,
            creator=creator,
            frozen=queries.freeze_of(session, creator_id),
            sums=queries.sums_of(session, creator_id),
        )
