"""Forgetting old marks of change."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from marketplace.creators.models import CreatorMark

MARKS_KEPT: Final = timedelta(days=3)
"""Whoever has not looked for so long has to read everybody again."""


def prune_marks(session: Session, *, now: datetime) -> None:
    """Delete the marks that are older than MARKS_KEPT."""
    session.execute(delete(CreatorMark).where(CreatorMark.marked_at < now - MARKS_KEPT))
