"""What tests of plans share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Invitation
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.models import AcceptedPlan, PlanPick
from marketplace.matching.queries import FoundPlan, PlanWish
from marketplace.matching.rules.planner.limits import Limits
from marketplace.notifications.models import Notification
from tests.conftest import NOON, make_person
from tests.factories.creators import make_planned_creator

BUDGET = Limits(budget_minor=70_000)


def plan(session: Session, campaign: Campaign, **wish: Any) -> FoundPlan:
    wanted = queries.wanted_for(session, campaign.id)
    return queries.plan_for(session, wanted, PlanWish(**({"limits": BUDGET} | wish)), now=NOON)


def names(found: FoundPlan) -> list[str]:
    return [who.display_name for who, _, _ in found.picks]


def accept(
    session: Session, campaign: Campaign, actor: Actor, *creators: Creator, **changes: Any
) -> collaborations.AcceptedInvitations:
    values: dict[str, Any] = {
        "wish": PlanWish(limits=BUDGET, exactly=dict.fromkeys(each.id for each in creators)),
        "seen_cost_minor": 70_000,
        "message": "We like your soup.",
    }
    return collaborations.accept_plan(
        session, campaign_id=campaign.id, actor=actor, now=NOON, **(values | changes)
    )


def keep(session: Session, campaign: Campaign, by: Actor, *creators: Creator) -> AcceptedPlan:
    """Keep the plan of these creators as accepted, and invite nobody."""
    wish = PlanWish(limits=BUDGET, exactly=dict.fromkeys(each.id for each in creators))
    brief = queries.brief_to_match(session, campaign.id)
    kept = matching.keep_plan(
        session,
        campaign_id=campaign.id,
        brief_id=brief.id,
        wish=wish,
        found=plan(session, campaign, exactly=wish.exactly),
        currency=campaign.currency,
        actor=by,
        now=NOON,
    )
    session.flush()
    return kept


def rows(session: Session) -> list[int]:
    session.flush()
    return [
        session.scalar(select(func.count()).select_from(model)) or 0
        for model in (AcceptedPlan, PlanPick, Invitation, Notification)
    ]


def make_crowd(session: Session, count: int) -> list[Creator]:
    """Creators who have joined, of different sizes and prices, whose audiences overlap."""
    return [
        make_planned_creator(
            session,
            f"Crowd{number}",
            views=3_000 + 977 * (number * number % 61),
            fee_minor=3_000 + 613 * (number * 7 % 53),
            user_id=make_person(session, f"crowd{number}").id,
            topics=(("cooking", "travel", "sports")[number % 3],),
        )
        for number in range(count)
    ]
