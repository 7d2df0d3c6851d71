"""What are we running? The list of campaigns and the page of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.rules import countries
from marketplace.campaigns import queries
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind, CampaignState
from marketplace.challenges import queries as challenge_queries
from marketplace.challenges import service as challenges
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.rules import ApplicationState
from marketplace.kernel.clock import utc_now
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.matching.rules.labels import group_words
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.agreements import rights_in_words
from marketplace.web.asked import Asked
from marketplace.web.brand.basics_form import category_field
from marketplace.web.brand.blueprint import bp
from marketplace.web.forms import BaseForm


class CategoryForm(BaseForm):
    """What a campaign is for."""

    category = category_field()


@bp.get("/campaigns", endpoint="campaigns")
def campaign_list() -> ResponseReturnValue:
    """One line for each campaign: state, money, creators by step, days left."""
    now = utc_now()
    sort = request.args.get("sort", "newest")
    asked = Asked()
    state = asked.one_of("state", CampaignState, "state")
    with reading() as session:
        page = queries.campaigns_of(
            session,
            brand_id=access.brand_id(),
            page=access.page_number(),
            sort=sort,
            state=state,
        )
        ids = [campaign.id for campaign in page.rows]
        money = collaborations.campaigns_money(session, page.rows, now=now)
        counts = collaborations.application_counts(session, ids)
        invited = collaborations.invitation_counts(session, ids)
    return render_template(
        "brand/campaigns.html",
        page=page,
        money=money,
        counts=counts,
        invited=invited,
        sort=sort if sort in queries.SORTS else "newest",
        state=state,
        states=list(CampaignState),
        problems=asked.problems,
        today=today_somewhere(now),
        may_edit=access.actor().may_edit(access.brand_id()),
    )


@bp.get("/campaigns/<uuid:campaign_id>")
def campaign(campaign_id: UUID) -> ResponseReturnValue:
    """How does this campaign stand?"""
    return _campaign_page(campaign_id, CategoryForm())


@bp.post("/campaigns/<uuid:campaign_id>/category")
def say_category(campaign_id: UUID) -> ResponseReturnValue:
    """Say what a campaign is for that was published before campaigns had to say so."""
    form = CategoryForm()
    try:
        with transaction() as session:
            campaigns.say_category(
                session,
                campaign_id=campaign_id,
                category=form.category.data or "",
                actor=access.actor(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _campaign_page(campaign_id, form), 422
    flash("Said. Promises to other brands in it count for this campaign from now on.", "success")
    return redirect(url_for("brand.campaign", campaign_id=campaign_id), 303)


def _campaign_page(campaign_id: UUID, form: CategoryForm) -> str:
    now = utc_now()
    with reading() as session:
        found = queries.campaign_seen_by(session, access.actor(), campaign_id)
        money = collaborations.campaign_money(session, found, now=now)
        counts = collaborations.application_counts(session, [campaign_id]).get(campaign_id, {})
        invited = collaborations.invitation_counts(session, [campaign_id]).get(campaign_id, 0)
        steps = queries.steps_of(session, campaign_id)
        amendment = queries.draft_brief(session, campaign_id)
        challenge = (
            challenge_queries.challenge_of(session, campaign_id)
            if found.kind is CampaignKind.CHALLENGE
            else None
        )
        joined = 0 if challenge is None else challenge_queries.entry_count(session, challenge.id)
    return render_template(
        "brand/campaign.html",
        challenge=challenge,
        joined=joined,
        campaign=found,
        money=money,
        counts=counts,
        invited=invited,
        applied=sum(counts.values()),
        agreed=counts.get(ApplicationState.AGREED, 0),
        steps=steps,
        has_amendment=amendment is not None and found.state is CampaignState.PUBLISHED,
        today=today_somewhere(now),
        may_edit=access.actor().may_edit(found.brand_id),
        form=form,
    )


@bp.get("/campaigns/<uuid:campaign_id>/brief")
def brief_versions(campaign_id: UUID) -> ResponseReturnValue:
    """What do we ask for, and what did we ask before?"""
    with reading() as session:
        found = queries.campaign_seen_by(session, access.actor(), campaign_id)
        versions = queries.brief_versions(session, campaign_id)
        draft = queries.draft_brief(session, campaign_id)
    return render_template(
        "brand/brief_versions.html",
        campaign=found,
        versions=versions,
        draft=draft,
        words=brief_words(found, versions[0]) if versions else None,
        country_names=countries(),
        may_edit=access.actor().may_edit(found.brand_id)
        and found.state is not CampaignState.CLOSED,
    )


@bp.route("/campaigns/<uuid:campaign_id>/close", methods=["GET", "POST"])
def close_campaign(campaign_id: UUID) -> ResponseReturnValue:
    """Ask once, naming the campaign; then take no more creators."""
    if request.method == "POST":
        with transaction() as session:
            seen = queries.campaign_seen_by(session, access.actor(), campaign_id)
            is_challenge = seen.kind is CampaignKind.CHALLENGE
            end = challenges.call_off if is_challenge else campaigns.close
            closed = end(session, campaign_id=campaign_id, actor=access.actor(), now=utc_now())
        told = "called off" if is_challenge else "closed. What was agreed goes on"
        flash(f"“{closed.name}” is {told}.", "success")
        return redirect(url_for("brand.campaign", campaign_id=campaign_id), 303)
    with reading() as session:
        found = queries.campaign_seen_by(session, access.actor(), campaign_id)
        counts = collaborations.application_counts(session, [campaign_id]).get(campaign_id, {})
        challenge = challenge_queries.challenge_of(session, campaign_id)
        joined = 0 if challenge is None else challenge_queries.entry_count(session, challenge.id)
    if not access.actor().may_edit(found.brand_id):
        raise NotPermitted("close this campaign")
    open_states = (
        ApplicationState.SUBMITTED,
        ApplicationState.SHORTLISTED,
        ApplicationState.OFFERED,
    )
    return render_template(
        "brand/campaign_close.html",
        campaign=found,
        joined=joined,
        waiting=sum(counts.get(state, 0) for state in open_states),
        agreed=counts.get(ApplicationState.AGREED, 0),
    )


def brief_words(campaign: Campaign, brief: Any) -> dict[str, str]:
    """Return what the template of a brief needs in words; the campaign with its brand."""
    return {
        "rights": rights_in_words(
            campaign.brand.name, media=brief.usage_media, days=brief.usage_days, until=None
        ),
        "groups": group_words(brief.amplified_groups, "and"),
    }
