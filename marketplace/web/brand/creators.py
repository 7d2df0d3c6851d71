"""The market: who can be hired, and one creator as a brand sees them."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.accounts.rules import countries
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind, is_open
from marketplace.collaborations import queries as collaborations
from marketplace.creators import queries
from marketplace.creators.rules.subjects import SUBJECT_WORDS
from marketplace.kernel.clock import utc_now
from marketplace.matching import queries as matching
from marketplace.matching.rules.left_out import LEFT_OUT_WORDS
from marketplace.store.session import reading
from marketplace.web import access
from marketplace.web.audiences import shown
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.market_form import MarketForm


@bp.get("/creators", endpoint="creators")
def market() -> ResponseReturnValue:
    """Who is in the market? Filters and order live in the address."""
    form = MarketForm(request.args)
    sort = request.args.get("sort", "views")
    with reading() as session:
        form.offer(queries.countries_in_market(session))
        filters = form.filters()
        page = render_template(
            "brand/creators_list.html",
            page=queries.market(session, filters=filters, sort=sort, page=access.page_number()),
            form=form,
            filters=filters,
            sort=sort if sort in queries.SORTS else "views",
            countries=countries(),
        )
    return page, 422 if form.errors else 200


@bp.get("/creators/<uuid:creator_id>")
def creator(creator_id: UUID) -> ResponseReturnValue:
    """Who is this, who watches them, and what do they ask?

    With ?campaign=<id> of the brand also: how well do they fit it, and why?
    """
    now = utc_now()
    with reading() as session:
        found = queries.creator_by_id(session, creator_id)
        channel = queries.channel_of(session, creator_id=creator_id)
        snapshot = None
        videos, known_videos = [], 0
        if channel is not None:
            snapshot = queries.latest_audience(session, channel_id=channel.id)
            videos = list(queries.videos_of(session, channel_id=channel.id, limit=8))
            known_videos = queries.video_count(session, channel_id=channel.id)
        campaign = _campaign_asked_for(session)
        return render_template(
            "brand/creators_one.html",
            creator=found,
            channel=channel,
            audience=None if snapshot is None else shown(snapshot, now=now),
            videos=videos,
            found=[] if channel is None else queries.findings_of(session, channel_id=channel.id),
            subject_words=SUBJECT_WORDS,
            known_videos=known_videos,
            rates=queries.rates_of(session, creator_id=creator_id),
            countries=countries(),
            campaign=campaign,
            fit=None
            if campaign is None
            else matching.fit_of(session, campaign_id=campaign.id, creator_id=creator_id, now=now),
            chance=None if campaign is None else matching.views_chance_of(session, creator_id),
            behind=None
            if campaign is None
            else matching.behind_fit_of(session, creator_id, now=now),
            left_out_words=LEFT_OUT_WORDS,
            asked=None
            if campaign is None
            else collaborations.asked_creators(
                session, campaign_id=campaign.id, creator_ids=[creator_id]
            ).get(creator_id),
            is_shortlisted=campaign is not None
            and creator_id in matching.shortlisted(session, campaign.id),
            is_open=campaign is not None
            and campaign.kind is CampaignKind.AGREEMENTS
            and is_open(state=campaign.state, ends_on=campaign.ends_on, now=now),
            may_edit=access.actor().may_edit(access.brand_id()),
            running=campaigns.running_of(session, brand_id=access.brand_id()),
        )


def _campaign_asked_for(session: Session) -> Campaign | None:
    campaign_id = request.args.get("campaign", type=UUID)
    if campaign_id is None:
        return None
    return campaigns.campaign_seen_by(session, access.actor(), campaign_id)
