"""The named invariants, checked while the page is made."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import utc_now
from marketplace.reconciliation import checks
from marketplace.store.session import reading
from marketplace.web.staff.blueprint import bp


@bp.get("/proof")
def proof() -> ResponseReturnValue:
    """Is every cent where the books say it is?"""
    now = utc_now()
    with reading() as session:
        invariants = checks.run_all(session)
    return render_template("staff/proof.html", invariants=invariants, checked_at=now)
