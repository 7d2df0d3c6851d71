"""What fits me, what do they want, and what do I get?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.accounts.rules import countries
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief, Campaign
from marketplace.campaigns.rules import CATEGORIES, OTHER, CampaignKind, is_open
from marketplace.causes import queries as causes
from marketplace.causes.rules.organisations import CATEGORY_WORDS, CauseCategory
from marketplace.challenges import queries as challenges
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import (
    ACCEPT_DAYS,
    APPLICATION_LIFE,
    PITCH_MOST,
    REASON_SENTENCES,
    REPLY_DAYS,
    REVIEW_DAYS,
    ApplicationEvent,
    ApplicationState,
    InvitationState,
    OfferMoney,
    bound_sentence,
    category_words,
    money_of,
)
from marketplace.creators import queries as creators
from marketplace.creators.rules import TOPICS
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.money import Money, digits
from marketplace.matching import queries as matching
from marketplace.matching import service as matching_service
from marketplace.matching.queries import FeedLine
from marketplace.matching.rules.feed import FeedChoiceKind
from marketplace.matching.rules.left_out import SET_ASIDE_WORDS, YOU_LEFT_OUT_WORDS
from marketplace.matching.rules.planner.ways import way_in
from marketplace.store.session import reading, transaction
from marketplace.terms.rules import Shares
from marketplace.trends import queries as trends
from marketplace.web import access
from marketplace.web.agreements import MoneySides, rights_in_words, sides_of
from marketplace.web.asked import Asked
from marketplace.web.causes import giving_to
from marketplace.web.creator.blueprint import bp
from marketplace.web.forms import BaseForm, MoneyField
from marketplace.web.groups import heard_as

CHALLENGES_SHOWN: Final = 3
APPLIED_SHOWN: Final = 6
ANY_CAUSE: Final = "any"
"""In the address: whatever the cause."""
CLOCKS: Final = {"reply": REPLY_DAYS, "review": REVIEW_DAYS, "accept": ACCEPT_DAYS}


class ApplyForm(BaseForm):
    """Pitch and fee of an application."""

    pitch = TextAreaField(
        "What would you make?",
        [InputRequired("Say in a few sentences what you would make."), Length(max=PITCH_MOST)],
        description="A few sentences: your idea, and why your audience will like it.",
    )
    fee = MoneyField(
        "Your fee for everything",
        [InputRequired("Enter your fee.")],
    )


@bp.get("/briefs")
def briefs() -> ResponseReturnValue:
    """What fits me? What is likely, pays well and is about what I make first, with the reasons."""
    now = utc_now()
    with reading() as session:
        asked = asked_of_feed(session)
        found = matching.feed_for(session, **asked.of_matching, now=now)
        page = found.page
        hidden = hidden_names(session, found.chosen)
        pay = pays_of(session, page.rows, now=now)
        pledges = causes.shown_to(session, [each.brief.campaign_id for each in page.rows])
        rides = trends.rides_of(session, [each.brief.campaign_id for each in page.rows])
        heard = heard_as(session, [each.brief for each in page.rows])
        open_to_all = challenges.open_challenges(session, now=now)
    return render_template(
        "creator/briefs.html",
        challenges=open_to_all[:CHALLENGES_SHOWN],
        challenge_count=len(open_to_all),
        pledges=pledges,
        rides=rides,
        heard=heard,
        cause=asked.cause,
        problems=asked.problems,
        categories=CATEGORY_WORDS,
        page=page,
        offered=found.offered,
        answered=found.offered + found.declined,
        product_categories=[(each, category_words(each)) for each in CATEGORIES if each != OTHER],
        topics=TOPICS,
        hidden=[each for each in hidden if each[0] is not FeedChoiceKind.MORE_CAUSE],
        cared_for=[each for each in hidden if each[0] is FeedChoiceKind.MORE_CAUSE],
        pay=pay,
        invited=asked.invited,
        mine=asked.mine,
        few=APPLIED_SHOWN,
        applied=[(each.campaign, asked.mine[each.campaign_id]) for each in found.applied],
        set_aside=[(count, SET_ASIDE_WORDS[rule]) for rule, count in found.set_aside.items()],
    )


@bp.post("/briefs/choices")
def choose_feed() -> ResponseReturnValue:
    """See less of a topic, nothing of a brand, more of a cause, or all of it as before."""
    undo = request.form.get("undo", "")
    name, _, value = (undo or request.form.get("choice", "")).partition(":")
    try:
        kind = FeedChoiceKind(name)
    except ValueError:
        raise InvalidInput({"choice": "There is no such choice."}) from None
    of_causes = kind in (FeedChoiceKind.HIDE_CAUSE, FeedChoiceKind.MORE_CAUSE)
    if of_causes and value not in set(CauseCategory):
        raise InvalidInput({"choice": "There is no such kind of cause."})
    with transaction() as session:
        if undo:
            matching_service.undo_feed_choice(session, actor=access.actor(), kind=kind, value=value)
        else:
            matching_service.choose_feed(
                session, actor=access.actor(), kind=kind, value=value, now=utc_now()
            )
    anchor = None if undo else f"{kind.value}:{value}"
    return redirect(url_for("creator.briefs", _anchor=anchor), 303)


@bp.get("/briefs/<uuid:campaign_id>")
def brief(campaign_id: UUID) -> ResponseReturnValue:
    """What do they want, what do I get? A challenge has a page of its own."""
    return _page(campaign_id, ApplyForm())


@bp.post("/briefs/<uuid:campaign_id>")
def apply_to_brief(campaign_id: UUID) -> ResponseReturnValue:
    """Apply with a pitch and a fee."""
    form = ApplyForm()
    if "look" in request.form:
        return _page(campaign_id, form)
    if not form.validate():
        return _page(campaign_id, form, status=422)
    try:
        with transaction() as session:
            present = campaigns.published_brief(session, campaign_id)
            if present is None:
                raise NotFound("brief")
            application = collaborations.apply(
                session,
                campaign_id=campaign_id,
                pitch=form.pitch.data,
                fee=form.fee.amount_in(present.campaign.currency),
                actor=access.actor(),
                now=utc_now(),
            )
            name = present.campaign.brand.name
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(campaign_id, form, status=422)
    flash(
        f"{name} has your application and answers within {REPLY_DAYS} days.",
        "success",
    )
    return redirect(url_for("creator.applications") + f"#a{application.id}", 303)


@bp.post("/invitations/<uuid:invitation_id>/decline")
def decline_invitation(invitation_id: UUID) -> ResponseReturnValue:
    """Say no to an invitation."""
    with transaction() as session:
        collaborations.decline_invitation(
            session, invitation_id=invitation_id, actor=access.actor(), now=utc_now()
        )
    flash("Declined. The brief stays open to you if you change your mind.", "success")
    return redirect(url_for("creator.briefs"), 303)


class AskedOfFeed(NamedTuple):
    """What a creator asks of the open briefs, by the address of the page.

    cause: the kind the briefs give to. problems: what the address asks that there is not. invited,
    mine: as of :func:`ties_of_creator`. of_matching: what a feed is made of.
    """

    cause: str | None
    problems: Sequence[str]
    invited: Collection[UUID]
    mine: Mapping[UUID, ApplicationState]
    of_matching: dict[str, Any]


def asked_of_feed(session: Session) -> AskedOfFeed:
    """Return what the creator who asks wants to see of the open briefs."""
    asked = Asked()
    cause = asked.one_of("cause", (ANY_CAUSE, *CauseCategory), "kind of cause")
    kinds = list(CauseCategory) if cause == ANY_CAUSE else [cause] if cause else []
    invited, mine = ties_of_creator(session)
    applied = {campaign_id for campaign_id, state in mine.items() if not _may_apply_again(state)}
    of_matching = {
        "creator_id": access.creator_id(),
        "among": giving_to(session, kinds) if kinds else None,
        "giving_to": partial(giving_to, session),
        "tied": matching.Tied(invited, applied - invited),
        "page": access.page_number(),
    }
    return AskedOfFeed(cause, asked.problems, invited, mine, of_matching)


def pays_of(
    session: Session, lines: Sequence[FeedLine], *, now: datetime
) -> Mapping[UUID, tuple[OfferMoney, OfferMoney] | None]:
    """Return what the creator who asks would receive for each brief, from and to."""
    campaigns_shown = [each.brief.campaign for each in lines]
    country = access.creator_country()
    found = campaigns.conditions_in(session, campaigns_shown, country=country, now=now)
    return {
        each.brief.id: pay_range(each.brief, found[each.brief.campaign_id].shares) for each in lines
    }


def ties_of_creator(session: Session) -> tuple[set[UUID], Mapping[UUID, ApplicationState]]:
    """Return which campaigns wait for the creator's answer, and where their applications stand."""
    creator_id = access.creator_id()
    invitations = queries.invitations_to_answer(session, creator_id=creator_id, now=utc_now())
    states = queries.application_states(session, creator_id=creator_id)
    return {each.campaign_id for each in invitations}, states


