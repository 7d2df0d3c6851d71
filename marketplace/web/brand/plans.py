"""Whom should we take for this budget? A plan, changed by hand, and accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind, is_open
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations import service as agreements
from marketplace.kernel.clock import utc_now
from marketplace.kernel.currencies import exponent
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MarketplaceError,
)
from marketplace.kernel.money import Money
from marketplace.matching import queries
from marketplace.matching import service as planning
from marketplace.matching.rules.labels import target_words
from marketplace.matching.rules.planner.ways import way_of
from marketplace.matching.rules.wanted import Wanted
from marketplace.store.session import reading, transaction
from marketplace.web import access, charts
from marketplace.web.brand.blueprint import bp
from marketplace.web.brand.plan_forms import (
    FILLED,
    PlanForm,
    asked_value,
    plan_form,
    several_words,
)
from marketplace.web.brand.who_fits import PART_HEADER, wants_part
from marketplace.web.errors import sentence, status_of
from marketplace.web.reach_forms import correction_words
from marketplace.web.render import money

SENT_ALONG: Final = ("csrf_token", "message", "cost")
"""What comes with a plan that is accepted and says nothing of whom it is made."""
ACCEPTED: Final = ("hand", "pick", "make", *SENT_ALONG)
"""What the two forms say themselves when a plan is accepted; the rest are the plan's rules."""


@bp.get("/campaigns/<uuid:campaign_id>/plan")
def plan(campaign_id: UUID) -> ResponseReturnValue:
    """The best plan for the rules in the address, computed now. It leaves no trace."""
    return _page(campaign_id, request.args)


def _page(
    campaign_id: UUID, rules: MultiDict[str, str], refusal: MarketplaceError | None = None
) -> Response:
    """Return the page of the plan for these rules.

    refusal: why it could not be accepted just now; it is said above the plan as it is.
    """
    now = utc_now()
    wrong: dict[str, str] = {}
    with reading() as session:
        brief, wanted = queries.wish_seen_by(session, access.actor(), campaign_id)
        campaign = brief.campaign
        form = plan_form(rules, brief, wanted)
        found = None
        try:
            wish = form.wish(find=partial(queries.creator_by_handle, session))
            found = queries.plan_for(session, wanted, wish, now=now)
        except InvalidInput as unplanned:
            wrong = dict(unplanned.problems)
            form.show(InvalidInput(_new_to(form, wrong)))
        names = [] if found is None else [each.creator_id for each in found.who.values()]
        asked = collaborations.asked_creators(session, campaign_id=campaign_id, creator_ids=names)
        accepted = queries.accepted_plans(session, campaign_id)
        of_invited = queries.of_invited(session)
        closer = None
        if found is not None and found.question is not None:
            closer = queries.fresh_bound(session, campaign_id, found.question, now=now)
            found = found.bounded_by(None if closer is None else closer.at_most)
    is_told = isinstance(refusal, InvalidInput) and (found is None or found.broken)
    if refusal is not None and not is_told:
        flash(sentence(refusal), "danger")
    asked_for = [each for each in rules.items(multi=True) if each[0] not in SENT_ALONG]
    answer = make_response(
        render_template(
            "brand/plan_part.html" if wants_part() else "brand/plan.html",
            campaign=campaign,
            form=form,
            wrong=list(dict.fromkeys(wrong.values())),
            found=found,
            kept=frozenset() if found is None else wish.must_have,
            target=target_words(wanted.ages, wanted.gender, wanted.country),
            mix_is_open=any(least.data or most.data for _, least, most in form.sizes()),
            brief_asks=way_of(wanted.pieces).words,
            **_formats(form, wanted),
            reach_curve="" if found is None else _curve(found, campaign.currency),
            asked_value=asked_value,
            correction="" if found is None else correction_words(found.correction),
            fixed={} if found is None else wish.fixed,
            amount=partial(_amount, currency=campaign.currency),
            asked=asked,
            accepted=accepted,
            of_invited=of_invited,
            closer=closer,
            again=_address(campaign_id, asked_for),
            asked_for=asked_for,
            strangers=0 if found is None else sum(not who.has_joined for who, *_ in found.picks),
            without_strangers=_address(campaign_id, _joined_alone(form, asked_for)),
            rules=_rules(asked_for),
            may_accept=_may_accept(campaign, now=now),
            message=rules.get("message", ""),
        ),
        422 if wrong else 200 if refusal is None else status_of(refusal),
    )
    answer.vary.add(PART_HEADER)
    return answer


@bp.get("/campaigns/<uuid:campaign_id>/plan/accept")
def settled_plan(campaign_id: UUID) -> ResponseReturnValue:
    """Whom exactly do we invite? For who has no script: what is ticked is planned before it counts.

    What cannot be accepted leads back to the plan, which says why.
    """
    now = utc_now()
    asked_for = list(request.args.items(multi=True))
    again = _address(campaign_id, asked_for)
    with reading() as session:
        brief, wanted = queries.wish_seen_by(session, access.actor(), campaign_id)
        campaign = brief.campaign
        form = plan_form(request.args, brief, wanted)
        try:
            wish = form.wish(find=partial(queries.creator_by_handle, session))
            found = queries.plan_for(session, wanted, wish, compared=False, now=now)
        except InvalidInput:
            return redirect(again, 303)
        if not found.picks or found.broken or not _may_accept(campaign, now=now):
            return redirect(again, 303)
        names = [person.creator_id for person, *_ in found.picks]
        return render_template(
            "brand/plan_settled.html",
            campaign=campaign,
            found=found,
            form=form,
            asked=collaborations.asked_creators(
                session, campaign_id=campaign_id, creator_ids=names
            ),
            of_invited=queries.of_invited(session),
            target=target_words(wanted.ages, wanted.gender, wanted.country),
            rules=_rules(asked_for),
            message=request.args.get("message", ""),
            again=again,
            amount=partial(_amount, currency=campaign.currency),
            asked_value=asked_value,
        )


