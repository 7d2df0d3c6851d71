"""Jobs that failed, and trying them again."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.store import outbox
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.staff.blueprint import bp


@bp.get("/messages")
def messages() -> ResponseReturnValue:
    """Which jobs failed, and why?"""
    with reading() as session:
        page = outbox.failed(session, page=access.page_number())
    return render_template("staff/messages.html", page=page)


@bp.post("/messages/<uuid:message_id>/retry")
def retry(message_id: UUID) -> ResponseReturnValue:
    """Try a failed job once more."""
    with transaction() as session:
        outbox.retry(session, message_id)
    flash("It is tried again now. If it fails again, it comes back to this list.", "success")
    return redirect(url_for("staff.messages"), 303)