def hidden_names(
    session: Session, chosen: Mapping[FeedChoiceKind, Sequence[str]]
) -> list[tuple[FeedChoiceKind, str, str]]:
    """Return what a creator chose to see less of: kind, value and its name."""
    brands, held = (
        [UUID(value) for value in chosen[kind]]
        for kind in (FeedChoiceKind.HIDE_BRAND, FeedChoiceKind.HIDE_CAMPAIGN)
    )
    names = campaigns.names_of(session, brand_ids=brands, campaign_ids=held)
    said = {str(one): name for one, name in names.items()}
    said |= {each.value: words for each, words in CATEGORY_WORDS.items()}
    said |= {each: category_words(each) for each in CATEGORIES if each not in said}
    return [
        (kind, value, said.get(value, value)) for kind, values in chosen.items() for value in values
    ]


def pay_range(brief: Brief, shares: Shares) -> tuple[OfferMoney, OfferMoney] | None:
    """Return the money of the lowest and the highest fee a brief names; the campaign loaded."""
    if brief.fee_low_minor is None or brief.fee_high_minor is None:
        return None
    currency = brief.campaign.currency
    low, high = (Money(minor, currency) for minor in (brief.fee_low_minor, brief.fee_high_minor))
    return money_of(low, shares), money_of(high, shares)


