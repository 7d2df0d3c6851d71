"""Work out how far plans are from the best possible, beside the pages."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

import structlog

from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.messages import PlanBoundAsked
from marketplace.store.session import reading, transaction
from workers.runtime import Run

log = structlog.get_logger("workers")

READY: Final = 0.3
"""Of the work, what it takes to look at the market and to find the plan."""


def work_out_bound(message: PlanBoundAsked, run: Run) -> None:
    """Claim, work it out with no transaction open but those that tell how it goes, and keep it.

    A bound whose brief was changed since it was asked for is set aside: it would answer another
    question than its own.
    """
    with transaction() as session:
        bound = matching.begin_bound(session, bound_id=message.bound_id)
        if bound is None:
            return
        campaign_id, wish = bound.campaign_id, queries.wish_in(bound.wish)
        wanted = queries.wanted_for(session, campaign_id)
        if queries.question_now(session, wish, wanted) != bound.question:
            matching.set_bound_aside(session, bound_id=bound.id, now=run.now)
            return
    try:
        with reading() as session:
            task = queries.bound_task(session, wanted, wish, now=run.now)
    except InvalidInput as refused:  # also whoever was to be kept, and cannot be in it any more
        _finish(message.bound_id, None, " ".join(dict.fromkeys(refused.problems.values())))
        return
    tell = partial(_tell, message.bound_id)
    tell(0.0)
    _finish(message.bound_id, task.work_out(tell), "")
    log.info("bound_worked_out", bound_id=str(message.bound_id), candidates=task.plan.among.count)


def forget_bounds(run: Run) -> None:
    """Forget what was asked before yesterday."""
    with transaction() as session:
        matching.forget_bounds(session, now=run.now)


def _tell(bound_id: UUID, part: float) -> None:
    with transaction() as session:
        matching.tell_progress(session, bound_id=bound_id, part=READY + (1 - READY) * part)


def _finish(bound_id: UUID, at_most: int | None, refusal: str) -> None:
    with transaction() as session:
        matching.finish_bound(
            session, bound_id=bound_id, at_most=at_most, refusal=refusal, now=utc_now()
        )
