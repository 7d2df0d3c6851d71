"""Ask for a close bound on what plans can reach, and work it out in steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching import queries
from marketplace.matching.messages import PlanBoundAsked
from marketplace.matching.models import PlanBound
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.planner.limits import BoundState
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post

KEPT: Final = timedelta(days=1)


def ask_bound(
    session: Session, *, campaign_id: UUID, wish: PlanWish, actor: Actor, now: datetime
) -> PlanBound:
    """Have a close bound for a wish worked out; asked again within the hour it is the same one.

    What is kept is the question alone, and for a day. Raises NotFound, NotPermitted, PlanRefused.
    """
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if actor.user_id is None or campaign.brand_id not in actor.brands:
        raise NotPermitted("plan for this brand")
    wanted = queries.wanted_for(session, campaign_id)
    wish.ways(wanted)
    question = queries.question_now(session, wish, wanted)
    values = {
        "wish": wish.as_json(),
        "state": BoundState.WAITING,
        "done_bps": 0,
        "at_most": None,
        "refusal": "",
        "asked_by": actor.user_id,
        "asked_at": now,
        "finished_at": None,
    }
    asked = session.scalar(
        insert(PlanBound)
        .values(id=new_id(), campaign_id=campaign_id, question=question, **values)
        .on_conflict_do_update(
            index_elements=["campaign_id", "question"],
            set_=values,
            where=PlanBound.asked_at <= now - queries.BOUND_HOLDS,
        )
        .returning(PlanBound.id)
    )
    if asked is not None:
        post(session, PlanBoundAsked(bound_id=asked))
    return session.scalars(
        select(PlanBound)
        .where(PlanBound.campaign_id == campaign_id, PlanBound.question == question)
        .execution_options(populate_existing=True)
    ).one()


def begin_bound(session: Session, *, bound_id: UUID) -> PlanBound | None:
    """Take a bound for working out; None when it is done, or was forgotten meanwhile."""
    if session.get(PlanBound, bound_id) is None:
        return None
    bound = lock_row(session, PlanBound, bound_id)
    if bound.state not in (BoundState.WAITING, BoundState.WORKING):
        return None
    bound.state = BoundState.WORKING
    return bound


def tell_progress(session: Session, *, bound_id: UUID, part: float) -> None:
    """Say how much of the work is done, from 0 to 1; it never goes back."""
    done = int(BPS_WHOLE * min(max(part, 0.0), 1.0))
    session.execute(
        update(PlanBound)
        .where(
            PlanBound.id == bound_id,
            PlanBound.state == BoundState.WORKING,
            PlanBound.done_bps < done,
        )
        .values(done_bps=done)
    )


def finish_bound(
    session: Session, *, bound_id: UUID, at_most: int | None, refusal: str = "", now: datetime
) -> None:
    """Keep what no plan reaches more than, or why there is no plan. A second time nothing changes.

    at_most: None where there is no plan.
    """
    session.execute(
        update(PlanBound)
        .where(PlanBound.id == bound_id, PlanBound.state == BoundState.WORKING)
        .values(
            state=BoundState.REFUSED if at_most is None else BoundState.DONE,
            done_bps=BPS_WHOLE,
            at_most=at_most,
            refusal=refusal,
            finished_at=now,
        )
    )


def set_bound_aside(session: Session, *, bound_id: UUID, now: datetime) -> None:
    """Say of a bound that what it was asked of is not so any more.

    It answers no question from now on, so whoever comes back to its own can ask that again.
    """
    session.execute(
        update(PlanBound)
        .where(PlanBound.id == bound_id, PlanBound.state == BoundState.WORKING)
        .values(
            question=str(bound_id),
            state=BoundState.REFUSED,
            done_bps=BPS_WHOLE,
            refusal="The brief has changed since it was asked for. Look at the plan again.",
            finished_at=now,
        )
    )


def forget_bounds(session: Session, *, now: datetime) -> int:
    """Forget the questions of before yesterday; return how many."""
    return len(
        session.scalars(
            delete(PlanBound).where(PlanBound.asked_at <= now - KEPT).returning(PlanBound.id)
        ).all()
    )