def _preview(form: ApplyForm, currency: str, shares: Shares) -> MoneySides | None:
    """Both sides' money for the fee in the form; without a whole amount in it nothing."""
    try:
        return sides_of(money_of(form.fee.amount_in(currency), shares), shares)
    except InvalidInput as refusal:
        if "look" in request.form:
            form.show(refusal)
        return None


def _suggested(ties: queries.Ties, currency: str) -> Money | None:
    """Return the fee that the brand's invitation suggests."""
    minor = None if ties.invitation is None else ties.invitation.fee_minor
    return None if minor is None else Money(minor, currency)


def _page(campaign_id: UUID, form: ApplyForm, *, status: int = 200) -> ResponseReturnValue:
    now = utc_now()
    with reading() as session:
        found = campaigns.published_brief(session, campaign_id)
        if found is not None and found.campaign.kind is CampaignKind.CHALLENGE:
            return redirect(url_for("creator.challenge", campaign_id=campaign_id), 303)
        ties = queries.ties_of(session, creator_id=access.creator_id(), campaign_id=campaign_id)
        if found is None:
            raise NotFound("brief")
        campaign = found.campaign
        takes_creators = is_open(state=campaign.state, ends_on=campaign.ends_on, now=now)
        if not takes_creators and ties.none:
            raise NotFound("brief")
        fit = matching.fit_to(session, found, creator_id=access.creator_id(), now=now)
        chance = matching.views_chance_of(session, access.creator_id())
        behind = matching.behind_fit_of(session, access.creator_id(), now=now)
        offers = _offers(session, ties)
        promised = _promised(session, campaign)
        pledge = causes.shown_to(session, [campaign_id]).get(campaign_id)
        trend = trends.rides_of(session, [campaign_id]).get(campaign_id)
        heard = heard_as(session, [found]).get(found.id)
        terms = campaigns.conditions_in(
            session, [campaign], country=access.creator_country(), now=now
        )[campaign.id]
    shares = terms.shares
    suggested = _suggested(ties, campaign.currency)
    if suggested is not None and not form.is_submitted():
        form.fee.data = digits(suggested)
    page = render_template(
        "creator/brief.html",
        form=form,
        brief=found,
        campaign=campaign,
        brand=campaign.brand,
        ties=ties,
        reasons={each.value: words for each, words in REASON_SENTENCES.items()},
        fit=fit,
        chance=chance,
        behind=behind,
        promised=promised,
        left_out_words=YOU_LEFT_OUT_WORDS,
        pay=pay_range(found, shares),
        shares=shares,
        preview=_preview(form, campaign.currency, shares),
        offers=offers,
        pledge=pledge,
        trend=trend,
        heard=heard,
        words={
            "rights": rights_in_words(
                campaign.brand.name, media=found.usage_media, days=found.usage_days, until=None
            )
        },
        country_names=countries(),
        clocks=CLOCKS | {"hold": terms.hold_days},
        suggested=suggested,
        asked=None if ties.invitation is None else way_in(ties.invitation.deliverables),
        invited=ties.invitation is not None and ties.invitation.state is InvitationState.SENT,
        may_apply=takes_creators and not promised and _may_ask(ties),
        tried=request.method == "POST",
    )
    return page, status


def _may_ask(ties: queries.Ties) -> bool:
    """Whether the creator has no application here, or one after which another may follow."""
    return ties.application is None or _may_apply_again(ties.application.state)


def _may_apply_again(state: ApplicationState) -> bool:
    return APPLICATION_LIFE.allows(state, ApplicationEvent.APPLY_AGAIN)


def _promised(session: Session, campaign: Campaign) -> str:
    """Why the creator cannot take this campaign, where another brand has the time; else empty."""
    booking = matching.booking_of(campaign)
    until = None
    if booking is not None:
        until = creators.bound_until(
            session,
            creator_id=access.creator_id(),
            brand_id=booking.brand_id,
            category=booking.category,
            starts_on=booking.starts_on,
            until_on=booking.ends_on,
        )
    if booking is None or until is None:
        return ""
    return bound_sentence(None, category=booking.category, until=until)


def _offers(session: Session, ties: queries.Ties) -> Any:
    return [] if ties.application is None else queries.offers_of(session, ties.application.id)
