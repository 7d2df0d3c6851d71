"""Keeping the columns, from which the market is ranked, up to date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.matching import columns
from marketplace.matching.columns import Built


def build_columns(
    session: Session, *, now: datetime, progress: Callable[[int, int], None]
) -> Built:
    """Make the columns anew from everything in the market; raises Busy, BrokenColumns."""
    return columns.build(session, columns.the_folder(), now=now, progress=progress)


def refresh_columns(session: Session, *, now: datetime) -> Built:
    """Bring the columns up to date, or make them; raises Busy, BrokenColumns."""
    return columns.refresh(session, columns.the_folder(), now=now)
