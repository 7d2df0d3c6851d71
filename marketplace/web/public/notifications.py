"""What happened: a person's notifications."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from marketplace.kernel.clock import utc_now
from marketplace.notifications import queries
from marketplace.notifications import service as notices
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.public.blueprint import bp


@bp.get("/notifications")
@login_required  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def notifications() -> ResponseReturnValue:
    with reading() as session:
        page = queries.notifications_of(session, access.user_id(), page=access.page_number())
    return render_template("public/notifications.html", page=page)


@bp.get("/notifications/<uuid:notification_id>")
@login_required  # type: ignore[untyped-decorator]  # likewise
def open_notification(notification_id: UUID) -> ResponseReturnValue:
    """Go where a notification leads; it counts as read from now on."""
    with transaction() as session:
        found = notices.mark_read(
            session, actor=access.actor(), notification_id=notification_id, now=utc_now()
        )
    return redirect(found.path)


@bp.post("/notifications/read")
@login_required  # type: ignore[untyped-decorator]  # likewise
def mark_all_read() -> ResponseReturnValue:
    with transaction() as session:
        notices.mark_all_read(session, actor=access.actor(), now=utc_now())
    flash("All read.", "success")
    return redirect(url_for("public.notifications"), 303)
