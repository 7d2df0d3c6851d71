"""What is due, and what do they want of this one?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.collaborations.rules import Party
from marketplace.creators.models import Platform
from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.rules import (
    DONE,
    LARGEST_FILE_BYTES,
    LIFE,
    DeliverableEvent,
    DeliverableState,
    PostState,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import InvalidInput
from marketplace.metrics.rules.addresses import parse_post_address
from marketplace.store.session import reading, transaction
from marketplace.web import access, uploads
from marketplace.web.creator.blueprint import bp
from marketplace.web.creator.home import need
from marketplace.web.deliverable_page import DeliverablePage, page_for, waiting_words
from marketplace.web.forms import BaseForm
from marketplace.web.navigation import Todo

OPEN: Final = tuple(state for state in DeliverableState if state not in DONE)


class HandInForm(BaseForm):
    """A version of the work: a file or a link, with the brief's points ticked."""

    file = FileField("The video")
    link = StringField("Link to the draft")
    checklist = SelectMultipleField(
        "The brief, point by point",
        coerce=int,
        validators=[InputRequired("Tick every point of the brief before you hand it in.")],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    note = TextAreaField("Note to the brand")


class PasteForm(BaseForm):
    """Where the live post is."""

    address = StringField(
        "Address of the post", validators=[InputRequired("Paste the address of your post.")]
    )


@bp.get("/work", endpoint="deliverables")
def list_work() -> ResponseReturnValue:
    """What is due?"""
    now, groups = utc_now(), (OPEN, DONE)
    with reading() as session:
        page = queries.work_of_creator(
            session, creator_id=access.creator_id(), groups=groups, page=access.page_number()
        )
    due, done = (
        [(line, _next(line, now)) for line in page.rows if line.deliverable.state in states]
        for states in groups
    )
    return render_template("creator/deliverables_list.html", page=page, open=due, done=done)


@bp.get("/deliverables/<uuid:deliverable_id>")
def deliverable(deliverable_id: UUID) -> ResponseReturnValue:
    with reading() as session:
        found = queries.deliverable_seen_by(session, access.actor(), deliverable_id)
    if found.is_entry:
        return redirect(url_for("creator.challenge", campaign_id=found.campaign_id), 303)
    return _show(deliverable_id)


@bp.post("/deliverables/<uuid:deliverable_id>/submissions")
def hand_in(deliverable_id: UUID) -> ResponseReturnValue:
    actor = access.actor()
    with reading() as session:
        page = page_for(session, actor, deliverable_id, side=Party.CREATOR, now=utc_now())
    LIFE.next(page.deliverable.state, DeliverableEvent.SUBMIT)  # before a file is stored
    form = _hand_in_form(page)
    if not form.validate_on_submit():
        return _refused(deliverable_id, form)
    try:
        with (
            uploads.kept(form.file.data, folder=uploads.upload_folder()) as file,
            transaction() as session,
        ):
            deliverables.submit(
                session,
                actor=actor,
                deliverable_id=deliverable_id,
                link=form.link.data or None,
                file=file,
                done=form.checklist.data,
                note=form.note.data or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _refused(deliverable_id, form)
    flash(f"Handed in. {page.sheet.brand_name} has been told.", "success")
    return redirect(url_for("creator.deliverable", deliverable_id=deliverable_id), 303)


@bp.post("/deliverables/<uuid:deliverable_id>/posts")
def paste_post(deliverable_id: UUID) -> ResponseReturnValue:
    form = PasteForm()
    if not form.validate_on_submit():
        return _show(deliverable_id, form=form), 422
    try:
        address = parse_post_address(form.address.data)
        with transaction() as session:
            deliverables.paste_post(
                session,
                actor=access.actor(),
                deliverable_id=deliverable_id,
                platform=Platform(address.platform),
                external_id=address.video_id,
                address=address.canonical,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _show(deliverable_id, form=form), 422
    return redirect(url_for("creator.deliverable", deliverable_id=deliverable_id), 303)


@bp.get("/deliverables/<uuid:deliverable_id>/check")
def post_check(deliverable_id: UUID) -> ResponseReturnValue:
    """Return the part of the page that says what the platform has answered so far."""
    with reading() as session:
        page = page_for(session, access.actor(), deliverable_id, side=Party.CREATOR, now=utc_now())
    return render_template("creator/deliverables_check.html", **_check_of(page))


@bp.get("/submissions/<uuid:submission_id>/file")
def submission_file(submission_id: UUID) -> ResponseReturnValue:
    return uploads.send_submission(access.actor(), submission_id)


@need
def deliverables_todo_for_creator(
    session: Session, _actor: Actor, creator_id: UUID, now: datetime
) -> Sequence[Todo]:
    """Drafts to hand in, changes to make, posts to publish."""
    todos: list[Todo] = []
    for line in queries.lines_for_creator(session, creator_id=creator_id, states=OPEN):
        owed = line.deliverable
        due = owed.draft_due_on
        match owed.state:
            case DeliverableState.AWAITING_SUBMISSION:
                title, label = f"Hand in a draft for {line.brand_name}", "Hand in"
            case DeliverableState.CHANGES_REQUESTED:
                title, label = f"{line.brand_name} asks for changes", "Read"
            case DeliverableState.APPROVED if line.post_state is None:
                title, label = f"Publish for {line.brand_name} and paste the address", "Paste"
                due = owed.publish_by_on
            case DeliverableState.LIVE if line.post_state is PostState.NOT_VISIBLE:
                todos.append(
                    Todo(
                        title=f"Your post for {line.brand_name} is not to be seen",
                        detail="Make it public again: it is not accepted while it is hidden.",
                        action_label="Look",
                        url=url_for("creator.deliverable", deliverable_id=owed.id),
                    )
                )
                continue
            case _:
                continue
        todos.append(
            Todo(
                title=title,
                detail=f"{owed.description}, {line.campaign_name}",
                action_label=label,
                url=url_for("creator.deliverable", deliverable_id=owed.id),
                due=due,
                late=due < today_somewhere(now),
            )
        )
    return todos


def _next(line: queries.DeliverableLine, now: datetime) -> str:
    return waiting_words(
        line.deliverable,
        brand_name=line.brand_name,
        creator_name=line.creator_name,
        post_state=line.post_state,
        side=Party.CREATOR,
        now=now,
    )


def _hand_in_form(page: DeliverablePage) -> HandInForm:
    form = HandInForm()
    form.checklist.choices = list(enumerate(page.sheet.points))
    return form


def _refused(deliverable_id: UUID, form: HandInForm) -> ResponseReturnValue:
    if form.file.data and not form.file.errors:
        form.show(InvalidInput({"file": "Choose the file again: browsers do not keep it."}))
    return _show(deliverable_id, form=form), 422


def _check_of(page: DeliverablePage) -> dict[str, Any]:
    post = page.post.post if page.post else None
    return {
        "deliverable_id": page.deliverable.id,
        "post_state": post.state if post else None,
        "post_address": post.address if post else "",
        "refusal": page.refused.refusal if page.refused else "",
    }


def _show(deliverable_id: UUID, *, form: HandInForm | PasteForm | None = None) -> str:
    with reading() as session:
        page = page_for(session, access.actor(), deliverable_id, side=Party.CREATOR, now=utc_now())
    state = page.deliverable.state
    may_hand_in = LIFE.allows(state, DeliverableEvent.SUBMIT)
    may_paste = state is DeliverableState.APPROVED
    if form is None and may_hand_in:
        form = _hand_in_form(page)
    elif form is None and may_paste:
        form = PasteForm()
    return render_template(
        "creator/deliverables_one.html",
        page=page,
        form=form,
        may_hand_in=may_hand_in,
        may_paste=may_paste,
        checking=page.post is not None and page.post.post.state is PostState.CHECKING,
        largest_mb=LARGEST_FILE_BYTES // (1024 * 1024),
        **_check_of(page),
    )
