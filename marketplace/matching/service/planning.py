"""Keep a plan that was accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.matching.models import AcceptedPlan, PlanPick
from marketplace.matching.queries import FoundPlan, PlanWish
from marketplace.matching.service.choosing import may_choose


def keep_plan(
    session: Session,
    *,
    campaign_id: UUID,
    brief_id: UUID,
    wish: PlanWish,
    found: FoundPlan,
    currency: str,
    actor: Actor,
    now: datetime,
) -> AcceptedPlan:
    """Keep a plan that was accepted, with what it was expected to reach.

    Raises NotFound, NotPermitted.
    """
    may_choose(session, campaign_id, actor)
    assert actor.user_id is not None  # whoever may choose is a person
    plan = AcceptedPlan(
        id=new_id(),
        campaign_id=campaign_id,
        brief_id=brief_id,
        currency=currency,
        budget_minor=wish.limits.budget_minor,
        cost_minor=found.cost_minor,
        # without groups: who asked to be found by one may take that back
        rules=replace(wish, groups=frozenset()).as_json(),
        people=found.explained.people,
        people_low=found.interval.low,
        people_high=found.interval.high,
        target_people=found.target_people,
        correction_version=found.correction.version,
        accepted_by=actor.user_id,
        accepted_at=now,
    )
    session.add(plan)
    session.add_all(
        PlanPick(
            plan_id=plan.id,
            creator_id=who.creator_id,
            place=place,
            deliverables=option.way.rows,
            price_minor=pick.price_minor,
            adds=pick.adds,
        )
        for place, (who, pick, option) in enumerate(found.picks, 1)
    )
    return plan
