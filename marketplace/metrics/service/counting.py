"""How many different people a finished campaign reached, as somebody has counted them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import is_open
from marketplace.kernel.actor import Actor
from marketplace.kernel.days import today_somewhere
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.matching import queries as matching
from marketplace.matching import service as plans
from marketplace.matching.models import ReachCount
from marketplace.matching.rules.planner.correction import CountSource, problems
from marketplace.metrics import queries

NOTE_MOST: Final = 500


def count_reach(
    session: Session,
    *,
    campaign_id: UUID,
    people: int,
    in_target: bool,
    source: CountSource,
    sample: int | None,
    counted_on: date,
    note: str,
    actor: Actor,
    now: datetime,
) -> ReachCount:
    """Keep how many people a finished campaign reached, beside what is predicted for it.

    A later count of the same campaign takes the place of this one; the rows stay. What is predicted
    is worked out now, for those who delivered and what they made.

    Raises NotFound, NotPermitted, Conflict while the campaign runs or when nobody delivered,
    InvalidInput.
    """
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if actor.user_id is None or not (actor.is_staff or actor.may_edit(campaign.brand_id)):
        raise NotPermitted("say what this campaign reached")
    if is_open(state=campaign.state, ends_on=campaign.ends_on, now=now):
        raise Conflict("This campaign has not ended yet: count when its last day is over")
    result = queries.result_of(session, campaign_id)
    wrong = problems(
        people=people,
        views=result.views,
        sample=sample,
        counted_on=counted_on,
        starts_on=campaign.starts_on,
        today=today_somewhere(now),
    )
    if len(note) > NOTE_MOST:
        wrong["note"] = f"Keep the note to {NOTE_MOST} characters."
    if wrong:
        raise InvalidInput(wrong)
    wanted = matching.wanted_for(session, campaign_id)
    predicted = matching.predicted_reach(session, wanted, result.made, in_target=in_target, now=now)
    if not predicted:
        raise Conflict("Nobody who is known here delivered anything for this campaign")
    return plans.keep_count(
        session,
        campaign_id=campaign_id,
        people=people,
        in_target=in_target,
        predicted=predicted,
        creators=len(result.made),
        source=source,
        sample=sample,
        counted_on=counted_on,
        note=note.strip(),
        entered_by=actor.user_id,
        now=now,
    )


def set_count_aside(
    session: Session, *, count_id: UUID, why: str, actor: Actor, now: datetime
) -> ReachCount:
    """Let a count stand, and learn nothing from it any more; the second time changes nothing.

    Raises NotFound, NotPermitted, InvalidInput.
    """
    if not actor.is_staff or actor.user_id is None:
        raise NotPermitted("set a count aside")
    if not why.strip() or len(why) > NOTE_MOST:
        raise InvalidInput({"why": f"Say why in 1 to {NOTE_MOST} characters."})
    return plans.set_count_aside(
        session, count_id=count_id, why=why.strip(), by=actor.user_id, now=now
    )
