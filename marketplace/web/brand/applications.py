"""Who applied, and what do we answer?"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.rules import countries
from marketplace.campaigns import queries as campaigns
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import (
    APPLICATION_LIFE,
    BRAND_REASONS,
    REASON_SENTENCES,
    ApplicationEvent,
    ApplicationState,
    DeclineReason,
    money_of,
)
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import queries as matching
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.agreements import sides_of
from marketplace.web.asked import Asked
from marketplace.web.brand.blueprint import bp

PIPELINE: Final = {
    "waiting": ("To answer", queries.WAITING),
    "offered": ("Offer out", (ApplicationState.OFFERED,)),
    "agreed": ("Agreed", (ApplicationState.AGREED,)),
    "over": ("Over", (ApplicationState.DECLINED, ApplicationState.WITHDRAWN)),
    "all": ("All", tuple(ApplicationState)),
}
"""Filter in the address -> its words and the states behind it."""


@bp.get("/campaigns/<uuid:campaign_id>/applications")
def applications(campaign_id: UUID) -> ResponseReturnValue:
    """Who applied? The ones whose time runs out first at the top."""
    asked = Asked()
    step = asked.one_of("step", PIPELINE, "step") or "all"
    now = utc_now()
    with reading() as session:
        campaign = campaigns.campaign_seen_by(session, access.actor(), campaign_id)
        page = queries.applications_for(
            session, campaign_id=campaign_id, states=PIPELINE[step][1], page=access.page_number()
        )
        counts = queries.application_counts(session, [campaign_id]).get(campaign_id, {})
        fits = matching.fits_of(
            session,
            campaign_id=campaign_id,
            creator_ids=[each.creator_id for each in page.rows],
            now=now,
        )
    return render_template(
        "brand/applications.html",
        campaign=campaign,
        page=page,
        fits={creator_id: fit.explained for creator_id, fit in fits.items()},
        step=step,
        pipeline=[
            {"key": key, "label": label, "count": sum(counts.get(state, 0) for state in states)}
            for key, (label, states) in PIPELINE.items()
        ],
        waiting=queries.WAITING,
        problems=asked.problems,
        now=now,
    )


@bp.get("/applications/<uuid:application_id>")
def application(application_id: UUID) -> ResponseReturnValue:
    """Is this the right creator? Pitch, fee, fit, and our answer."""
    return _page(application_id)


@bp.post("/applications/<uuid:application_id>/shortlist")
def shortlist_application(application_id: UUID) -> ResponseReturnValue:
    """Set the application aside as a good one."""
    with transaction() as session:
        found = collaborations.shortlist(
            session, application_id=application_id, actor=access.actor(), now=utc_now()
        )
        name = found.creator.display_name
    flash(f"{name} is on the shortlist and has been told.", "success")
    return redirect(url_for("brand.application", application_id=application_id), 303)


@bp.post("/applications/<uuid:application_id>/decline")
def decline_application(application_id: UUID) -> ResponseReturnValue:
    """Say no with a reason."""
    asked = request.form.get("reason", "")
    if asked not in set(DeclineReason):
        return _page(application_id, problem="Choose the reason: the applicant reads it."), 422
    try:
        with transaction() as session:
            found = collaborations.decline(
                session,
                application_id=application_id,
                reason=DeclineReason(asked),
                actor=access.actor(),
                now=utc_now(),
            )
            campaign_id, name = found.campaign_id, found.creator.display_name
    except InvalidInput as refusal:
        return _page(application_id, problem=refusal.problems["reason"]), 422
    flash(f"{name} has been told, with the reason.", "success")
    return redirect(url_for("brand.applications", campaign_id=campaign_id), 303)


def _page(application_id: UUID, *, problem: str = "") -> str:
    with reading() as session:
        found = queries.application_seen_by(session, access.actor(), application_id)
        fit = matching.fit_of(
            session,
            campaign_id=found.campaign_id,
            creator_id=found.creator_id,
            now=utc_now(),
        )
        chance = matching.views_chance_of(session, found.creator_id)
        ties = queries.ties_of(session, creator_id=found.creator_id, campaign_id=found.campaign_id)
        offers = queries.offers_of(session, application_id)
        money = queries.campaign_money(session, found.campaign, now=utc_now())
        terms = campaigns.terms_of(session, found.campaign, now=utc_now())
    shares = terms.shares_for(found.creator.country)
    may_edit = access.actor().may_edit(found.campaign.brand_id)

    def may(event: ApplicationEvent) -> bool:
        return may_edit and APPLICATION_LIFE.allows(found.state, event)

    return render_template(
        "brand/application.html",
        preview=sides_of(money_of(found.fee, shares), shares),
        application=found,
        campaign=found.campaign,
        creator=found.creator,
        country=countries().get(found.creator.country or ""),
        fit=fit,
        chance=chance,
        offers=offers,
        money=money,
        collaboration=ties.collaboration,
        reasons=[(reason.value, REASON_SENTENCES[reason]) for reason in BRAND_REASONS],
        reason_given=REASON_SENTENCES.get(DeclineReason(found.decline_reason))
        if found.decline_reason
        else None,
        problem=problem,
        may_shortlist=may(ApplicationEvent.SHORTLIST),
        may_decline=may(ApplicationEvent.DECLINE),
        may_offer=may(ApplicationEvent.OFFER),
    )
