"""What the links in our e-mails open."""

from __future__ import annotations

from typing import Final

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts import service as accounts
from marketplace.accounts.rules import (
    MAY,
    PASSWORD_LENGTH,
    DeadLink,
    LinkFault,
    LinkPurpose,
    read_link,
)
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import reading, transaction
from marketplace.web import access, sessions
from marketplace.web.errors import sentence
from marketplace.web.forms import BaseForm
from marketplace.web.public.blueprint import bp

_WHAT_NOW: Final = {
    "public.confirm": ("Send me a new link", "public.confirmation"),
    "public.reset_password": ("Send me a new link", "public.forgot_password"),
}
"""Endpoint of a dead link -> the button that helps, and where it leads."""


class ForgotForm(BaseForm):
    email = EmailField("E-mail", [InputRequired("Your e-mail address is needed.")])


class NewPasswordForm(BaseForm):
    password = PasswordField(
        "New password",
        [InputRequired("A password is needed.")],
        description=f"At least {PASSWORD_LENGTH} characters. Several words are easy to remember.",
    )


class ButtonForm(BaseForm):
    """Nothing but a button."""


@bp.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """Ask for one click first: programs that look through mail open links on their own."""
    link = read_link(_secret(), token, purpose=LinkPurpose.CONFIRM_EMAIL)
    form = ButtonForm()
    if not form.validate_on_submit():
        with reading() as session:
            user = accounts.check_link(session, link=link)
        return render_template("public/confirm.html", form=form, email=user.email)
    with transaction() as session:
        user = accounts.confirm_email(session, link=link, now=utc_now())
    flash(f"Thank you. {user.email} is confirmed.", "success")
    return redirect(url_for("public.home" if _is_me(user.email) else "public.sign_in"), 303)


@bp.route("/confirmation", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def confirmation() -> ResponseReturnValue:
    form = ButtonForm()
    if not form.validate_on_submit():
        return render_template("public/confirmation.html", form=form)
    with transaction() as session:
        accounts.ask_confirmation(session, actor=access.actor(), now=utc_now())
    flash(f"A link is on its way to {current_user.email}. It can take a minute.", "success")
    return redirect(url_for("public.confirmation"), 303)


@bp.route("/forgot-password", methods=["GET", "POST"])
def forgot_password() -> ResponseReturnValue:
    form = ForgotForm()
    if not form.validate_on_submit():
        code = 422 if request.method == "POST" else 200
        return render_template("public/forgot_password.html", form=form), code
    try:
        with transaction() as session:
            accounts.ask_password_reset(session, email=form.email.data, now=utc_now())
    except InvalidInput as refusal:
        form.show(refusal)
        return render_template("public/forgot_password.html", form=form), 422
    return redirect(url_for("public.look_in_mail"), 303)


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
def reset_password(token: str) -> ResponseReturnValue:
    link = read_link(_secret(), token, purpose=LinkPurpose.RESET_PASSWORD)
    form = NewPasswordForm()
    with reading() as session:
        user = accounts.check_link(session, link=link)
    if not form.validate_on_submit():
        code = 422 if request.method == "POST" else 200
        return render_template("public/reset_password.html", form=form, email=user.email), code
    try:
        with transaction() as session:
            user = accounts.reset_password(
                session, link=link, password=form.password.data, now=utc_now()
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return render_template("public/reset_password.html", form=form, email=user.email), 422
    sessions.begin(user)
    flash("Your password is changed. You are signed out everywhere else.", "success")
    return redirect(url_for("public.home"), 303)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    link = read_link(_secret(), token, purpose=LinkPurpose.JOIN_BRAND)
    form = ButtonForm()
    with reading() as session:
        card = accounts_queries.invitation_card(
            session, invitation_id=link.subject_id, now=utc_now()
        )
    if not current_user.is_authenticated or not form.validate_on_submit():
        return render_template(
            "public/invitation.html",
            form=form,
            card=card,
            may=MAY[card.role],
            is_me=_is_me(card.email),
        )
    with transaction() as session:
        accounts.accept_invitation(
            session, actor=access.actor(), invitation_id=card.id, now=utc_now()
        )
    sessions.work_for(card.brand_id)
    flash(f"You are in the team of {card.brand_name} now.", "success")
    return redirect(url_for("brand.home"), 303)


@bp.errorhandler(DeadLink)
def dead_link(refusal: DeadLink) -> ResponseReturnValue:
    """Say why a link opens nothing, and what to do instead."""
    label, endpoint = _WHAT_NOW.get(request.endpoint or "", ("", ""))
    if request.endpoint == "public.invitation":
        advice = "Ask whoever invited you for a new invitation."
        if refusal.fault is LinkFault.USED:
            advice = "If it was you, sign in and you will find the brand there."
    elif refusal.fault is LinkFault.BROKEN:
        advice = "Copy the whole address from the e-mail, or ask for a new link."
    else:
        advice = "Ask for a new one; it is there in a minute."
    return (
        render_template(
            "public/dead_link.html",
            message=sentence(refusal),
            advice=advice,
            label=label,
            url=url_for(endpoint) if endpoint else "",
        ),
        410,
    )


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _is_me(email: str) -> bool:
    return bool(current_user.is_authenticated and current_user.email == email)
