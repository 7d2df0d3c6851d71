"""How many different people did a campaign reach?"""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.reach_forms import ReachForm, count_by, reach_facts


@bp.get("/campaigns/<uuid:campaign_id>/reach")
def campaign_reach(campaign_id: UUID) -> ResponseReturnValue:
    """How many different people did it reach, beside what was predicted?"""
    return _page(campaign_id, ReachForm())


@bp.post("/campaigns/<uuid:campaign_id>/reach")
def count_reach(campaign_id: UUID) -> ResponseReturnValue:
    """Say how many people it was found to reach."""
    form = ReachForm()
    if not form.validate_on_submit():
        return _page(campaign_id, form), 422
    try:
        with transaction() as session:
            count_by(session, form, campaign_id=campaign_id, actor=access.actor(), now=utc_now())
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(campaign_id, form), 422
    flash("Kept. Tonight’s plans learn from it.", "success")
    return redirect(url_for("brand.campaign_reach", campaign_id=campaign_id), 303)


def _page(campaign_id: UUID, form: ReachForm) -> str:
    with reading() as session:
        facts = reach_facts(session, access.actor(), campaign_id, now=utc_now())
    return render_template("brand/reach.html", form=form, **facts)
