"""What waits for our word, and is the draft right?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from marketplace.collaborations.rules import Party
from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import reading, transaction
from marketplace.web import access, uploads
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.home import need
from marketplace.web.deliverable_page import page_for, waiting_words
from marketplace.web.forms import BaseForm
from marketplace.web.navigation import Todo

OURS: Final = (DeliverableState.IN_REVIEW, DeliverableState.LIVE)
"""The brand has the next word."""
THEIRS: Final = (
    DeliverableState.AWAITING_SUBMISSION,
    DeliverableState.CHANGES_REQUESTED,
    DeliverableState.APPROVED,
)


class ReviewForm(BaseForm):
    """A word on one version. version: the one that the person has looked at."""

    version = IntegerField(
        "Version",
        widget=HiddenInput(),
        validators=[InputRequired("Open the page again: it has to say which version you saw.")],
    )
    comment = TextAreaField("Comment")


@bp.get("/deliverables", endpoint="deliverables")
def list_work() -> ResponseReturnValue:
    """What waits for our word?"""
    now, groups = utc_now(), (OURS, THEIRS, (DeliverableState.ACCEPTED,))
    with reading() as session:
        page = queries.work_of_brand(
            session, brand_id=access.brand_id(), groups=groups, page=access.page_number()
        )
    mine, theirs, done = (
        [(line, _next(line, now)) for line in page.rows if line.deliverable.state in states]
        for states in groups
    )
    return render_template(
        "brand/deliverables_list.html", page=page, mine=mine, theirs=theirs, done=done
    )


@bp.get("/deliverables/<uuid:deliverable_id>")
def deliverable(deliverable_id: UUID) -> ResponseReturnValue:
    with reading() as session:
        found = queries.deliverable_seen_by(session, access.actor(), deliverable_id)
    if found.is_entry:
        return redirect(url_for("brand.challenge", campaign_id=found.campaign_id), 303)
    return _show(deliverable_id)


@bp.post("/deliverables/<uuid:deliverable_id>/approve")
def approve(deliverable_id: UUID) -> ResponseReturnValue:
    return _reviewed(
        deliverable_id,
        deliverables.approve,
        "Approved. The creator has been told and publishes next.",
    )


@bp.post("/deliverables/<uuid:deliverable_id>/changes")
def request_changes(deliverable_id: UUID) -> ResponseReturnValue:
    return _reviewed(
        deliverable_id,
        deliverables.request_changes,
        "Sent back. The creator has been told what should change.",
    )


def _reviewed(
    deliverable_id: UUID, verdict: Callable[..., object], told: str
) -> ResponseReturnValue:
    form = ReviewForm()
    if not form.validate_on_submit():
        return _show(deliverable_id, form=form), 422
    try:
        with transaction() as session:
            verdict(
                session,
                actor=access.actor(),
                deliverable_id=deliverable_id,
                version=form.version.data,
                comment=form.comment.data or "",
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _show(deliverable_id, form=form), 422
    flash(told, "success")
    return redirect(url_for("brand.deliverable", deliverable_id=deliverable_id), 303)


@bp.post("/deliverables/<uuid:deliverable_id>/accept")
def accept(deliverable_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        deliverables.accept(
            session, actor=access.actor(), deliverable_id=deliverable_id, now=utc_now()
        )
    flash("Accepted. The creator has earned the fee.", "success")
    return redirect(url_for("brand.deliverable", deliverable_id=deliverable_id), 303)


@bp.get("/submissions/<uuid:submission_id>/file")
def submission_file(submission_id: UUID) -> ResponseReturnValue:
    return uploads.send_submission(access.actor(), submission_id)


@need
def deliverables_todo_for_brand(
    session: Session, actor: Actor, brand_id: UUID, now: datetime
) -> Sequence[Todo]:
    """Drafts to review and live posts to accept."""
    if not actor.may_edit(brand_id):
        return []
    todos: list[Todo] = []
    for line in queries.lines_for_brands(session, brand_ids=[brand_id], states=OURS):
        owed, name = line.deliverable, line.creator_name
        due = owed.answer_by
        if owed.state is DeliverableState.IN_REVIEW:
            title, label = f"Review {name}’s draft", "Review"
        elif line.post_state is PostState.NOT_VISIBLE:
            title, label, due = f"{name}’s post is not to be seen", "Look", None
        else:
            title, label = f"Accept {name}’s live post", "Look"
        todos.append(
            Todo(
                title=title,
                detail=f"{owed.description}, {line.campaign_name}",
                action_label=label,
                url=url_for("brand.deliverable", deliverable_id=owed.id),
                due=due,
                late=due is not None and due <= now,
            )
        )
    return todos


def _next(line: queries.DeliverableLine, now: datetime) -> str:
    return waiting_words(
        line.deliverable,
        brand_name=line.brand_name,
        creator_name=line.creator_name,
        post_state=line.post_state,
        side=Party.BRAND,
        now=now,
    )


def _show(deliverable_id: UUID, *, form: ReviewForm | None = None) -> str:
    actor = access.actor()
    with reading() as session:
        page = page_for(session, actor, deliverable_id, side=Party.BRAND, now=utc_now())
    under_review = page.under_review
    if form is None:
        form = ReviewForm(version=under_review.submission.number if under_review else None)
    return render_template(
        "brand/deliverables_one.html",
        page=page,
        form=form,
        may_judge=actor.may_edit(page.deliverable.brand_id),
    )
