"""Objections: do these posts touch the subject that was found in them?"""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.rules.subjects import SUBJECT_WORDS
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.asked import Asked, Desk, desk_of
from marketplace.web.staff.blueprint import bp
from marketplace.web.subject_posts import addresses_of


@bp.get("/subjects")
def subjects() -> ResponseReturnValue:
    """Who says that their posts do not touch what was found, and what do the posts say?"""
    asked = Asked()
    only = desk_of(asked)
    if only is Desk.DECIDED:
        return _decided(asked)
    with reading() as session:
        page = queries.waiting_objections(session, page=access.page_number())
        shown = []
        for objection in page.rows:
            channel = queries.channel_of(session, creator_id=objection.creator_id)
            found = [] if channel is None else queries.findings_of(session, channel_id=channel.id)
            finding = next((each for each in found if each.subject is objection.subject), None)
            posts = addresses_of(channel, found)
            shown.append((objection, channel, finding, posts))
    return render_template(
        "staff/subjects.html",
        page=page,
        shown=shown,
        words=SUBJECT_WORDS,
        only=only,
        problems=asked.problems,
    )


def _decided(asked: Asked) -> str:
    with reading() as session:
        return render_template(
            "staff/subjects.html",
            page=queries.decided_objections(session, page=access.page_number()),
            words=SUBJECT_WORDS,
            only=Desk.DECIDED,
            problems=asked.problems,
        )


@bp.post("/subjects/<uuid:objection_id>/clear")
def clear_subject(objection_id: UUID) -> ResponseReturnValue:
    """The posts do not touch it."""
    with transaction() as session:
        creators.clear_subject(
            session, actor=access.actor(), objection_id=objection_id, now=utc_now()
        )
    flash("Cleared. The posts up to now count no more for it; the creator is told.", "success")
    return redirect(url_for("staff.subjects"), 303)


@bp.post("/subjects/<uuid:objection_id>/uphold")
def uphold_subject(objection_id: UUID) -> ResponseReturnValue:
    """The posts do touch it."""
    with transaction() as session:
        creators.uphold_subject(
            session, actor=access.actor(), objection_id=objection_id, now=utc_now()
        )
    flash("It stays as it is; the creator is told.", "success")
    return redirect(url_for("staff.subjects"), 303)