@bp.post("/campaigns/<uuid:campaign_id>/plan")
def accept_plan(campaign_id: UUID) -> ResponseReturnValue:
    """Invite everybody in the plan that was looked at, at the prices it counts with.

    Where that is refused, the plan is shown as it is now, with the words that were typed.
    """
    try:
        with transaction() as session:
            brief, wanted = queries.wish_seen_by(session, access.actor(), campaign_id)
            form = plan_form(request.form, brief, wanted)
            done = agreements.accept_plan(
                session,
                campaign_id=campaign_id,
                wish=form.wish(find=partial(queries.creator_by_handle, session)),
                seen_cost_minor=request.form.get("cost", 0, int),
                message=request.form.get("message", ""),
                actor=access.actor(),
                now=utc_now(),
            )
    except (Conflict, InvalidInput, InvalidTransition) as refusal:
        return _page(campaign_id, request.form, refusal)
    said = f"{done.invited} invited, each with the price the plan counts with."
    if done.asked_before:
        said += f" {done.asked_before} had been asked before."
    if done.not_joined:
        said += f" {done.not_joined} could not be invited: not on Fairview."
    flash(said, "success")
    return redirect(url_for("brand.invitations", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/plan/bound")
def ask_plan_bound(campaign_id: UUID) -> ResponseReturnValue:
    """Have it worked out, beside the page, how far from the best possible a plan is."""
    with transaction() as session:
        brief, wanted = queries.wish_seen_by(session, access.actor(), campaign_id)
        form = plan_form(request.form, brief, wanted)
        planning.ask_bound(
            session,
            campaign_id=campaign_id,
            wish=form.wish(find=partial(queries.creator_by_handle, session)),
            actor=access.actor(),
            now=utc_now(),
        )
    asked = [each for each in request.form.items(multi=True) if each[0] not in SENT_ALONG]
    return redirect(f"{_address(campaign_id, asked)}#how-good", 303)


@bp.get("/campaigns/<uuid:campaign_id>/plan/bounds/<uuid:bound_id>")
def plan_bound(campaign_id: UUID, bound_id: UUID) -> ResponseReturnValue:
    """How far is the work on a closer bound?"""
    with reading() as session:
        closer = queries.bound_seen_by(
            session, access.actor(), campaign_id=campaign_id, bound_id=bound_id
        )
    again = url_for("brand.plan", campaign_id=campaign_id)
    return render_template("brand/plan_bound.html", closer=closer, again=again)


def _formats(form: PlanForm, wanted: Wanted) -> dict[str, object]:
    """Return what the form says of formats; those that the brief names stand first."""
    asked = {several_words(name) for name in wanted.pieces}
    formats = form.formats()
    return {
        "formats": formats,
        "asked_formats": asked,
        "other_formats_are_open": any(
            least.data or most.data or least.errors or most.errors
            for words, least, most in formats
            if words not in asked
        ),
    }


def _may_accept(campaign: Campaign, *, now: datetime) -> bool:
    """Whether the plan of this campaign can be accepted now, by who asks."""
    return (
        campaign.kind is not CampaignKind.CHALLENGE
        and access.actor().may_edit(campaign.brand_id)
        and is_open(state=campaign.state, ends_on=campaign.ends_on, now=now)
    )


def _rules(asked_for: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what the address says beside who is in the plan."""
    return [(name, value) for name, value in asked_for if name not in (*ACCEPTED, FILLED)]


def _joined_alone(form: PlanForm, asked: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the rules of a plan, and that nobody is in it who cannot be invited."""
    rules = [each for each in asked if each[0] not in ACCEPTED]
    return [*(rules or [(FILLED, "1"), ("budget", form.budget.data or "")]), ("joined", "y")]


def _address(campaign_id: UUID, asked: Sequence[tuple[str, str]]) -> str:
    """Return where the plan for these rules is."""
    page = url_for("brand.plan", campaign_id=campaign_id)
    return f"{page}?{urlencode(asked)}" if asked else page


def _new_to(form: PlanForm, wrong: dict[str, str]) -> dict[str, str]:
    """Return the problems that the form does not show yet."""
    return {name: text for name, text in wrong.items() if name not in form.errors}


def _curve(found: queries.FoundPlan, currency: str) -> Markup:
    """Draw the reach of other budgets in units of the currency."""
    unit = 10 ** exponent(currency)
    return charts.curve(
        title="What each budget would reach",
        across=currency,
        unit="people",
        at=[each.budget_minor / unit for each in found.curve],
        series=[charts.Series("People", [each.people for each in found.curve])],
        spot=charts.Spot(found.budget_minor / unit, "This plan"),
    )


def _amount(minor: int, *, currency: str) -> str:
    return money(Money(minor, currency))
