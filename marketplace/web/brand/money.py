"""A brand's money: where it is, in a campaign and all told, and how to get it back."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, validators
from wtforms.validators import InputRequired

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import FUNDED_SENTENCES, CampaignState
from marketplace.causes import queries as causes
from marketplace.collaborations import queries as collaborations
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.models import Funding, Refund
from marketplace.funding.rules import (
    FundingState,
    Quote,
    RefundState,
    clears_by,
    largest_budget,
    quote,
)
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.payouts import queries as payouts
from marketplace.payouts.queries import chains
from marketplace.store.session import at_one_moment, transaction
from marketplace.terms.rules import PlatformTerms
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.causes import view_of
from marketplace.web.forms import BaseForm, MoneyField


class FundingForm(BaseForm):
    budget = MoneyField("Budget to add", [InputRequired("Enter an amount.")], id="budget")


class OnceForm(BaseForm):
    """A form that moves money: sent twice, it moves it once."""

    once = HiddenField(
        validators=[InputRequired(), validators.UUID()],
        default=lambda: str(new_id()),
        render_kw={"id": False},  # a page may have several such forms
    )

    @property
    def once_id(self) -> UUID:
        """The id of what this form asks for."""
        return UUID(self.once.data)


class TakeBackForm(OnceForm):
    amount = MoneyField("Budget to take back", [InputRequired("Enter an amount.")], id="take-back")


class UseWalletForm(OnceForm):
    amount = MoneyField("Budget to add", [InputRequired("Enter an amount.")], id="use-wallet")


class RefundWalletForm(OnceForm):
    amount = MoneyField("Amount to send back", [InputRequired("Enter an amount.")], id="amount")
    currency = SelectField("Currency", validate_choice=False)


@bp.get("/billing")
def billing() -> ResponseReturnValue:
    """What did it cost, and what is left?"""
    return _billing_page(RefundWalletForm())


@bp.post("/billing/refund")
def refund_wallet() -> ResponseReturnValue:
    """Send back what lies in the brand's wallet."""
    form = RefundWalletForm()
    if not form.validate_on_submit():
        return _billing_page(form), 422
    try:
        with transaction() as session:
            asked = funding.refund_wallet(
                session,
                actor=access.actor(),
                brand_id=access.brand_id(),
                amount=form.amount.amount_in(form.currency.data or ""),
                asked_as=form.once_id,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _billing_page(form), 422
    _tell_under_way(asked)
    return redirect(url_for("brand.billing"), 303)


@bp.get("/campaigns/<uuid:campaign_id>/money")
def campaign_money(campaign_id: UUID) -> ResponseReturnValue:
    """Where is this campaign's money?"""
    return money_page(campaign_id, FundingForm())


@bp.post("/campaigns/<uuid:campaign_id>/take-back")
def take_back(campaign_id: UUID) -> ResponseReturnValue:
    """Send a part of what is unspent back while the campaign runs."""
    form = TakeBackForm()
    if not form.validate_on_submit():
        return money_page(campaign_id, form), 422
    try:
        with transaction() as session:
            campaign = campaigns.campaign_seen_by(session, access.actor(), campaign_id)
            asked = funding.take_back(
                session,
                actor=access.actor(),
                campaign_id=campaign_id,
                budget=form.amount.amount_in(campaign.currency),
                asked_as=form.once_id,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return money_page(campaign_id, form), 422
    _tell_under_way(asked)
    return redirect(url_for("brand.campaign_money", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/use-wallet")
def use_wallet(campaign_id: UUID) -> ResponseReturnValue:
    """Put money of the brand's wallet into this campaign."""
    form = UseWalletForm()
    if not form.validate_on_submit():
        return money_page(campaign_id, form), 422
    try:
        with transaction() as session:
            campaign = campaigns.campaign_seen_by(session, access.actor(), campaign_id)
            funding.use_wallet(
                session,
                actor=access.actor(),
                campaign_id=campaign_id,
                budget=form.amount.amount_in(campaign.currency),
                allocation_id=form.once_id,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return money_page(campaign_id, form), 422
    flash(f"The money is in the campaign. {FUNDED_SENTENCES[campaign.kind]}", "success")
    return redirect(url_for("brand.campaign_money", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/refund")
def refund(campaign_id: UUID) -> ResponseReturnValue:
    """Send back what a closed campaign did not spend."""
    with transaction() as session:
        asked = funding.refund_unspent(
            session, actor=access.actor(), campaign_id=campaign_id, now=utc_now()
        )
    _tell_under_way(asked)
    return redirect(url_for("brand.campaign_money", campaign_id=campaign_id), 303)


def _tell_under_way(asked: list[Refund]) -> None:
    by_bank = any(each.state is RefundState.BANK_TRANSFER_DUE for each in asked)
    if len(asked) == 1 and not by_bank:
        text = "The refund is under way to where you paid from."
    elif by_bank:
        text = "The refund is under way. What cannot go back the way you paid is sent by bank."
    else:
        text = f"{len(asked)} refunds are under way to where you paid from."
    flash(text, "success")


def money_page(campaign_id: UUID, sent: BaseForm) -> str:
    """Return the page of a campaign's money. sent: the form that was sent, or a fresh one."""
    actor = access.actor()
    with at_one_moment() as session:
        campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
        if not actor.belongs_to(campaign.brand_id):
            raise NotPermitted("look at this campaign’s money")
        terms = campaigns.terms_of(session, campaign, now=utc_now())
        shown = _money_of(session, campaign, terms)
    forms = {type(each): each for each in (FundingForm(), TakeBackForm(), UseWalletForm())}
    forms[type(sent)] = sent
    limits = terms.limits_of(campaign.currency)
    example = min(max(campaign.budget, limits.funding_least), limits.funding_most)
    return render_template(
        "brand/campaign_money.html",
        form=forms[FundingForm],
        take_back_form=forms[TakeBackForm],
        use_wallet_form=forms[UseWalletForm],
        may_pay=actor.may_pay(campaign.brand_id),
        closed=campaign.state is CampaignState.CLOSED,
        price=_price_in(forms[FundingForm], shown["pledge_due"], terms),
        example=quote(example, terms, pledge=shown["pledge_due"]),
        terms=terms,
        limits=limits,
        waits_until=waits_until,
        **shown,
    )


def _price_in(form: FundingForm, pledge: Money, terms: PlatformTerms) -> Quote | None:
    """The price of what stands in the form; without a whole amount in it nothing."""
    try:
        return quote(form.budget.amount_in(pledge.currency), terms, pledge=pledge)
    except InvalidInput as refusal:
        if "look" in request.form:
            form.show(refusal)
        return None


def _money_of(session: Session, campaign: Campaign, terms: PlatformTerms) -> dict[str, Any]:
    brand_id, currency = campaign.brand_id, campaign.currency
    now = utc_now()
    earnings = payouts.earnings_of_campaign(
        session, campaign_id=campaign.id, page=access.page_number(), now=now
    )
    wallet = queries.wallet_of(session, brand_id=brand_id, currency=currency)
    pledge = causes.pledge_of(session, campaign.id)
    due = causes.due_of(session, campaign)
    return {
        "campaign": campaign,
        "money": collaborations.campaign_money(session, campaign, now=now),
        "unspent": queries.unspent_of(session, campaign, now=now),
        "wallet": wallet,
        "wallet_pays_for": largest_budget(max(wallet - due, Money(0, currency)), terms),
        "pledge": view_of(session, pledge) if pledge is not None else None,
        "pledge_due": due,
        "owed": queries.owed_by(session, brand_id=brand_id, currency=currency),
        "fundings": queries.fundings_of(session, campaign_id=campaign.id),
        "allocations": queries.allocations_of(session, campaign_id=campaign.id),
        "refunds": queries.refunds_of(session, campaign_id=campaign.id),
        "chargebacks": queries.chargebacks_of(session, brand_id=brand_id, campaign_id=campaign.id),
        "warnings": queries.warnings_of(session, campaign_id=campaign.id),
        "earnings": earnings,
        "chains": chains.chains_of(session, earnings.rows, now=now),
        "promised": chains.promised_in(session, campaign_id=campaign.id, now=now),
        "taken_back": payouts.cases_of_campaign(session, campaign.id),
    }


def _billing_page(form: RefundWalletForm) -> str:
    actor, brand_id = access.actor(), access.brand_id()
    with at_one_moment() as session:
        page = campaigns.campaigns_of(session, brand_id=brand_id, page=access.page_number())
        money = collaborations.campaigns_money(session, list(page.rows), now=utc_now())
        fundings = queries.fundings_of_brand(session, brand_id=brand_id)
        refunds = queries.refunds_of_brand(session, brand_id=brand_id)
        wallets = queries.wallets_of(session, brand_id=brand_id)
        debts = queries.debts_of(session, brand_id=brand_id)
        bills = queries.bills_of(session, brand_id=brand_id)
    form.currency.choices = [each.currency for each in wallets]
    return render_template(
        "brand/billing.html",
        page=page,
        money=money,
        fundings=fundings,
        refunds=refunds,
        wallets=wallets,
        debts=debts,
        bills=bills,
        form=form,
        may_pay=actor.may_pay(brand_id),
        waits_until=waits_until,
    )


def waits_until(funding: Funding) -> date | None:
    """The day by which the bank has usually said yes or no; None when nobody waits for it."""
    if funding.state is not FundingState.CLEARING or funding.debit_ordered_at is None:
        return None
    return clears_by(funding.debit_ordered_at.date(), funding.method or "")
