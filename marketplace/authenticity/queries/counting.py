"""Which posts wait for a word before their views count for good."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.authenticity.models import Assessment, Evidence
from marketplace.authenticity.rules.life import AssessmentState
from marketplace.store.arrays import of_ids, of_moments
from marketplace.store.rows import among

_IN_QUESTION: Final = text(
    """
    SELECT asked.post_id
    FROM unnest(CAST(:posts AS uuid[]), CAST(:moments AS timestamptz[])) AS asked (post_id, moment)
    WHERE EXISTS (
        SELECT 1 FROM assessments a
        WHERE a.post_id = asked.post_id AND a.held_from <= asked.moment
          AND a.state IN ('held', 'appealed'))
    """
)


def in_question(session: Session, moments: Mapping[UUID, datetime]) -> set[UUID]:
    """Those of these posts of which views are in question by a reading of their moment.

    A question about later readings does not matter to what is counted by an earlier one.
    """
    if not moments:
        return set()
    asked = {"posts": of_ids(moments), "moments": of_moments(moments.values())}
    return set(session.scalars(_IN_QUESTION, asked))


@dataclass(frozen=True, slots=True)
class Asked:
    """How many views of a post were in question since views of it were let count last.

    cleared_by: the last reading of which they were; None where none ever were.
    """

    views: int
    cleared_by: datetime | None


NEVER: Final = Asked(0, None)


def asked_of(session: Session, post_ids: Collection[UUID]) -> dict[UUID, Asked]:
    """Post id -> what was asked about it; posts of which no view ever was in question are left out.

    What was found by readings up to the last cleared one is settled, whatever became of it.
    """
    found: dict[UUID, list[tuple[datetime, int, AssessmentState]]] = {}
    for post_id, found_at, views, state in session.execute(
        select(Evidence.post_id, Evidence.found_at, Evidence.views, Assessment.state)
        .join(Assessment, Assessment.id == Evidence.assessment_id)
        .where(among(Evidence.post_id, post_ids))
    ):
        found.setdefault(post_id, []).append((found_at, views, state))
    return {post_id: _asked(rows) for post_id, rows in found.items()}


def _asked(rows: Sequence[tuple[datetime, int, AssessmentState]]) -> Asked:
    cleared = max((at for at, _, state in rows if state is AssessmentState.CLEARED), default=None)
    return Asked(sum(views for at, views, _ in rows if cleared is None or at > cleared), cleared)
