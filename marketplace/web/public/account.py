"""A person's own account: what we know of them, and closing it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from wtforms import PasswordField
from wtforms.validators import InputRequired

from marketplace.accounts import service as accounts
from marketplace.accounts.rules import TooManyTries
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.store.session import reading, transaction
from marketplace.web import access, sessions
from marketplace.web.errors import sentence
from marketplace.web.forms import BaseForm
from marketplace.web.public.blueprint import bp


class CloseForm(BaseForm):
    password = PasswordField("Your password", [InputRequired("Your password is needed.")])


@bp.get("/account")
@login_required  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def account() -> ResponseReturnValue:
    """Who am I here, and how do I leave?"""
    return _page(CloseForm())


@bp.post("/account/close")
@login_required  # type: ignore[untyped-decorator]  # likewise
def close_account() -> ResponseReturnValue:
    """Close my account, after my password was typed once more."""
    form = CloseForm()
    if not form.validate_on_submit():
        return _page(form), 422
    now = utc_now()
    try:
        with transaction() as session:
            user = accounts.check_password(
                session,
                email=current_user.email,
                password=form.password.data,
                address=request.remote_addr or "",
                now=now,
            )
    except TooManyTries as refusal:
        form.form_errors.append(sentence(refusal))
        return _page(form), 429
    if user is None:
        form.form_errors.append("This is not your password.")
        return _page(form), 422
    try:
        with transaction() as session:
            tokens = payouts.close_account(session, actor=access.actor(), now=now)
    except Conflict as refusal:
        form.form_errors.append(sentence(refusal))
        return _page(form), 409
    for token in tokens:  # ours are deleted, whatever TikTok answers
        access.gateways().tiktok.revoke(token)
    sessions.end()
    flash("Your account is closed, and you are signed out everywhere.", "success")
    return redirect(url_for("public.home"), 303)


def _page(form: CloseForm) -> str:
    actor, now = access.actor(), utc_now()
    creator_id = actor.creator_id
    with reading() as session:
        return render_template(
            "public/account.html",
            form=form,
            kept=queries.what_keeps_open(session, actor),
            alone=queries.left_to_nobody(session, actor),
            is_creator=creator_id is not None,
            left_over=queries.left_over(session, creator_id=creator_id, now=now)
            if creator_id
            else (),
            without_account=queries.left_without_account(session, creator_id=creator_id, now=now)
            if creator_id
            else (),
        )
