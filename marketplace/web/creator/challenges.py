"""What can I win, what would I have to do, and where do I stand?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField
from wtforms.validators import InputRequired

from marketplace.accounts.rules import countries
from marketplace.campaigns import queries as campaigns
from marketplace.causes import queries as causes
from marketplace.challenges import queries
from marketplace.challenges import service as challenges
from marketplace.challenges.models import ChallengeEntry
from marketplace.challenges.queries import Standing
from marketplace.challenges.rules.life import Phase
from marketplace.collaborations.rules import money_of
from marketplace.creators.models import Platform
from marketplace.deliverables import queries as work
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound
from marketplace.metrics.rules.addresses import parse_post_address
from marketplace.payouts import queries as payouts
from marketplace.payouts.queries import chains
from marketplace.store.session import reading, transaction
from marketplace.web import access
from marketplace.web.agreements import rights_in_words
from marketplace.web.challenges import public_name, top_chart, view_of
from marketplace.web.creator.blueprint import bp
from marketplace.web.creator.deliverables import PasteForm
from marketplace.web.creator.home import need
from marketplace.web.disputes import part_for
from marketplace.web.errors import sentence
from marketplace.web.forms import BaseForm
from marketplace.web.groups import heard_as
from marketplace.web.navigation import Todo
from marketplace.web.views_in_question import held_card


class JoinForm(BaseForm):
    """What a creator accepts by joining."""

    accepted = BooleanField(
        "I accept the rules as they stand here",
        [InputRequired("Accept the rules to take part.")],
    )
    is_named = BooleanField("Show my name on the public leaderboard", default=True)


@bp.get("/challenges")
def open_challenges() -> ResponseReturnValue:
    """Which challenges are open, and which am I in?"""
    now = utc_now()
    with reading() as session:
        lines = queries.open_challenges(session, now=now)
        mine = queries.challenges_of_creator(
            session, creator_id=access.creator_id(), page=access.page_number()
        )
        joined = queries.joined_among(
            session, [each.challenge.id for each in lines], creator_id=access.creator_id()
        )
    return render_template(
        "creator/challenges.html", lines=lines, mine=mine, joined=joined, now=now
    )


@bp.get("/challenges/<uuid:campaign_id>")
def challenge(campaign_id: UUID) -> ResponseReturnValue:
    """What can I win, what would I have to do, and where do I stand?"""
    return _page(campaign_id)


@bp.post("/challenges/<uuid:campaign_id>/join")
def join_challenge(campaign_id: UUID) -> ResponseReturnValue:
    """Take part, by the rules as they are published."""
    form = JoinForm()
    if not form.validate_on_submit():
        return _page(campaign_id, join=form), 422
    try:
        with transaction() as session:
            challenges.join(
                session,
                campaign_id=campaign_id,
                is_named=form.is_named.data,
                actor=access.actor(),
                now=utc_now(),
            )
    except Conflict as refusal:
        flash(sentence(refusal), "danger")
        return _page(campaign_id, join=form), 409
    flash("You are in. Publish your post, then hand its address in here.", "success")
    return redirect(url_for("creator.challenge", campaign_id=campaign_id), 303)


@bp.post("/challenges/<uuid:campaign_id>/posts")
def hand_in_entry(campaign_id: UUID) -> ResponseReturnValue:
    """Hand the address of the post in."""
    form = PasteForm()
    if not form.validate_on_submit():
        return _page(campaign_id, paste=form), 422
    try:
        address = parse_post_address(form.address.data)
        with transaction() as session:
            challenges.hand_in(
                session,
                campaign_id=campaign_id,
                platform=Platform(address.platform),
                external_id=address.video_id,
                address=address.canonical,
                actor=access.actor(),
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _page(campaign_id, paste=form), 422
    return redirect(url_for("creator.challenge", campaign_id=campaign_id) + "#mine", 303)


@bp.get("/challenges/<uuid:campaign_id>/check")
def entry_check(campaign_id: UUID) -> ResponseReturnValue:
    """What TikTok has said so far; a part of the page that asks again until it is done."""
    with reading() as session:
        found = queries.public_challenge(session, campaign_id)
        entry = queries.entry_of(session, challenge_id=found.id, creator_id=access.creator_id())
        if entry is None:
            raise NotFound("entry")
        own = _own(session, entry, now=utc_now())
    return render_template("creator/challenge_check.html", campaign_id=campaign_id, **own)


@bp.post("/challenges/<uuid:campaign_id>/name")
def name_in_challenge(campaign_id: UUID) -> ResponseReturnValue:
    """Show one's name on the public leaderboard, or no more."""
    shown = request.form.get("shown") == "1"
    with transaction() as session:
        challenges.show_name(session, campaign_id=campaign_id, is_named=shown, actor=access.actor())
    words = "shows your name" if shown else "does not show your name any more"
    flash(f"The public leaderboard {words}.", "success")
    return redirect(url_for("creator.challenge", campaign_id=campaign_id) + "#mine", 303)


