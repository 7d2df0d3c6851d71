"""What the views and the reliability of a fit rest on: videos, and collaborations that ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.kernel.errors import NotFound
from marketplace.matching import columns


@dataclass(frozen=True, slots=True)
class Behind:
    """How much stands behind the views and the reliability of one creator.

    videos: that the views are by; 0 where no single one is known. kept, ended: collaborations that
    ended here, and how many of those were kept.
    """

    videos: int
    kept: int
    ended: int


def behind_fit_of(session: Session, creator_id: UUID, *, now: datetime) -> Behind:
    """What stands behind a creator's fits, whatever the brief; raises NotFound."""
    found = creators.facts_of(session, [creator_id], now=now)
    if not found:
        raise NotFound("creator")
    [facts] = found
    views = columns.shown_views(facts)
    videos = views.posts if views is not None and facts.videos else 0
    return Behind(videos, facts.kept, facts.kept + facts.broken)
