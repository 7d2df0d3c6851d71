"""What does this brand have to do now?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import today_somewhere
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.queries import CampaignMoney
from marketplace.collaborations.rules import Party
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import BPS_WHOLE
from marketplace.store.session import reading
from marketplace.web import access
from marketplace.web.brand.blueprint import bp
from marketplace.web.navigation import NavEntry, Need, Todo, in_order, nav_items

ENTRIES: Final = (
    NavEntry("Home", "brand.home", ()),
    NavEntry(
        "Campaigns",
        "brand.campaigns",
        ("/brand/campaigns", "/brand/applications", "/brand/offers", "/brand/collaborations"),
    ),
    NavEntry("Work", "brand.deliverables", ("/brand/deliverables",)),
    NavEntry("Creators", "brand.creators", ("/brand/creators",)),
    NavEntry("Money", "brand.billing", ("/brand/billing", "/brand/fundings")),
    NavEntry("Team", "brand.members", ("/brand/team",)),
)
LITTLE_LEFT_BPS: Final = 1_000
"""A campaign with less than this part of its money left is running out."""

NEEDS: Final[list[Need]] = []
"""What waits for a brand; each subject adds its own by ``need``."""


def need(asked: Need) -> Need:
    """Register a function that says what a brand has to do about one subject."""
    NEEDS.append(asked)
    return asked


@bp.context_processor
def menu() -> dict[str, Any]:
    """Give every page of a brand its menu."""
    return {"nav_items": nav_items(ENTRIES)}


@bp.get("/")
def home() -> ResponseReturnValue:
    """What needs me now?"""
    now, brand_id = utc_now(), access.brand_id()
    with reading() as session:
        brand = accounts.brand_by_id(session, brand_id)
        running = campaigns.running_of(session, brand_id=brand_id)
        money = collaborations.campaigns_money(session, running)
        todos = [todo for asked in NEEDS for todo in asked(session, access.actor(), brand_id, now)]
        if access.actor().may_pay(brand_id):
            todos += money_running_out(running, money)
        counts = collaborations.application_counts(session, [each.id for each in running])
    return render_template(
        "brand/home.html",
        brand=brand,
        todos=in_order(todos),
        running=running,
        money=money,
        counts=counts,
        today=today_somewhere(now),
        may_edit=access.actor().may_edit(brand_id),
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
            title=f"{offer.application.creator.display_name} made you a counter-offer",
            detail=offer.application.campaign.name,
            action_label="Answer",
            url=url_for("brand.offer", offer_id=offer.id),
            due=offer.expires_at,
        )
        for offer in collaborations.open_offers_for_brand(session, brand_id=brand_id)
        if offer.made_by is Party.CREATOR
    ]


@need
def applications_to_answer(
    session: Session, actor: Actor, brand_id: UUID, now: datetime
) -> Sequence[Todo]:
    """Applications whose creators wait for a reply, one line for each campaign."""
    if not actor.may_edit(brand_id):
        return []
    return [
        Todo(
            title=f"{line.count} application{'' if line.count == 1 else 's'} to answer",
            detail=line.campaign.name,
            action_label="Read",
            url=url_for("brand.applications", campaign_id=line.campaign.id),
            due=line.first_due,
            late=line.first_due <= now,
        )
        for line in collaborations.applications_to_answer(session, brand_id=brand_id)
    ]


@need
def unpublished_drafts(
    session: Session, actor: Actor, brand_id: UUID, _now: datetime
) -> Sequence[Todo]:
    """Campaigns that nobody outside the brand sees yet."""
    if not actor.may_edit(brand_id):
        return []
    return [
        Todo(
            title=f"“{campaign.name}” is not published yet",
            detail="Creators see it once you publish it.",
            action_label="Go on",
            url=url_for("brand.edit_brief", campaign_id=campaign.id, step="preview"),
        )
        for campaign in campaigns.drafts_of(session, brand_id=brand_id)
    ]


def money_running_out(
    running: Sequence[Campaign], money: Mapping[UUID, CampaignMoney]
) -> Sequence[Todo]:
    """Running campaigns that can promise nothing, or little, to another creator."""
    todos: list[Todo] = []
    for campaign in running:
        found = money[campaign.id]
        if found.funded.minor >= campaign.budget.minor:
            continue
        if found.funded.minor == 0:
            title = f"“{campaign.name}” has no money yet"
        elif found.available.minor * BPS_WHOLE < found.funded.minor * LITTLE_LEFT_BPS:
            title = f"The money of “{campaign.name}” is running out"
        else:
            continue
        todos.append(
            Todo(
                title=title,
                detail="An offer can be accepted only when the money for it is there.",
                action_label="Add money",
                url=url_for("brand.campaign_money", campaign_id=campaign.id),
            )
        )
    return todos
