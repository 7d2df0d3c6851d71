"""Which posts wait for a word before their views count for good."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.authenticity.models import Evidence
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


def asked_views(session: Session, post_ids: Collection[UUID]) -> dict[UUID, int]:
    """Post id -> how many of its views were ever in question, whatever became of them."""
    rows = session.execute(
        select(Evidence.post_id, func.sum(Evidence.views))
        .where(among(Evidence.post_id, post_ids))
        .group_by(Evidence.post_id)
    )
    return {post_id: int(views) for post_id, views in rows}