@need
def posts_to_hand_in(
    session: Session, _actor: Actor, creator_id: UUID, now: datetime
) -> Sequence[Todo]:
    """Challenges that the creator has joined and handed nothing in to."""
    return [
        Todo(
            title=f"Hand in your post to “{each.challenge.campaign.name}”",
            detail=f"{each.challenge.campaign.brand.name}’s challenge takes entries until then.",
            action_label="Hand in",
            url=url_for("creator.challenge", campaign_id=each.challenge.campaign_id),
            due=each.challenge.entries_until,
        )
        for each in queries.to_hand_in(session, creator_id=creator_id, now=now)
    ]


def _page(
    campaign_id: UUID, *, join: JoinForm | None = None, paste: PasteForm | None = None
) -> str:
    now = utc_now()
    with reading() as session:
        found = queries.public_challenge(session, campaign_id)
        view = view_of(session, found, page=access.page_number(), now=now)
        brief = campaigns.published_brief(session, campaign_id)
        if brief is None:
            raise NotFound("challenge")
        entry = queries.entry_of(session, challenge_id=found.id, creator_id=access.creator_id())
        terms = campaigns.conditions_in(
            session, [found.campaign], country=access.creator_country(), now=now
        )[campaign_id]
        own = _own(session, entry, now=now)
        pledge = causes.shown_to(session, [campaign_id]).get(campaign_id)
        heard = heard_as(session, [brief]).get(brief.id)
        channel = work.connected_channel(
            session, creator_id=access.creator_id(), platform=Platform.TIKTOK
        )
    line = view.board.line_of(access.creator_id())
    return render_template(
        "creator/challenge.html",
        view=view,
        challenge=found,
        campaign=found.campaign,
        brief=brief,
        words={
            "rights": rights_in_words(
                found.campaign.brand.name,
                media=brief.usage_media,
                days=brief.usage_days,
                until=None,
            )
        },
        country_names=countries(),
        heard=heard,
        entry=entry,
        line=line,
        receives=None if line is None else money_of(line.prize, terms.shares).creator_receives,
        terms=terms,
        pledge=pledge,
        has_channel=channel is not None,
        join=join or JoinForm(formdata=None),
        paste=paste or PasteForm(formdata=None),
        may_join=entry is None and view.phase is Phase.TAKING,
        chart=top_chart(view.board, in_public=True),
        name_of=_name_for(access.creator_id()),
        **own,
    )


def _name_for(creator_id: UUID) -> Callable[[Standing], str]:
    """Return how a creator reads the names: as the public does, and their own."""
    return lambda line: line.name if line.creator_id == creator_id else public_name(line)


def _own(session: Session, entry: ChallengeEntry | None, *, now: datetime) -> dict[str, Any]:
    """What a page shows of the creator's own post and prize."""
    if entry is None:
        return dict.fromkeys(
            ("post", "held", "is_checking", "refused", "may_paste", "prize", "chain", "disputes")
        )
    owed = entry.deliverable_id
    post = work.standing_post(session, deliverable_id=owed)
    prize = payouts.earning_line(session, deliverable_id=owed, now=now)
    return {
        "post": post,
        "held": None if post is None else held_card(session, post.id, now=now),
        "is_checking": post is not None and post.state is PostState.CHECKING,
        "refused": work.last_refused_post(session, deliverable_id=owed) if post is None else None,
        "may_paste": post is None and entry.deliverable.state is DeliverableState.APPROVED,
        "prize": prize,
        "disputes": part_for(session, access.actor(), entry.deliverable, now=now),
        "chain": chains.chains_of(session, [prize], now=now)[prize.earning.id] if prize else None,
    }
