"""The named invariants as a job last checked them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import utc_now
from marketplace.ledger.checks import asking_once, causes_by_currency, cover_by_currency
from marketplace.reconciliation.checks import runs
from marketplace.store.session import at_one_moment, transaction
from marketplace.web import access
from marketplace.web.asked import Asked
from marketplace.web.staff.blueprint import bp

STALE_AFTER: Final = timedelta(hours=36)
"""The clock checks every night; a last run older than this means that the clock stands still."""
NO_RUN: Final = "“{}” names no run."


@bp.get("/proof")
def proof() -> ResponseReturnValue:
    """Is every cent where the books say it is?"""
    asked = Asked()
    chosen = asked.value("run", UUID, NO_RUN)
    now = utc_now()
    with at_one_moment() as session, asking_once(session):
        last = runs.last(session)
        shown = runs.one(session, chosen) if chosen is not None else last
        return render_template(
            "staff/proof.html",
            shown=shown,
            newest=shown is not None and last is not None and shown.run.id == last.run.id,
            running=runs.running(session, now=now),
            history=runs.history(session),
            in_a_row=runs.held_in_a_row(session),
            stale=last is not None and is_stale(last.run.begun_at, now=now),
            covers=cover_by_currency(session),
            causes=causes_by_currency(session),
            problems=asked.problems,
        )


@bp.post("/proof")
def check_now() -> ResponseReturnValue:
    """Have every invariant checked now, by a job; the page shows how far it is."""
    with transaction() as session:
        runs.begin(session, asked_by=access.actor().user_id, now=utc_now())
    return redirect(url_for("staff.proof"), 303)


def is_stale(begun_at: datetime, *, now: datetime) -> bool:
    """True when the nightly run, last begun then, has not come for longer than a night."""
    return now - begun_at > STALE_AFTER
