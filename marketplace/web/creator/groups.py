"""By which groups do I want to be found?"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.rules.groups import GROUP_WORDS
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.creator.blueprint import bp
from marketplace.web.forms import BaseForm


class GroupsForm(BaseForm):
    """The groups a creator wants to be found by; none is an answer too."""

    groups = SelectMultipleField(
        "I want to be found by",
        choices={each.value: words for each, words in GROUP_WORDS.items()},
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


@bp.route("/groups", methods=["GET", "POST"])
def groups() -> ResponseReturnValue:
    """By which groups do I want to be found?"""
    form = GroupsForm()
    if not form.is_submitted():
        with reading() as session:
            form.groups.data = [each.value for each in queries.own_groups(session, access.actor())]
        return render_template("creator/groups.html", form=form)
    if not form.validate():
        return render_template("creator/groups.html", form=form), 422
    chosen = form.groups.data or []
    with transaction() as session:
        creators.declare_groups(session, actor=access.actor(), groups=chosen, now=utc_now())
    flash(
        "Saved. Brands that look for this find you from now on."
        if chosen
        else "Saved. Nobody finds you by a group, and nothing of it is kept.",
        "success",
    )
    return redirect(url_for("creator.groups"), 303)
