"""Look back at night: how attention was shared, what follows on a question, what plans reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from uuid import UUID

import structlog

from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.queries import Followed
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.rules.chances import BASE_RATES, Outcome, Step, facts_from
from marketplace.matching.rules.promised import VIEW_STEPS
from marketplace.metrics import queries as metrics
from marketplace.metrics.queries import FollowedVideo
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
        followed = [
            *collaborations.outcomes(session, now=run.now),
            *questions_of(metrics.followed_videos(session, now=run.now)),
        ]
        places = queries.places_shown(
            session,
            {
                (each.campaign_id, each.creator_id)
                for each in followed
                if Step(each.step) not in VIEW_STEPS
            },
        )
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


def questions_of(videos: Iterable[FollowedVideo]) -> list[Followed]:
    """Return what was asked when each video was agreed: will it get the views expected of it?"""
    return [
        Followed(step, each.creator_id, each.campaign_id, each.agreed_at, each.known_at, happened)
        for each in videos
        for step, happened in ((Step.VIEWS, each.is_met), (Step.VIEWS_LOW, each.is_low_met))
    ]


def outcomes_in(followed: Iterable[Followed], places: Places) -> dict[Step, list[Outcome]]:
    """Return the outcomes of each step as they became known, with what was known when asked.

    A creator's record holds what had come of earlier questions by then, and not of those that
    were still open.
    """
    found: dict[Step, list[tuple[datetime, Outcome]]] = {step: [] for step in Step}
    records: defaultdict[tuple[Step, UUID], _Record] = defaultdict(_Record)
    for each in sorted(followed, key=lambda one: one.asked_at):
        step = Step(each.step)
        record = records[step, each.creator_id]
        kept, asked = record.by(each.asked_at)
        place = None if step in VIEW_STEPS else _last_place(places, each)
        facts = facts_from(
            standing_bps=None if place is None else queries.standing_bps(place),
            fee_minor=each.fee_minor,
            usual_minor=each.usual_minor,
            kept=kept,
            asked=asked,
            base_bps=round(BPS_WHOLE * BASE_RATES[step]),
        )
        found[step].append((each.known_at, Outcome(facts, each.happened)))
        record.add(each.known_at, each.happened)
    return {
        step: [outcome for _, outcome in sorted(rows, key=lambda row: row[0])]
        for step, rows in found.items()
    }


class _Record:
    """What had come of somebody's questions, by a moment that only moves on."""

    def __init__(self) -> None:
        self._open: list[tuple[datetime, bool]] = []
        self._kept = self._asked = 0

    def add(self, known_at: datetime, happened: bool) -> None:  # noqa: FBT001 - one heap entry
        heappush(self._open, (known_at, happened))

    def by(self, moment: datetime) -> tuple[int, int]:
        """Return how many had followed, of how many that were decided before."""
        while self._open and self._open[0][0] <= moment:
            self._kept += heappop(self._open)[1]
            self._asked += 1
        return self._kept, self._asked


def _last_place(places: Places, question: Followed) -> int | None:
    """Where the creator stood in the campaign's list when it was last seen before the question."""
    before = [
        place
        for shown_at, place in places.get((question.campaign_id, question.creator_id), ())
        if shown_at <= question.asked_at
    ]
    return before[-1] if before else None
