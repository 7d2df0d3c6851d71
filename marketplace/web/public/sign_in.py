"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from marketplace.accounts import service as accounts
from marketplace.accounts.rules import TooManyTries
from marketplace.kernel.clock import utc_now
from marketplace.store.session import transaction
from marketplace.web import sessions
from marketplace.web.errors import sentence
from marketplace.web.forms import BaseForm
from marketplace.web.public.blueprint import bp

_NO_FIT = "This e-mail address and password do not fit together."


class SignInForm(BaseForm):
    email = EmailField("E-mail", [InputRequired("Your e-mail address is needed.")])
    password = PasswordField("Password", [InputRequired("Your password is needed.")])


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(sessions.after_sign_in(), 303)
    form = SignInForm()
    if not form.validate_on_submit():
        code = 422 if request.method == "POST" else 200
        return render_template("public/sign_in.html", form=form), code
    try:
        with transaction() as session:
            user = accounts.check_password(
                session,
                email=form.email.data,
                password=form.password.data,
                address=request.remote_addr or "",
                now=utc_now(),
            )
    except TooManyTries as refusal:
        form.form_errors.append(sentence(refusal))
        return render_template("public/sign_in.html", form=form), 429
    if user is None:
        form.form_errors.append(_NO_FIT)
        return render_template("public/sign_in.html", form=form), 422
    sessions.begin(user)
    return redirect(sessions.after_sign_in(), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    sessions.end()
    flash("You are signed out.", "success")
    return redirect(url_for("public.home"), 303)
