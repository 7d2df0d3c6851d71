"""What does our challenge pay, who is in it, and who stands where?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind, CampaignState
from marketplace.challenges import queries
from marketplace.challenges import service as challenges
from marketplace.challenges.models import Challenge
from marketplace.challenges.rules.life import Phase, phase_of
from marketplace.collaborations import queries as collaborations
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotFound, NotPermitted
from marketplace.kernel.money import digits
from marketplace.payouts import queries as payouts
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.challenge_forms import PromiseForm, RefuseEntryForm, filled_in
from marketplace.web.brand.home import need
from marketplace.web.challenges import top_chart, view_of
from marketplace.web.navigation import Todo
from marketplace.web.render import money, written


@bp.get("/campaigns/<uuid:campaign_id>/challenge")
def challenge(campaign_id: UUID) -> ResponseReturnValue:
    """What does it pay, who is in it, and who stands where?"""
    return _page(campaign_id, None)


@bp.post("/campaigns/<uuid:campaign_id>/challenge")
def save_challenge(campaign_id: UUID) -> ResponseReturnValue:
    """Write down what a drafted challenge pays."""
    form = PromiseForm()
    if not form.validate_on_submit():
        return _page(campaign_id, form), 422
    try:
        with transaction() as session:
            campaign = campaigns.campaign_seen_by(session, access.actor(), campaign_id)
            challenges.save_promise(
                session,
                campaign_id=campaign_id,
                promise=form.promise(campaign.currency),
                entries_until=form.entries_until.data,
                actor=access.actor(),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(campaign_id, form), 422
    flash("Saved. The prizes are set aside when you publish.", "success")
    return redirect(url_for("brand.edit_brief", campaign_id=campaign_id, step="preview"), 303)


@bp.route("/entries/<uuid:entry_id>/refuse", methods=["GET", "POST"])
def refuse_entry(entry_id: UUID) -> ResponseReturnValue:
    """Take an entry out that breaks the rules, with a reason its creator reads."""
    form = RefuseEntryForm()
    if form.validate_on_submit():
        with transaction() as session:
            entry = challenges.refuse_entry(
                session,
                entry_id=entry_id,
                reason=form.reason.data,
                actor=access.actor(),
                now=utc_now(),
            )
            found, _ = queries.entry_seen_by(session, access.actor(), entry.id)
        flash("Taken out. The creator reads why.", "success")
        return redirect(url_for("brand.challenge", campaign_id=found.campaign_id), 303)
    with reading() as session:
        found, entry = queries.entry_seen_by(session, access.actor(), entry_id)
    if not access.actor().may_edit(found.campaign.brand_id):
        raise NotPermitted("refuse entries; an owner or manager of the brand can")
    page = render_template(
        "brand/challenge_refuse.html", form=form, campaign=found.campaign, entry=entry
    )
    return page, 422 if form.is_submitted() else 200


@need
def challenges_ending(
    session: Session, actor: Actor, brand_id: UUID, _now: datetime
) -> Sequence[Todo]:
    """Challenges whose counting ends within a day: the last time to look at their entries."""
    if not actor.may_edit(brand_id):
        return []
    return [
        Todo(
            title=f"“{each.campaign.name}” stops counting soon",
            detail="Look at the entries now: the prizes follow the last readings.",
            action_label="Look at them",
            url=url_for("brand.challenge", campaign_id=each.campaign_id),
            due=each.campaign.ends_on,
        )
        for each in queries.running_of(session, brand_id=brand_id)
        if each.reminded_at is not None
    ]


def prizes_missing(
    session: Session, campaign: Campaign, found: Challenge | None, *, now: datetime
) -> Sequence[str]:
    """Return what a draft still has to say of its prizes and days; nothing of other campaigns."""
    if campaign.kind is not CampaignKind.CHALLENGE or campaign.state is not CampaignState.DRAFT:
        return []
    if found is None:
        return ["Say what the challenge pays."]
    return [written(text) for text in queries.written_problems(session, found, now=now).values()]


def money_missing(
    session: Session, campaign: Campaign, found: Challenge | None, *, now: datetime
) -> str | None:
    """Return what still has to be paid before a challenge can open; None when it is all there.

    None also where its prizes are in another currency than the campaign's has become: they have to
    be said again first.
    """
    if found is None or found.currency != campaign.currency:
        return None
    left = collaborations.free_money(session, campaign.id, currency=campaign.currency, now=now)
    if left.free >= found.pool:
        return None
    rests = f" {money(left.resting)} more rests in it." if left.rests else ""
    return (
        f"Add money: the prizes need {money(found.pool)} and the campaign has {money(left.free)}."
        f"{rests}"
    )


def _page(campaign_id: UUID, form: PromiseForm | None) -> str:
    now, actor = utc_now(), access.actor()
    with reading() as session:
        campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
        if campaign.kind is not CampaignKind.CHALLENGE:
            raise NotFound("challenge")
        found = queries.challenge_of(session, campaign_id)
        terms = campaigns.terms_of(session, campaign, now=now)
        missing = money_missing(session, campaign, found, now=now)
        wrong = {} if found is None else queries.written_problems(session, found, now=now)
        known = payouts.disputes_in(session, campaign_id)
        reportable = (
            payouts.disputable_prizes(session, campaign_id, now=now)
            if actor.may_edit(campaign.brand_id)
            else set()
        )
        view = (
            None
            if found is None or found.opened_at is None
            else view_of(session, found, page=access.page_number(), now=now)
        )
    if form is None:
        until = campaign.ends_on
        form = PromiseForm(
            formdata=None, data=filled_in(found, pool=digits(campaign.budget), until=until)
        )
        form.show(InvalidInput(wrong))
    return render_template(
        "brand/challenge.html",
        campaign=campaign,
        challenge=found,
        view=view,
        form=form,
        missing=missing,
        brand_fee_bps=terms.brand_fee_bps,
        may_edit=actor.may_edit(campaign.brand_id),
        is_draft=campaign.state is CampaignState.DRAFT,
        may_refuse=view is not None
        and view.phase in (Phase.TAKING, Phase.COUNTING, Phase.CLOSING)
        and actor.may_edit(campaign.brand_id),
        disputes=known,
        reportable=reportable,
        phase=None if found is None else phase_of(found.state, found.days, now=now),
        chart=top_chart(view.board, in_public=False) if view else "",
    )
