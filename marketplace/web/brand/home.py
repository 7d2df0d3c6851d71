"""What does this brand have to do now?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind, CampaignState
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.queries import ApplicationTally, CampaignMoney
from marketplace.collaborations.rules import ApplicationState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.money import BPS_WHOLE
from marketplace.store.session import reading
from marketplace.web import access, render
from marketplace.web.brand.blueprint import bp
from marketplace.web.navigation import Needs, Todo, in_order

LITTLE_LEFT_BPS: Final = 1_000
"""A campaign with less than this part of its money left is running out."""

NEEDS: Final = Needs()
need: Final = NEEDS.add


@bp.get("/")
def home() -> ResponseReturnValue:
    """What needs me now?"""
    now, brand_id = utc_now(), access.brand_id()
    may_edit = access.actor().may_edit(brand_id)
    with reading() as session:
        current = campaigns.current_of(session, brand_id=brand_id)
        running = [each for each in current if each.state is CampaignState.PUBLISHED]
        money = collaborations.campaigns_money(session, running, now=now)
        tallies = collaborations.application_tallies(session, brand_id=brand_id)
        invited = collaborations.invitation_counts(session, [each.id for each in running])
        todos = NEEDS.todos(session, access.actor(), brand_id, now)
    if may_edit:
        todos += applications_to_answer(tallies, now)
        todos += unpublished_drafts(current)
    if access.actor().may_pay(brand_id):
        todos += money_running_out(running, money)
    return render_template(
        "brand/home.html",
        brand_name=access.brand_name(),
        todos=in_order(todos),
        running=running,
        money=money,
        counts=_counts(tallies),
        invited=invited,
        today=today_somewhere(now),
        may_edit=may_edit,
    )


@need
def counter_offers(
    session: Session, actor: Actor, brand_id: UUID, _now: datetime
) -> Sequence[Todo]:
    """Offers of creators that the brand has not answered."""
    if not actor.may_edit(brand_id):
        return []
    return [
        Todo(
            title=f"{each.creator_name} made you a counter-offer",
            detail=each.campaign_name,
            action_label="Answer",
            url=url_for("brand.offer", offer_id=each.offer_id),
            due=each.expires_at,
        )
        for each in collaborations.counter_offers_for_brand(session, brand_id=brand_id)
    ]


def applications_to_answer(tallies: Sequence[ApplicationTally], now: datetime) -> list[Todo]:
    """Applications whose creators wait for a reply, one line for each campaign."""
    waiting: dict[UUID, list[ApplicationTally]] = defaultdict(list)
    for tally in tallies:
        if tally.state in collaborations.WAITING:
            waiting[tally.campaign_id].append(tally)
    todos = []
    for campaign_id, found in waiting.items():
        count = sum(tally.count for tally in found)
        due = min(tally.first_due for tally in found)
        todos.append(
            Todo(
                title=f"{count} application{'' if count == 1 else 's'} to answer",
                detail=found[0].campaign_name,
                action_label="Read",
                url=url_for("brand.applications", campaign_id=campaign_id),
                due=due,
                late=due <= now,
            )
        )
    return todos


def unpublished_drafts(current: Sequence[Campaign]) -> list[Todo]:
    """Campaigns that nobody outside the brand sees yet, oldest first."""
    drafts = [each for each in current if each.state is CampaignState.DRAFT]
    return [
        Todo(
            title=f"“{campaign.name}” is not published yet",
            detail="Creators see it once you publish it.",
            action_label="Go on",
            url=url_for("brand.edit_brief", campaign_id=campaign.id, step="preview"),
        )
        for campaign in sorted(drafts, key=lambda each: each.created_at)
    ]


def money_running_out(
    running: Sequence[Campaign], money: Mapping[UUID, CampaignMoney]
) -> Sequence[Todo]:
    """Running campaigns that can promise nothing, or little, to another creator."""
    todos: list[Todo] = []
    for campaign in running:
        found = money[campaign.id]
        if campaign.kind is CampaignKind.CHALLENGE:  # all that it needs was set aside
            continue
        if found.funded.minor >= campaign.budget.minor:
            continue
        if found.funded.minor == 0:
            title = f"“{campaign.name}” has no money yet"
        elif found.available.minor * BPS_WHOLE < found.funded.minor * LITTLE_LEFT_BPS:
            title = f"The money of “{campaign.name}” is running out"
        else:
            continue
        rests = (
            f" {render.money(found.resting)} rests: it may be disputed." if found.resting else ""
        )
        todos.append(
            Todo(
                title=title,
                detail=f"An offer can be accepted only when the money for it is there.{rests}",
                action_label="Add money",
                url=url_for("brand.campaign_money", campaign_id=campaign.id),
            )
        )
    return todos


def _counts(tallies: Sequence[ApplicationTally]) -> Mapping[UUID, Mapping[ApplicationState, int]]:
    counts: dict[UUID, dict[ApplicationState, int]] = defaultdict(dict)
    for tally in tallies:
        counts[tally.campaign_id][tally.state] = tally.count
    return counts
