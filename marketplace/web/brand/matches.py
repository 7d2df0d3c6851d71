"""Who fits this campaign? The ranked matches, each with its reasons."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms.validators import InputRequired

from marketplace.accounts.rules import countries, is_local_path
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import is_open
from marketplace.collaborations import queries as collaborations
from marketplace.creators import queries as creators
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import NotFound
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.queries import MatchFilters
from marketplace.matching.rules.fit import LEFT_OUT_WORDS, LeftOut
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.creators import country_asked_for, least_asked_for
from marketplace.web.forms import BaseForm

CARDS: Final = 12
"""Creators on one page: as many as one compares in a sitting."""


class ShortlistForm(BaseForm):
    creator_id = HiddenField(validators=[InputRequired()])
    keep = HiddenField()


@bp.get("/campaigns/<uuid:campaign_id>/matches")
def matches(campaign_id: UUID) -> ResponseReturnValue:
    """Who fits, best first; filters live in the address."""
    filters = MatchFilters(
        country=country_asked_for(),
        min_followers=least_asked_for("min_followers"),
        shortlisted=request.args.get("shortlisted") == "1",
    )
    with reading() as session:
        campaign = campaigns.campaign_seen_by(session, access.actor(), campaign_id)
        run = queries.latest_run(session, campaign_id)
        page = queries.matches_of(
            session, run, filters=filters, page=access.page_number(), size=CARDS
        )
        return render_template(
            "brand/matches_list.html",
            campaign=campaign,
            run=run,
            left_out=[
                (count, LEFT_OUT_WORDS[LeftOut(rule)])
                for rule, count in (run.left_out if run is not None else {}).items()
            ],
            page=page,
            asked=collaborations.asked_creators(
                session,
                campaign_id=campaign_id,
                creator_ids=[match.creator_id for match in page.rows],
            ),
            filters=filters,
            countries=countries(),
            market_countries=creators.countries_in_market(session),
            may_edit=access.actor().may_edit(campaign.brand_id),
            is_open=is_open(state=campaign.state, ends_on=campaign.ends_on, now=utc_now()),
        )


@bp.post("/campaigns/<uuid:campaign_id>/matches")
def refresh_matches(campaign_id: UUID) -> ResponseReturnValue:
    """Rank the whole market again."""
    with transaction() as session:
        run = matching.refresh(
            session, campaign_id=campaign_id, actor=access.actor(), now=utc_now()
        )
        looked_at = run.creator_count
    flash(f"Ranked again: {looked_at:,} creators were looked at.", "success")
    return redirect(url_for("brand.matches", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/shortlist")
def shortlist(campaign_id: UUID) -> ResponseReturnValue:
    """Set a creator aside for this campaign, or take them off; goes back where it came from."""
    form = ShortlistForm()
    creator_id = _id_in(form)
    with transaction() as session:
        if form.keep.data == "1":
            matching.shortlist(
                session,
                campaign_id=campaign_id,
                creator_id=creator_id,
                actor=access.actor(),
                now=utc_now(),
            )
        else:
            matching.take_off_shortlist(
                session, campaign_id=campaign_id, creator_id=creator_id, actor=access.actor()
            )
    back = request.form.get("next", "")
    if not is_local_path(back):
        back = url_for("brand.matches", campaign_id=campaign_id)
    return redirect(back, 303)


def _id_in(form: ShortlistForm) -> UUID:
    form.validate_on_submit()
    try:
        return UUID(form.creator_id.data or "")
    except ValueError:
        raise NotFound("creator") from None
