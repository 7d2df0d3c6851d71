"""A brand's money: what is in, what is promised, what is left, and how to add or get back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.rules import BRAND_FEE_BPS
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.rules import FundingState, largest_funding, quote, smallest_funding
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.payouts import queries as payouts
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.forms import BaseForm, MoneyField


class FundingForm(BaseForm):
    budget = MoneyField("Budget to add", [InputRequired("Enter an amount.")], id="budget")


@bp.get("/billing")
def billing() -> ResponseReturnValue:
    """What did it cost, and what is left?"""
    with reading() as session:
        page = campaigns.campaigns_of(
            session, brand_id=access.brand_id(), page=access.page_number()
        )
        money = collaborations.campaigns_money(session, list(page.rows))
        paid = queries.fundings_of_brand(session, brand_id=access.brand_id())
    return render_template("brand/billing.html", page=page, money=money, fundings=paid)


@bp.get("/campaigns/<uuid:campaign_id>/money")
def campaign_money(campaign_id: UUID) -> ResponseReturnValue:
    """Where is this campaign's money?"""
    return _money_page(campaign_id, FundingForm())


@bp.post("/campaigns/<uuid:campaign_id>/money")
def fund(campaign_id: UUID) -> ResponseReturnValue:
    """Ask for money; the next page leads to the payment."""
    form = FundingForm()
    if not form.validate_on_submit():
        return _money_page(campaign_id, form), 422
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
        return _money_page(campaign_id, form), 422
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
        flash(f"“{found.campaign.name}” is funded. Creators can accept your offers now.", "success")
        return redirect(url_for("brand.campaign_money", campaign_id=found.campaign_id), 303)
    return render_template(
        "brand/funding.html",
        funding=found,
        cancelled=back == "cancelled",
        waits=found.state is FundingState.REQUESTED
        or (found.state is FundingState.CHECKOUT_OPEN and back == "paid"),
    )


@bp.post("/campaigns/<uuid:campaign_id>/refund")
def refund(campaign_id: UUID) -> ResponseReturnValue:
    """Send back what a closed campaign did not spend."""
    with transaction() as session:
        asked = funding.refund_unspent(
            session, actor=access.actor(), campaign_id=campaign_id, now=utc_now()
        )
    flash(
        "The refund is under way to the card you paid with."
        if len(asked) == 1
        else f"{len(asked)} refunds are under way to the cards you paid with.",
        "success",
    )
    return redirect(url_for("brand.campaign_money", campaign_id=campaign_id), 303)


def _money_page(campaign_id: UUID, form: FundingForm) -> str:
    actor = access.actor()
    with reading() as session:
        campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
        if not actor.belongs_to(campaign.brand_id):
            raise NotPermitted("look at this campaign's money")
        shown: dict[str, Any] = {
            "campaign": campaign,
            "money": collaborations.campaign_money(session, campaign),
            "unspent": queries.unspent_of(
                session, campaign_id=campaign_id, currency=campaign.currency
            ),
            "fundings": queries.fundings_of(session, campaign_id=campaign_id),
            "refunds": queries.refunds_of(session, campaign_id=campaign_id),
            "earnings": payouts.earnings_of_campaign(
                session, campaign_id=campaign_id, page=access.page_number()
            ),
        }
    closed = campaign.state is CampaignState.CLOSED
    currency = campaign.currency
    example = min(max(campaign.budget, smallest_funding(currency)), largest_funding(currency))
    return render_template(
        "brand/campaign_money.html",
        form=form,
        may_pay=actor.may_pay(campaign.brand_id),
        closed=closed,
        example=quote(example, brand_fee_bps=BRAND_FEE_BPS),
        brand_fee_bps=BRAND_FEE_BPS,
        **shown,
    )
