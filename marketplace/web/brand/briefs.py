"""The campaign editor: five short steps, saved as one goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.accounts.rules import countries
from marketplace.campaigns import queries
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Brief, Campaign
from marketplace.campaigns.rules import (
    OTHER,
    BriefContent,
    CampaignKind,
    CampaignState,
    date_problems,
    draft_problems,
    missing,
)
from marketplace.challenges.queries import challenge_of
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotFound, NotPermitted
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching import queries as matching
from marketplace.matching.rules.wanted import Wanted
from marketplace.store.session import reading, transaction
from marketplace.terms.queries import terms_for
from marketplace.web import access
from marketplace.web.brand.basics_form import BasicsForm, basics_from
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.brief_forms import FORMS, AmendForm, StepForm, form_from
from marketplace.web.brand.campaigns import brief_words
from marketplace.web.brand.challenges import money_missing, prizes_missing
from marketplace.web.brand.who_fits import nobody, wants_part, who_fits

STEPS: Final = {
    "basics": "Basics",
    "brief": "Brief",
    "audience": "Audience",
    "rights": "Money and rights",
    "preview": "Preview",
}
ROWS_BESIDE: Final = 5
"""Creators beside a step of the editor: enough to see what a change does."""
STEPS_OF_CHALLENGE: Final = {"prizes": "Prizes"}
"""What comes before the preview of a challenge."""
STEP_OF: Final = {
    "name": "basics", "budget": "basics", "currency": "basics", "starts_on": "basics",
    "ends_on": "basics", "category": "basics", "summary": "brief", "dos": "brief", "donts": "brief",
    "deliverables": "brief", "target_age": "audience", "target_gender": "audience",
    "target_country": "audience", "target_interests": "audience", "target_words": "audience",
    "amplified_groups": "audience",
    "fee_low": "rights", "fee_high": "rights", "usage_media": "rights", "usage_days": "rights",
    "disclosure": "rights", "revision_rounds": "rights",
}  # fmt: skip
"""Where a field of a campaign or brief is filled in."""


@bp.route("/campaigns/new", methods=["GET", "POST"])
def new_campaign() -> ResponseReturnValue:
    """What are we going to run? The first step; from here on everything is saved."""
    form = _basics_form(None)
    if not access.actor().may_edit(access.brand_id()):
        raise NotPermitted("start a campaign for this brand")
    if not form.is_submitted():
        return _basics_page(form, campaign=None)
    if not form.validate():
        return _basics_page(form, campaign=None), 422
    try:
        with transaction() as session:
            drafted = campaigns.draft_campaign(
                session,
                brand_id=access.brand_id(),
                kind=CampaignKind(form.kind.data),
                actor=access.actor(),
                now=utc_now(),
                **form.basics(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _basics_page(form, campaign=None), 422
    return _go_on(drafted, "basics")


@bp.route("/campaigns/<uuid:campaign_id>/edit/basics", methods=["GET", "POST"])
def edit_campaign(campaign_id: UUID) -> ResponseReturnValue:
    """The basics of a draft, again."""
    with reading() as session:
        campaign = _editable(queries.campaign_seen_by(session, access.actor(), campaign_id))
    if campaign.state is not CampaignState.DRAFT:
        return redirect(url_for("brand.edit_brief", campaign_id=campaign_id, step="brief"), 303)
    form = _basics_form(campaign)
    if not form.is_submitted():
        return _basics_page(form, campaign=campaign)
    if not form.validate():
        return _basics_page(form, campaign=campaign), 422
    try:
        with transaction() as session:
            campaigns.edit_campaign(
                session,
                campaign_id=campaign_id,
                actor=access.actor(),
                now=utc_now(),
                **form.basics(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _basics_page(form, campaign=campaign), 422
    return _go_on(campaign, "basics")


@bp.route("/campaigns/<uuid:campaign_id>/edit/<step>", methods=["GET", "POST"])
def edit_brief(campaign_id: UUID, step: str) -> ResponseReturnValue:
    """One step of the brief: what to make, for whom, for what; or the preview."""
    if step == "preview":
        if request.method == "POST":
            abort(405)
        return preview_page(campaign_id, AmendForm())
    if step not in FORMS:
        raise NotFound("step of the editor")
    campaign, content = _written(campaign_id)
    form = form_from(step, content)
    if not form.is_submitted():
        return _step_page(step, form, campaign, content)
    if "more" in request.form:
        return _step_page(step, form, campaign, content, begin=form.make_room())
    if "look" in request.form:
        return _looked_at(step, form, campaign, content)
    if not form.validate():
        return _step_page(step, form, campaign, content), 422
    try:
        with transaction() as session:
            changes = form.changes(campaign.currency)
            campaigns.save_brief(
                session,
                campaign_id=campaign_id,
                content=replace(content, **changes),
                actor=access.actor(),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _step_page(step, form, campaign, content), 422
    return _go_on(campaign, step)


def _editable(campaign: Campaign) -> Campaign:
    if not access.actor().may_edit(campaign.brand_id):
        raise NotPermitted("change this campaign")
    return campaign


def _written(campaign_id: UUID) -> tuple[Campaign, BriefContent]:
    """The campaign and what its brief says in the version one would write on."""
    with reading() as session:
        campaign = _editable(queries.campaign_seen_by(session, access.actor(), campaign_id))
        brief = queries.draft_brief(session, campaign_id)
        brief = brief or queries.published_brief(session, campaign_id)
    if brief is None:
        raise NotFound("brief")
    return campaign, queries.content_of(brief, currency=campaign.currency)


def _go_on(campaign: Campaign, step: str) -> ResponseReturnValue:
    if "leave" in request.form:
        flash("Saved as a draft.", "success")
        return redirect(url_for("brand.campaign", campaign_id=campaign.id), 303)
    if step == "rights" and campaign.kind is CampaignKind.CHALLENGE:
        return redirect(url_for("brand.challenge", campaign_id=campaign.id), 303)
    names = list(STEPS)
    following = names[names.index(step) + 1]
    return redirect(url_for("brand.edit_brief", campaign_id=campaign.id, step=following), 303)


def _steps(campaign: Campaign | None, here: str) -> list[dict[str, Any]]:
    fixed = campaign is not None and campaign.state is not CampaignState.DRAFT
    names = [name for name in STEPS if not (fixed and name == "basics")]
    found = []
    for name in names:
        url = ""
        if campaign is not None:
            url = (
                url_for("brand.edit_campaign", campaign_id=campaign.id)
                if name == "basics"
                else url_for("brand.edit_brief", campaign_id=campaign.id, step=name)
            )
        found.append({"label": STEPS[name], "url": url, "here": name == here})
    if campaign is not None and campaign.kind is CampaignKind.CHALLENGE:
        prizes = url_for("brand.challenge", campaign_id=campaign.id)
        found.insert(-1, {"label": STEPS_OF_CHALLENGE["prizes"], "url": prizes, "here": False})
    return found


def _basics_form(campaign: Campaign | None) -> BasicsForm:
    """The form with the currencies on offer, and the one the campaign is in already."""
    with reading() as session:
        terms = terms_for(session, at=utc_now(), brand_id=access.brand_id())
    form = BasicsForm(data=None if campaign is None else basics_from(campaign))
    form.follow(terms, kept=None if campaign is None else campaign.currency)
    if campaign is not None:
        del form.kind  # chosen once
    return form


def _basics_page(form: BasicsForm, *, campaign: Campaign | None) -> str:
    return render_template(
        "brand/editor_basics.html", form=form, campaign=campaign, steps=_steps(campaign, "basics")
    )


def _step_page(
    step: str,
    form: StepForm,
    campaign: Campaign,
    content: BriefContent,
    *,
    shown: dict[str, Any] | None = None,
    begin: int | None = None,
) -> str:
    """A step beside who fits the brief as it is saved, or what is shown of it unsaved.

    begin: the row that was asked for, where one goes on.
    """
    now = utc_now()
    with reading() as session:
        terms = queries.terms_of(session, campaign, now=now)
        if shown is None:
            wanted = _wanted(session, campaign, content)
            try:
                shown = who_fits(session, campaign, wanted, size=ROWS_BESIDE, now=now)
            except InvalidInput as refusal:
                shown = nobody(campaign, wanted, refusal.problems, now=now)
    return render_template(
        f"brand/editor_{step}.html",
        form=form,
        steps=_steps(campaign, step),
        keep_share=BPS_WHOLE - terms.creator_fee_bps,
        in_editor=True,
        begin=begin,
        **shown,
    )


def _wanted(session: Session, campaign: Campaign, content: BriefContent) -> Wanted:
    """What the campaign would ask by this brief, with the rules that are kept for it."""
    kept = matching.wanted_for(session, campaign.id).rules
    return matching.wanted_by(content, campaign, rules=kept)


def _looked_at(
    step: str, form: StepForm, campaign: Campaign, content: BriefContent
) -> ResponseReturnValue:
    """Who would fit what stands in the form; nothing is saved.

    What is wrong with it is said, and the list stays as it was.
    """
    now = utc_now()
    shown, wrong = None, dict[str, str]()
    try:
        if not form.validate():
            raise InvalidInput(dict(_said(form)))
        asked = replace(content, **form.changes(campaign.currency))
        if found := draft_problems(asked, budget=campaign.budget):
            raise InvalidInput(found)
        with reading() as session:
            wanted = _wanted(session, campaign, asked)
            shown = who_fits(
                session,
                campaign,
                wanted,
                found_by=form.listed_groups(),
                size=ROWS_BESIDE,
                now=now,
            )
    except InvalidInput as refusal:
        wrong = dict(refusal.problems)
        form.show(InvalidInput({name: text for name, text in wrong.items() if not form.errors}))
    if not wants_part():
        return _step_page(step, form, campaign, content, shown=shown), 422 if wrong else 200
    if shown is None:
        with reading() as session:
            base = _wanted(session, campaign, content)
        shown = nobody(campaign, base, wrong, now=now)
    return render_template("brand/matches_part.html", in_editor=True, **shown), (
        422 if wrong else 200
    )


def _said(form: StepForm) -> Iterator[tuple[str, str]]:
    """Name and first sentence of each field that was refused, also in a row of fields."""
    for field in form:
        for each in [field, *(part for row in getattr(field, "entries", ()) for part in row.form)]:
            if each.errors and isinstance(each.errors[0], str):
                yield each.name, f"{each.label.text}: {each.errors[0]}"


def preview_page(campaign_id: UUID, form: AmendForm) -> str:
    """How creators will see it, and what is still missing."""
    now = utc_now()
    with reading() as session:
        campaign = _editable(queries.campaign_seen_by(session, access.actor(), campaign_id))
        draft = queries.draft_brief(session, campaign_id)
        published = queries.published_brief(session, campaign_id)
        brief = draft or published
        challenge = challenge_of(session, campaign_id)
        unpaid = money_missing(session, campaign, challenge, now=now)
        prizes = prizes_missing(session, campaign, challenge, now=now)
    if brief is None:
        raise NotFound("brief")
    return render_template(
        "brand/editor_preview.html",
        form=form,
        campaign=campaign,
        brief=brief,
        content=queries.content_of(brief, currency=campaign.currency),
        brand=campaign.brand,
        words=brief_words(campaign, brief),
        country_names=countries(),
        steps=_steps(campaign, "preview"),
        gaps=_gaps(campaign, brief, prizes=prizes, unpaid=unpaid, now=now),
        challenge=challenge,
        is_amendment=draft is not None and published is not None,
        is_new=published is None,
    )


def _gaps(
    campaign: Campaign, brief: Brief, *, prizes: Sequence[str], unpaid: str | None, now: Any
) -> list[dict[str, str]]:
    content = queries.content_of(brief, currency=campaign.currency)
    fixed = campaign.state is not CampaignState.DRAFT
    category = campaign.category or (OTHER if fixed else None)
    problems = missing(content, category=category, kind=campaign.kind)
    if not fixed:
        dates = date_problems(starts_on=campaign.starts_on, ends_on=campaign.ends_on, now=now)
        problems = dates | problems
    steps = {each["label"]: each["url"] for each in _steps(campaign, "preview")}
    gaps = [{"text": text, "url": steps[STEPS[STEP_OF[name]]]} for name, text in problems.items()]
    url = url_for("brand.challenge", campaign_id=campaign.id)
    gaps += [{"text": text, "url": url} for text in prizes]
    if unpaid is not None and not fixed:
        url = url_for("brand.campaign_money", campaign_id=campaign.id)
        return [*gaps, {"text": unpaid, "url": url}]
    return gaps
