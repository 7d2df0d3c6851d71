"""What was found in my posts that brands may want to avoid, and is it so?"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.rules.subjects import (
    OBJECTION_MOST,
    SUBJECT_WORDS,
    ObjectionState,
    Subject,
)
from marketplace.creators.rules.touching import COUNTS_FROM, POSTS_LOOKED_AT
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.creator.blueprint import bp
from marketplace.web.forms import BaseForm
from marketplace.web.subject_posts import addresses_of


class ObjectionForm(BaseForm):
    """What the posts are about instead."""

    subject = SelectField(
        "What is wrong?",
        choices=[SelectChoice(each.value, SUBJECT_WORDS[each]) for each in Subject],
    )
    words = TextAreaField(
        "What are these posts about?",
        [InputRequired("Say in a sentence what the posts are about."), Length(max=OBJECTION_MOST)],
        description="Staff read this and look at the posts.",
    )


@bp.get("/subjects")
def subjects() -> ResponseReturnValue:
    """What is found in my last posts, in which, and who is not shown me for it?"""
    return _page(ObjectionForm())


@bp.post("/subjects")
def object_to_subject() -> ResponseReturnValue:
    """Say that it is not so."""
    form = ObjectionForm()
    if not form.validate_on_submit():
        return _page(form), 422
    with transaction() as session:
        creators.object_to_subject(
            session,
            actor=access.actor(),
            subject=Subject(form.subject.data),
            words=form.words.data,
            now=utc_now(),
        )
    flash("Staff will look at these posts, and you are told what they find.", "success")
    return redirect(url_for("creator.subjects"), 303)


def _page(form: ObjectionForm) -> str:
    with reading() as session:
        channel = queries.channel_of(session, creator_id=access.creator_id())
        found = [] if channel is None else queries.findings_of(session, channel_id=channel.id)
        objections = queries.objections_of(session, creator_id=access.creator_id())
    waiting = {key for key, each in objections.items() if each.state is ObjectionState.WAITING}
    form.subject.choices = [
        SelectChoice(each.subject.value, SUBJECT_WORDS[each.subject])
        for each in found
        if each.subject not in waiting
    ]
    return render_template(
        "creator/subjects.html",
        form=form,
        found=found,
        objections=objections,
        words=SUBJECT_WORDS,
        addresses=addresses_of(channel, found),
        counts_from=COUNTS_FROM,
        looked_at=POSTS_LOOKED_AT,
    )
