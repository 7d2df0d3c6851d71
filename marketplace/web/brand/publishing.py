"""A campaign becomes public, and its brief gets new versions."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from marketplace.campaigns import queries
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import CampaignKind
from marketplace.causes import queries as causes
from marketplace.challenges import service as challenges
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import transaction
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.brief_forms import AmendForm
from marketplace.web.brand.briefs import preview_page
from marketplace.web.render import money


@bp.post("/campaigns/<uuid:campaign_id>/publish")
def publish_campaign(campaign_id: UUID) -> ResponseReturnValue:
    """Open the campaign to creators."""
    try:
        with transaction() as session:
            seen = queries.campaign_seen_by(session, access.actor(), campaign_id)
            causes.check_promise(session, campaign_id)
            if seen.kind is CampaignKind.CHALLENGE:
                opened = challenges.open_challenge(
                    session, campaign_id=campaign_id, actor=access.actor(), now=utc_now()
                )
                told = f"“{seen.name}” is published, and {money(opened.pool)} are set aside for it."
            else:
                campaigns.publish(
                    session,
                    campaign_id=campaign_id,
                    actor=access.actor(),
                    now=utc_now(),
                    money_first=current_app.config["MONEY_FIRST"],
                )
                told = (
                    f"“{seen.name}” is open to creators. We are looking for those who fit it now."
                )
    except InvalidInput:
        return preview_page(campaign_id, AmendForm()), 422
    flash(told, "success")
    return redirect(url_for("brand.campaign", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/amend")
def amend_campaign(campaign_id: UUID) -> ResponseReturnValue:
    """Publish the changed brief as a new version."""
    form = AmendForm()
    if not form.validate_on_submit():
        return preview_page(campaign_id, form), 422
    try:
        with transaction() as session:
            brief = campaigns.amend_brief(
                session,
                campaign_id=campaign_id,
                change_note=form.change_note.data,
                actor=access.actor(),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return preview_page(campaign_id, form), 422
    flash(
        f"Version {brief.version} of the brief counts now. "
        "Who has agreed stays with the version they agreed to.",
        "success",
    )
    return redirect(url_for("brand.brief_versions", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/discard")
def discard_amendment(campaign_id: UUID) -> ResponseReturnValue:
    """Throw the unpublished changes of a brief away."""
    with transaction() as session:
        campaigns.discard_amendment(session, campaign_id=campaign_id, actor=access.actor())
    flash("The changes are thrown away. The published version stays.", "success")
    return redirect(url_for("brand.brief_versions", campaign_id=campaign_id), 303)
