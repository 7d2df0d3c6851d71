"""Trends, and the one that a campaign rides on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from flask import flash, get_template_attribute, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.store.session import reading, transaction
from marketplace.trends import queries
from marketplace.trends import service as trends
from marketplace.trends.models import TrendSnapshot
from marketplace.web import access
from marketplace.web.asked import Asked
from marketplace.web.brand.blueprint import bp
from marketplace.web.forms import BaseForm
from marketplace.web.trends import list_of

NO_TREND: Final = "“{}” names no trend."


class RideForm(BaseForm):
    """The trend a campaign rides on; none is an answer too."""

    trend = SelectField("Trend", default="")


@bp.get("/trends", endpoint="trends")
def trend_list() -> ResponseReturnValue:
    """What is posted more and more, and how long may it last?"""
    asked, may_edit = Asked(), access.actor().may_edit(access.brand_id())
    trend_id = asked.value("trend", UUID, NO_TREND)
    with reading() as session:
        shown = list_of(session)
        shown["problems"] += asked.problems
        chosen = queries.snapshot_of(session, trend_id) if trend_id and may_edit else None
        return render_template(
            "brand/trends.html",
            **shown,
            may_edit=may_edit,
            chosen=chosen,
            campaigns=[] if chosen is None else _could_ride(session),
        )


def _could_ride(session: Session) -> list[Campaign]:
    """The newest campaigns of the brand, but for those that are closed."""
    page = campaigns.campaigns_of(session, brand_id=access.brand_id())
    return [each for each in page.rows if each.state is not CampaignState.CLOSED]


@bp.get("/campaigns/<uuid:campaign_id>/trend")
def campaign_trend(campaign_id: UUID) -> ResponseReturnValue:
    """Which trend does this campaign ride on, and does it catch it?"""
    return _page(campaign_id, None, asked=Asked().value("trend", UUID, NO_TREND))


@bp.post("/campaigns/<uuid:campaign_id>/trend")
def ride_trend(campaign_id: UUID) -> ResponseReturnValue:
    """Ride on a trend, on another one, or on none any more."""
    form = RideForm()
    with reading() as session:
        form.trend.choices = _choices(queries.all_living(session))
    if not form.validate_on_submit():
        return _page(campaign_id, form), 422
    chosen = UUID(form.trend.data) if form.trend.data else None
    try:
        with transaction() as session:
            trends.ride(
                session,
                actor=access.actor(),
                campaign_id=campaign_id,
                trend_id=chosen,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(campaign_id, form), 422
    flash("Saved." if chosen else "Saved. The campaign rides on no trend.", "success")
    return redirect(url_for("brand.campaign_trend", campaign_id=campaign_id), 303)


def _choices(living: Sequence[TrendSnapshot]) -> list[SelectChoice]:
    told = get_template_attribute("parts/trend.html", "trend_choice")
    found = [SelectChoice(str(each.trend_id), str(told(each))) for each in living]
    return [SelectChoice("", "None"), *found]


def _page(campaign_id: UUID, form: RideForm | None, *, asked: UUID | None = None) -> str:
    """The trend a campaign rides on, or the one it is asked about before anything is saved."""
    actor, now = access.actor(), utc_now()
    with reading() as session:
        campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
        found = queries.ride_of(session, campaign_id)
        rides_on = found.trend_id if found is not None else None
        trend_id = asked or rides_on
        snapshot = queries.snapshot_of(session, trend_id) if trend_id is not None else None
        timing = (
            trends.timing_for(session, campaign=campaign, snapshot=snapshot, now=now)
            if snapshot is not None
            else None
        )
        living = queries.all_living(session)
        form = form or RideForm(
            formdata=None, data={"trend": str(trend_id) if trend_id is not None else ""}
        )
        form.trend.choices = _choices(living)
        return render_template(
            "brand/campaign_trend.html",
            campaign=campaign,
            form=form,
            snapshot=snapshot,
            timing=timing,
            fewer_rounds_help=snapshot is not None
            and trends.fewer_rounds_help(session, campaign=campaign, snapshot=snapshot, now=now),
            is_saved=trend_id == rides_on,
            living=living,
            may_edit=actor.may_edit(campaign.brand_id)
            and campaign.state is not CampaignState.CLOSED,
        )
