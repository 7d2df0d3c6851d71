"""What does this campaign give to a cause, and where is that money?"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries
from marketplace.causes import service as causes
from marketplace.causes.models import Organisation, Pledge
from marketplace.causes.rules.organisations import CATEGORY_WORDS
from marketplace.causes.rules.pledges import PledgeKind, PledgeTerms, pledge_problems
from marketplace.funding.rules import Quote, price_of
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import digits
from marketplace.store.session import reading, transaction
from marketplace.terms.rules import PlatformTerms
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.causes import view_of
from marketplace.web.forms import BaseForm, MoneyField


class PledgeForm(BaseForm):
    """To whom, and how much."""

    organisation = SelectField("Organisation", [InputRequired("Choose an organisation.")])
    kind = RadioField(
        "How much",
        choices=[
            SelectChoice(PledgeKind.FIXED.value, "A fixed amount, owed when the campaign ends"),
            SelectChoice(PledgeKind.VIEWS.value, "So much for every 1,000 views, up to a ceiling"),
        ],
        default=PledgeKind.FIXED.value,
        validators=[InputRequired("Choose how much.")],
    )
    amount = MoneyField("Amount, or ceiling", [InputRequired("Enter an amount.")])
    rate = MoneyField("For every 1,000 views", description="Only for a pledge by views.")

    def terms(self, currency: str) -> PledgeTerms:
        """Return what is promised; raises InvalidInput for what is no amount."""
        kind = PledgeKind(self.kind.data)
        by_views = kind is PledgeKind.VIEWS
        return PledgeTerms(
            kind=kind,
            amount=self.amount.amount_in(currency),
            rate=self.rate.amount_in(currency) if by_views else None,
        )


@bp.get("/campaigns/<uuid:campaign_id>/cause")
def campaign_cause(campaign_id: UUID) -> ResponseReturnValue:
    """What do we give, to whom, and where is that money?"""
    return _page(campaign_id, None)


@bp.post("/campaigns/<uuid:campaign_id>/cause")
def pledge(campaign_id: UUID) -> ResponseReturnValue:
    """Pledge something, or change what a draft pledges."""
    form = PledgeForm()
    if "look" in request.form:
        return _page(campaign_id, form)
    with reading() as session:
        currency = campaigns.campaign_seen_by(session, access.actor(), campaign_id).currency
        form.organisation.choices = _choices(queries.verified(session))
    if not form.validate_on_submit():
        return _page(campaign_id, form), 422
    try:
        with transaction() as session:
            causes.pledge(
                session,
                actor=access.actor(),
                campaign_id=campaign_id,
                organisation_id=UUID(form.organisation.data),
                terms=form.terms(currency),
                now=utc_now(),
            )
            due = queries.due_of(
                session, campaigns.campaign_seen_by(session, access.actor(), campaign_id)
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(campaign_id, form), 422
    if due:
        flash("Saved. It is paid with the next payment for budget, and shown after that.", "info")
    else:
        flash("Saved.", "success")
    return redirect(url_for("brand.campaign_cause", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/cause/take-off")
def take_off_cause(campaign_id: UUID) -> ResponseReturnValue:
    """Take the pledge off a draft."""
    with transaction() as session:
        causes.take_off(session, actor=access.actor(), campaign_id=campaign_id, now=utc_now())
    flash("Taken off. What was set aside for it is in your wallet.", "success")
    return redirect(url_for("brand.campaign_cause", campaign_id=campaign_id), 303)


def _choices(organisations: Sequence[Organisation]) -> list[SelectChoice]:
    return [
        SelectChoice(str(each.id), f"{each.name} ({CATEGORY_WORDS[each.category]})")
        for each in organisations
    ]


def _page(campaign_id: UUID, form: PledgeForm | None) -> str:
    actor = access.actor()
    with reading() as session:
        campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
        found = queries.pledge_of(session, campaign_id)
        organisations = queries.verified(session)
        view = view_of(session, found) if found is not None else None
        steps = queries.pledge_steps(session, found.id) if found is not None else []
        terms = campaigns.terms_of(session, campaign, now=utc_now())
    form = form or PledgeForm(formdata=None, data=_filled_in(found))
    form.organisation.choices = _choices(organisations)
    return render_template(
        "brand/campaign_cause.html",
        campaign=campaign,
        form=form,
        view=view,
        steps=steps,
        organisations=organisations,
        price=_price_in(form, campaign, terms),
        may_edit=actor.may_edit(campaign.brand_id) and campaign.state is CampaignState.DRAFT,
        stale=found is not None and found.currency != campaign.currency,
    )


def _filled_in(found: Pledge | None) -> dict[str, str] | None:
    if found is None:
        return None
    return {
        "organisation": str(found.organisation_id),
        "kind": found.kind.value,
        "amount": digits(found.amount),
        "rate": digits(found.terms.rate) if found.terms.rate else "",
    }


def _price_in(form: PledgeForm, campaign: Campaign, terms: PlatformTerms) -> Quote | None:
    """What the planned budget costs together with the pledge in the form; nothing without one."""
    try:
        pledged = form.terms(campaign.currency)
        if problems := pledge_problems(pledged, budget=campaign.budget):
            raise InvalidInput(problems)
    except InvalidInput as refusal:
        if "look" in request.form:
            form.show(refusal)
        return None
    except ValueError:  # no kind was chosen
        return None
    return price_of(campaign.budget, terms, pledge=pledged.amount)
