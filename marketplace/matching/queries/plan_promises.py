"""What accepted plans promised to reach, as it stood when they were accepted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.models import AcceptedPlan, PlanPick, ReachCorrection, ReachCount
from marketplace.matching.rules.planner.promise import Promise, together


@dataclass(frozen=True, slots=True)
class PlanPromise:
    """What one accepted plan promised. correction_bps: what had been learned, in its numbers."""

    plan: AcceptedPlan
    promise: Promise
    correction_bps: int


def plan_promises(
    session: Session, campaign_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[PlanPromise]]:
    """What the plans of campaigns promised, the newest first; nothing of those without any."""
    found: dict[UUID, list[PlanPromise]] = {}
    rows = session.execute(
        select(AcceptedPlan, func.array_agg(PlanPick.creator_id), ReachCorrection.correction_bps)
        .join(PlanPick, PlanPick.plan_id == AcceptedPlan.id)
        .outerjoin(ReachCorrection, ReachCorrection.version == AcceptedPlan.correction_version)
        .where(AcceptedPlan.campaign_id.in_(campaign_ids))
        .group_by(AcceptedPlan.id, ReachCorrection.version)
        .order_by(AcceptedPlan.accepted_at.desc(), AcceptedPlan.id.desc())
    )
    for plan, creator_ids, correction_bps in rows:
        promise = Promise(
            people=plan.people,
            people_most=plan.people,
            low=plan.people_low,
            high=plan.people_high,
            creators=frozenset(creator_ids),
        )
        found.setdefault(plan.campaign_id, []).append(
            PlanPromise(plan, promise, correction_bps or BPS_WHOLE)
        )
    return found


def promise_for(count: ReachCount, promises: Sequence[PlanPromise]) -> Promise | None:
    """Return what a count can be held against: plans promise people of the target, and no others.

    promises: of the campaign that was counted; those accepted after the count do not matter.
    """
    if not count.in_target:
        return None
    return together(
        [each.promise for each in promises if each.plan.accepted_at <= count.entered_at]
    )
