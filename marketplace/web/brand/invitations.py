"""Whom did we ask, and what did they say?"""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.campaigns import queries as campaigns
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.money import Money
from marketplace.matching.rules.planner.ways import way_in
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.errors import sentence


@bp.get("/campaigns/<uuid:campaign_id>/invitations")
def invitations(campaign_id: UUID) -> ResponseReturnValue:
    """Every creator we invited, the last one first."""
    with reading() as session:
        campaign = campaigns.campaign_seen_by(session, access.actor(), campaign_id)
        page = queries.invitations_for_campaign(
            session, campaign_id=campaign_id, page=access.page_number()
        )
    return render_template(
        "brand/invitations.html",
        campaign=campaign,
        page=page,
        asked={each.id: way_in(each.deliverables) for each in page.rows},
        suggested={
            each.id: Money(each.fee_minor, campaign.currency) if each.fee_minor else None
            for each in page.rows
        },
    )


@bp.post("/campaigns/<uuid:campaign_id>/invitations")
def invite(campaign_id: UUID) -> ResponseReturnValue:
    """Invite one creator (``creator_id``), with a few words if given (``message``).

    Goes back to ``next`` when that is a path of this site, else to the invitations.
    """
    try:
        creator_id = UUID(request.form.get("creator_id", ""))
    except ValueError:
        raise NotFound("creator") from None
    message = request.form.get("message", "")
    try:
        with transaction() as session:
            collaborations.invite(
                session,
                campaign_id=campaign_id,
                creator_id=creator_id,
                message=message,
                actor=access.actor(),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        flash(sentence(refusal), "danger")
    else:
        flash("Invited. The creator has been told.", "success")
    return redirect(_back(campaign_id), 303)


def _back(campaign_id: UUID) -> str:
    wanted = request.form.get("next", "")
    own = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if own else url_for("brand.invitations", campaign_id=campaign_id)
