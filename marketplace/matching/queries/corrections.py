"""What finished campaigns were found to reach, and what was learned of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.models import ReachCorrection, ReachCount
from marketplace.matching.queries.watched import with_observed
from marketplace.matching.rules.planner.correction import NOT_CORRECTED, Correction
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import plan_of
from marketplace.matching.rules.planner.ways import Way
from marketplace.matching.rules.wanted import Wanted

SHOWN: Final = 40
_NO_LIMITS: Final = Limits(budget_minor=1)
"""What has happened obeys none."""
_NEWEST_FIRST: Final = (ReachCount.entered_at.desc(), ReachCount.id.desc())


def predicted_reach(
    session: Session,
    wanted: Wanted,
    made: Mapping[UUID, Way],
    *,
    in_target: bool,
    now: datetime,
) -> int:
    """How many people the planner expects these creators to reach by what they made.

    Of the target, or of everybody who is grown up. Without the correction, which is learned from
    it; 0 where nobody of them is known.
    """
    if not made:
        return 0
    if not in_target:
        wanted = replace(wanted, age=frozenset(), gender=frozenset(), country=frozenset())

    def look(market: Market) -> int:
        problem, rows, chosen = columns.delivered(market, wanted, made)
        ids = market.ids_at(rows.tolist())
        problem = with_observed(session, problem, list(range(rows.size)), ids)
        return round(plan_of(problem, _NO_LIMITS, chosen).people) if chosen else 0

    return columns.ask(session, look, now=now)


def present_correction(session: Session) -> Correction:
    """The correction that counts now."""
    found = session.scalar(
        select(ReachCorrection)
        .where(ReachCorrection.counts)
        .order_by(ReachCorrection.version.desc())
        .limit(1)
    )
    if found is None:
        return NOT_CORRECTED
    return Correction(found.correction_bps, found.doubt, found.campaigns, found.version)


def correction_versions(session: Session) -> Sequence[ReachCorrection]:
    """The last learnings, the newest first."""
    return session.scalars(
        select(ReachCorrection).order_by(ReachCorrection.version.desc()).limit(SHOWN)
    ).all()


def counts_to_learn_from(session: Session) -> Sequence[tuple[ReachCount, UUID]]:
    """The newest count of each campaign not set aside, the oldest first, with its brand."""
    rows = session.execute(
        select(ReachCount, Campaign.brand_id)
        .ext(distinct_on(ReachCount.campaign_id))
        .join(Campaign, Campaign.id == ReachCount.campaign_id)
        .where(ReachCount.set_aside_at.is_(None))
        .order_by(ReachCount.campaign_id, *_NEWEST_FIRST)
    )
    found = [(count, brand_id) for count, brand_id in rows]
    return sorted(found, key=lambda each: (each[0].entered_at, each[0].id))


def counts_of(session: Session, campaign_id: UUID) -> Sequence[ReachCount]:
    """Every count of a campaign, the newest first."""
    return session.scalars(
        select(ReachCount).where(ReachCount.campaign_id == campaign_id).order_by(*_NEWEST_FIRST)
    ).all()


def newest_counts(session: Session) -> Sequence[ReachCount]:
    """The last counts of all campaigns, the newest first."""
    return session.scalars(select(ReachCount).order_by(*_NEWEST_FIRST).limit(SHOWN)).all()
