"""How do I look to brands? A creator's own profile."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.accounts.rules import countries
from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.rules import BIO_MOST, TOPICS, TOPICS_MOST
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.creator.blueprint import bp
from marketplace.web.forms import BaseForm

STEPS: Final = {
    "channel": ("Connect a channel", "Brands see your views and your last videos.", "channels"),
    "country": ("Say where you live", "Many briefs ask for a country.", "edit_profile"),
    "topics": ("Choose your topics", "Briefs are matched by what you make.", "edit_profile"),
    "rates": ("Set your rates", "Brands see at once whether you fit their budget.", "rates"),
    "audience": ("Describe your audience", "The largest part of every fit.", "audience"),
}


class ProfileForm(BaseForm):
    display_name = StringField(
        "Name", validators=[InputRequired("Give the name that brands should see.")]
    )
    country = SelectField("Country", description="Where you live.", default="")
    topics = SelectMultipleField(
        "Topics",
        choices={topic: topic.capitalize() for topic in TOPICS},
        description=f"What you are known for, {TOPICS_MOST} at most.",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    away_until = DateField(
        "Away until",
        [Optional()],
        description="The last day on which you take no work. Until then you are left out of the "
        "rankings of campaigns that start before.",
    )
    bio = TextAreaField(
        "About you", description=f"What you make and for whom, in {BIO_MOST} characters at most."
    )


@bp.route("/profile", methods=["GET", "POST"])
def edit_profile() -> ResponseReturnValue:
    """How do I look to brands?"""
    form = ProfileForm()
    form.country.choices = {"": "Not said", **countries()}
    if request.method == "POST":
        return _save(form)
    with reading() as session:
        creator = queries.creator_by_id(session, access.creator_id())
        form.display_name.data = creator.display_name
        form.country.data = creator.country or ""
        form.topics.data = creator.topics
        form.bio.data = creator.bio
        form.away_until.data = creator.away_until
        return _page(session, form)


def _save(form: ProfileForm) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            with transaction() as session:
                creators.edit_profile(
                    session,
                    actor=access.actor(),
                    display_name=form.display_name.data,
                    country=form.country.data or None,
                    topics=form.topics.data or [],
                    bio=form.bio.data or "",
                    away_until=form.away_until.data,
                )
        except InvalidInput as refusal:
            form.show(refusal)
        else:
            flash("Your profile is saved.", "success")
            return redirect(url_for("creator.edit_profile"), 303)
    with reading() as session:
        return _page(session, form), 422


def _page(session: Session, form: ProfileForm) -> str:
    missing = queries.missing_in_profile(session, creator_id=access.creator_id())
    return render_template(
        "creator/profile_edit.html", form=form, steps=[STEPS[name] for name in missing]
    )
