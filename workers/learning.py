"""Look back at night: how attention was shared, what follows on a question, what plans reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.queries import Followed
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.rules.chances import BASE_RATES, Outcome, Step, facts_from
from marketplace.store.session import at_one_moment, transaction
from workers.runtime import Run

log = structlog.get_logger("workers")

Places = Mapping[tuple[UUID, UUID], Sequence[tuple[datetime, int]]]


def report_attention(run: Run) -> None:
    """Work out how the attention of the last seven days was shared."""
    with transaction() as session:
        invited = collaborations.invited_since(session, since=run.now - queries.WEEK)
        matching.report_attention(session, invited=invited, now=run.now)


def learn_chances(run: Run) -> None:
    """Learn from everything that has been decided how likely each step is."""
    with at_one_moment() as session:
        followed = collaborations.outcomes(session, now=run.now)
        places = queries.places_shown(session)
    outcomes = outcomes_in(followed, places)
    with transaction() as session:
        for each in matching.learn_chances(session, outcomes, now=run.now):
            log.info(
                "chances_learned",
                step=each.step.value,
                rows=each.rows,
                loss=round(each.loss, 4),
                loss_before=round(each.loss_before, 4),
                counts=each.counts,
            )


def learn_reach(run: Run) -> None:
    """Learn from every campaign that was counted how far plans reach what is predicted."""
    with transaction() as session:
        found = matching.learn_correction(session, now=run.now)
    if found is not None:
        log.info(
            "reach_learned",
            version=found.version,
            campaigns=found.campaigns,
            correction_bps=found.correction_bps,
            before_bps=found.before_bps,
            counts=found.counts,
        )


def outcomes_in(followed: Sequence[Followed], places: Places) -> dict[Step, list[Outcome]]:
    """Return the outcomes of each step with what was known when the question was put.

    followed: in the order of time, so that a creator's record holds what came before alone.
    """
    found: dict[Step, list[Outcome]] = {step: [] for step in Step}
    records: defaultdict[tuple[Step, UUID], list[bool]] = defaultdict(list)
    for each in followed:
        step = Step(each.step)
        record = records[step, each.creator_id]
        place = _last_place(places, each)
        facts = facts_from(
            standing_bps=None if place is None else queries.standing_bps(place),
            fee_minor=each.fee_minor,
            usual_minor=each.usual_minor,
            kept=sum(record),
            asked=len(record),
            base_bps=round(BPS_WHOLE * BASE_RATES[step]),
        )
        found[step].append(Outcome(facts, each.happened))
        record.append(each.happened)
    return found


def _last_place(places: Places, question: Followed) -> int | None:
    """Where the creator stood in the campaign's list when it was last seen before the question."""
    before = [
        place
        for shown_at, place in places.get((question.campaign_id, question.creator_id), ())
        if shown_at <= question.asked_at
    ]
    return before[-1] if before else None
