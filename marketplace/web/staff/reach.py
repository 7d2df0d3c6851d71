"""How far do plans reach what is predicted: every count, and what was learned of them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.campaigns import queries as campaigns
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import queries
from marketplace.matching.rules.planner.correction import PSEUDO, SOURCE_WORDS
from marketplace.matching.rules.planner.promise import held
from marketplace.metrics import service as metrics
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.errors import sentence
from marketplace.web.reach_forms import correction_words, count_page, reach_page
from marketplace.web.staff.blueprint import bp

PAGE: Final = "staff/campaign_reach.html"


@bp.get("/reach")
def reach() -> ResponseReturnValue:
    """Do plans reach what is predicted, and did each learning foretell better?"""
    with reading() as session:
        counts = queries.newest_counts(session)
        plans = queries.plan_promises(session, {each.campaign_id for each in counts})
        promises = {
            each.id: queries.promise_for(each, plans.get(each.campaign_id, [])) for each in counts
        }
        learned_from = {each.id for each, _ in queries.counts_to_learn_from(session)}
        return render_template(
            "staff/reach.html",
            now=correction_words(queries.present_correction(session)),
            versions=queries.correction_versions(session),
            counts=counts,
            promises=promises,
            held=held(
                (promise, each.people)
                for each in counts
                if each.id in learned_from
                and (promise := promises[each.id]) is not None
                and len(promise.creators) == each.creators
            ),
            learned_from=learned_from,
            names=campaigns.names_of(
                session, brand_ids=(), campaign_ids={each.campaign_id for each in counts}
            ),
            sources=SOURCE_WORDS,
            pseudo=int(PSEUDO),
        )


@bp.get("/reach/<uuid:campaign_id>")
def campaign_reach(campaign_id: UUID) -> ResponseReturnValue:
    """How many different people did one campaign reach?"""
    return reach_page(PAGE, campaign_id)


@bp.post("/reach/<uuid:campaign_id>")
def count_reach(campaign_id: UUID) -> ResponseReturnValue:
    """Say how many people a campaign was found to reach."""
    return count_page(PAGE, campaign_id, back=url_for("staff.reach"))


@bp.post("/reach/counts/<uuid:count_id>/set-aside")
def set_count_aside(count_id: UUID) -> ResponseReturnValue:
    """Learn nothing from a count any more, for a reason that is kept."""
    try:
        with transaction() as session:
            metrics.set_count_aside(
                session,
                count_id=count_id,
                why=request.form.get("why", ""),
                actor=access.actor(),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        flash(sentence(refusal), "danger")
    else:
        flash("Set aside. Tonight’s plans do without it.", "success")
    return redirect(url_for("staff.reach"), 303)
