"""Signing up, and then becoming a brand or a creator."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from wtforms import (
    EmailField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.accounts import service as accounts
from marketplace.accounts.rules import NAME_LENGTH_LIMIT, PASSWORD_LENGTH, TooManyTries, countries
from marketplace.creators import service as creators
from marketplace.creators.rules import BIO_MOST, TOPICS, TOPICS_MOST
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import transaction
from marketplace.web import access, sessions
from marketplace.web.errors import sentence
from marketplace.web.forms import BaseForm
from marketplace.web.public.blueprint import bp

_NAME_TOO_LONG = f"A name has at most {NAME_LENGTH_LIMIT} characters."


def _country_choices() -> dict[str, str]:
    return {"": "Choose a country", **countries()}


def _country_field() -> SelectField:
    needed = "Choose a country from the list."
    return SelectField(
        "Country",
        [InputRequired(needed)],
        choices=_country_choices,
        invalid_choice_message=needed,
    )


class SignUpForm(BaseForm):
    name = StringField(
        "Your name",
        [
            InputRequired("Your name is needed."),
            Length(max=NAME_LENGTH_LIMIT, message=_NAME_TOO_LONG),
        ],
    )
    email = EmailField("E-mail", [InputRequired("Your e-mail address is needed.")])
    password = PasswordField(
        "Password",
        [InputRequired("A password is needed.")],
        description=f"At least {PASSWORD_LENGTH} characters. Several words are easy to remember.",
    )


class BrandForm(BaseForm):
    name = StringField(
        "Name of the brand",
        [InputRequired("A name is needed.")],
        description="As creators and their audience know it.",
    )
    country = _country_field()
    website = StringField("Website", [Optional()])


class CreatorForm(BaseForm):
    display_name = StringField("The name you publish under", [InputRequired("A name is needed.")])
    country = _country_field()
    topics = SelectMultipleField(
        "Topics",
        [Optional()],
        choices={topic: topic.capitalize() for topic in TOPICS},
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=f"What your videos are about: up to {TOPICS_MOST}.",
    )
    bio = TextAreaField(
        "About you",
        [Optional()],
        description=f"Two or three sentences that brands will read, {BIO_MOST} characters at most.",
    )


@bp.get("/start")
def start() -> ResponseReturnValue:
    """Ask what a person wants to be here, before or after they signed up."""
    return render_template("public/start.html")


@bp.route("/sign-up/<any(brand, creator, member):persona>", methods=["GET", "POST"])
def sign_up(persona: str) -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(_next_step(persona), 303)
    form = SignUpForm()
    if request.method == "GET":
        form.email.data = request.args.get("email", "")
    if not form.validate_on_submit():
        code = 422 if request.method == "POST" else 200
        return render_template("public/sign_up.html", form=form, persona=persona), code
    try:
        with transaction() as session:
            user = accounts.sign_up(
                session,
                email=form.email.data,
                name=form.name.data,
                password=form.password.data,
                address=request.remote_addr or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return render_template("public/sign_up.html", form=form, persona=persona), 422
    except TooManyTries as refusal:
        form.form_errors.append(sentence(refusal))
        return render_template("public/sign_up.html", form=form, persona=persona), 429
    if user is None:
        return redirect(url_for("public.look_in_mail"), 303)
    sessions.begin(user)
    return redirect(_next_step(persona), 303)


@bp.get("/look-in-your-mail")
def look_in_mail() -> ResponseReturnValue:
    """Say that a mail is under way; the same whether there is an account or not."""
    return render_template("public/look_in_mail.html")


@bp.route("/new/brand", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def create_brand() -> ResponseReturnValue:
    form = BrandForm()
    if not form.validate_on_submit():
        code = 422 if request.method == "POST" else 200
        return render_template("public/create_brand.html", form=form), code
    try:
        with transaction() as session:
            brand = accounts.create_brand(
                session,
                actor=access.actor(),
                name=form.name.data,
                country=form.country.data,
                website=form.website.data or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return render_template("public/create_brand.html", form=form), 422
    sessions.work_for(brand.id)
    flash(f"{brand.name} is here. Start with a campaign.", "success")
    return redirect(url_for("brand.home"), 303)


@bp.route("/new/creator", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]  # likewise
def create_creator() -> ResponseReturnValue:
    if access.actor().creator_id is not None:
        return redirect(url_for("creator.home"), 303)
    form = CreatorForm()
    if not form.validate_on_submit():
        code = 422 if request.method == "POST" else 200
        return render_template("public/create_creator.html", form=form), code
    try:
        with transaction() as session:
            creators.create_creator(
                session,
                actor=access.actor(),
                display_name=form.display_name.data,
                country=form.country.data,
                topics=form.topics.data or [],
                bio=form.bio.data or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return render_template("public/create_creator.html", form=form), 422
    flash(
        "Your profile is here. Next, connect a channel so that brands see your audience.", "success"
    )
    return redirect(url_for("creator.edit_profile"), 303)


def _next_step(persona: str) -> str:
    if persona == "brand" and not access.actor().brands:
        return url_for("public.create_brand")
    if persona == "creator" and access.actor().creator_id is None:
        return url_for("public.create_creator")
    return sessions.after_sign_in()
