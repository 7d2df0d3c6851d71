"""A brand accepts a plan: everybody in it is asked for what it counts with, at its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.collaborations import queries
from marketplace.collaborations.service.exclusivity import check_free
from marketplace.collaborations.service.inviting import campaign_to_invite_for, send_invitation
from marketplace.collaborations.service.moves import lock_open_campaign
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.matching import queries as matching
from marketplace.matching import service as plans
from marketplace.matching.models import AcceptedPlan
from marketplace.matching.queries import FoundPlan, PlanWish
from marketplace.matching.rules.planner.limits import PlanRefused
from marketplace.matching.rules.wanted import Wanted


@dataclass(frozen=True, slots=True)
class AcceptedInvitations:
    """What accepting a plan has done: who was invited, and who was not, by why."""

    plan: AcceptedPlan
    invited: int
    asked_before: int
    not_joined: int


def accept_plan(
    session: Session,
    *,
    campaign_id: UUID,
    wish: PlanWish,
    seen_cost_minor: int,
    message: str,
    actor: Actor,
    now: datetime,
) -> AcceptedInvitations:
    """Keep the plan of exactly these creators and invite them to what it counts with, at its price.

    1. Compute the plan again from the market as it is now.
    2. Refuse it where it breaks its own rules, or costs something else than what was seen.
    3. Refuse it where the brief was changed meanwhile, or somebody is another brand's by now.
    4. Invite whoever has joined, has not left since, and was not asked before.

    A second time raises Conflict, as then all were asked before. Raises NotFound, NotPermitted,
    Conflict, InvalidInput, PlanRefused.
    """
    seen = campaign_to_invite_for(session, campaign_id, message=message, actor=actor)
    if not wish.exactly:
        raise Conflict("There is nobody in this plan")
    names = list(wish.exactly)
    brief = matching.brief_to_match(session, campaign_id)
    wanted = matching.wanted_for(session, campaign_id)
    found = matching.plan_for(session, wanted, wish, compared=False, now=now)
    _refuse_what_changed(found, wanted, seen_cost_minor)
    campaign = lock_open_campaign(session, campaign_id, now=now)
    if matching.brief_to_match(session, campaign_id).id != brief.id:
        raise Conflict("The brief has just been changed. Look at the plan again")
    asked = queries.asked_creators(session, campaign_id=campaign_id, creator_ids=names)
    joined = {each: who for each, who in _joined(session, names).items() if each not in asked}
    for who in joined.values():  # the columns may not know yet of what was promised just now
        check_free(session, who, campaign, actor=actor)
    invited = [
        send_invitation(
            session,
            campaign,
            joined[who.creator_id],
            brand_name=seen.brand.name,
            message=message,
            fee=Money(option.price_minor, wanted.currency),
            way=option.way,
            actor=actor,
            now=now,
        )
        for who, _, option in found.picks
        if who.creator_id in joined
    ]
    if not invited:
        raise Conflict("Everybody in this plan was asked before, or is not on Fairview")
    plan = plans.keep_plan(
        session,
        campaign_id=campaign_id,
        brief_id=brief.id,
        wish=wish,
        found=found,
        currency=wanted.currency,
        actor=actor,
        now=now,
    )
    return AcceptedInvitations(
        plan=plan,
        invited=len(invited),
        asked_before=len(asked),
        not_joined=len(set(names) - set(joined) - set(asked)),
    )


def _refuse_what_changed(found: FoundPlan, wanted: Wanted, seen_cost_minor: int) -> None:
    """Refuse a plan that breaks its own rules, or is not the one that was seen."""
    if found.broken:
        raise PlanRefused(found.broken)
    if found.cost_minor != seen_cost_minor:
        raise Conflict(
            Sentence(
                "Prices have changed: the plan costs {cost} now. Look at it again",
                cost=Money(found.cost_minor, wanted.currency),
            )
        )


def _joined(session: Session, creator_ids: Sequence[UUID]) -> dict[UUID, Creator]:
    """Those of some creators whom a person has signed up for; the columns may not know who left."""
    found = session.scalars(
        select(Creator).where(Creator.id.in_(creator_ids)).options(joinedload(Creator.user))
    )
    return {each.id: each for each in found if each.is_here}
