"""Add money to a campaign: the question, and the way to the payment page and back."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import FUNDED_SENTENCES
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.rules import FundingState
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.money import FundingForm, money_page, waits_until


@bp.post("/campaigns/<uuid:campaign_id>/money")
def fund(campaign_id: UUID) -> ResponseReturnValue:
    """Ask for money; the next page leads to the payment."""
    form = FundingForm()
    if "look" in request.form:
        return money_page(campaign_id, form)
    if not form.validate_on_submit():
        return money_page(campaign_id, form), 422
    try:
        with transaction() as session:
            campaign = campaigns.campaign_seen_by(session, access.actor(), campaign_id)
            asked = funding.request_funding(
                session,
                actor=access.actor(),
                campaign_id=campaign_id,
                budget=form.budget.amount_in(campaign.currency),
                return_base=current_app.extensions["settings"].base_url,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return money_page(campaign_id, form), 422
    return redirect(url_for("brand.funding", funding_id=asked.id), 303)


@bp.get("/fundings/<uuid:funding_id>", endpoint="funding")
def funding_page(funding_id: UUID) -> ResponseReturnValue:
    """Has the payment come through? Leads on to the payment page while it is open."""
    with reading() as session:
        found = queries.funding_seen_by(session, access.actor(), funding_id)
    back = request.args.get("back", "")
    if found.state is FundingState.CHECKOUT_OPEN and not back and found.checkout_url:
        return redirect(found.checkout_url, 303)
    if found.state is FundingState.PAID:
        opens = FUNDED_SENTENCES[found.campaign.kind]
        flash(f"“{found.campaign.name}” is funded. {opens}", "success")
        return redirect(url_for("brand.campaign_money", campaign_id=found.campaign_id), 303)
    return render_template(
        "brand/funding.html",
        funding=found,
        cancelled=back == "cancelled",
        waits=found.state is FundingState.REQUESTED
        or (found.state is FundingState.CHECKOUT_OPEN and back == "paid"),
        waits_until=waits_until(found),
    )
