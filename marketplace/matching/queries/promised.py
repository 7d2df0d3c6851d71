"""The views that are expected of a creator, and how likely they are to come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.creators.models import CreatorRecord
from marketplace.matching import columns
from marketplace.matching.queries.chances import present_chances
from marketplace.matching.rules.promised import NO_VIDEOS, VideoRecord, ViewsChance, views_chance
from marketplace.matching.rules.views import ExpectedViews


def expected_views(session: Session, creator_id: UUID, *, now: datetime) -> ExpectedViews | None:
    """What a creator's next video can be expected to get; None while no views are known."""
    found = creators.facts_of(session, [creator_id], now=now)
    return columns.shown_views(found[0]) if found else None


def views_chance_of(session: Session, creator_id: UUID) -> ViewsChance:
    """How likely a creator's next video gets what is expected, as learned until now."""
    found = session.get(CreatorRecord, creator_id)
    record = (
        NO_VIDEOS
        if found is None
        else VideoRecord(found.videos_count, found.views_met_count, found.views_low_count)
    )
    return views_chance(present_chances(session), record)
