"""What was agreed, and how far is it?"""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.campaigns import queries as campaigns
from marketplace.collaborations import queries
from marketplace.collaborations.rules import offer_money
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading
from marketplace.web import access
from marketplace.web.agreements import collaboration_page
from marketplace.web.brand.blueprint import bp


@bp.get("/campaigns/<uuid:campaign_id>/collaborations")
def campaign_collaborations(campaign_id: UUID) -> ResponseReturnValue:
    """Whom do we work with in this campaign?"""
    with reading() as session:
        campaign = campaigns.campaign_seen_by(session, access.actor(), campaign_id)
        page = queries.collaborations_in_campaign(
            session, campaign_id=campaign_id, page=access.page_number()
        )
    return render_template(
        "brand/collaborations.html",
        campaign=campaign,
        page=page,
        money={each.id: offer_money(each.offer) for each in page.rows},
    )


@bp.get("/collaborations/<uuid:collaboration_id>")
def collaboration(collaboration_id: UUID) -> ResponseReturnValue:
    """What was agreed, who waits for whom, and what is next?"""
    with reading() as session:
        facts = collaboration_page(session, access.actor(), collaboration_id, now=utc_now())
    return render_template("brand/collaboration.html", **facts)
