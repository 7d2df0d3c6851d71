"""Of whom something has changed since somebody last looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.creators.models import CreatorMark


@dataclass(frozen=True, slots=True)
class Marks:
    """Creators of whom something has changed, and from where to look the next time.

    creator_ids: None for so many that it is better to read everybody again.
    """

    creator_ids: Sequence[UUID] | None
    next_mark: int


def present_mark(session: Session) -> int:
    """From where on to look for changes that this transaction cannot see yet."""
    return int(
        session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")) or 0
    )


def has_written(session: Session) -> bool:
    """Whether this transaction has changed anything yet."""
    return session.scalar(text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")) is True


def changes_since(session: Session, mark: int) -> tuple[int, int]:
    """How many changes there are since a mark, and the last: the same as before means none new.

    What commits late, after others that began later, counts too.
    """
    count, last = session.execute(
        select(func.count(), func.coalesce(func.max(CreatorMark.id), 0)).where(
            CreatorMark.transaction_number >= mark
        )
    ).one()
    return count, last


def marks_since(session: Session, mark: int, *, most: int) -> Marks:
    """Who has changed since a mark; who has changed just before may be named again.

    Whatever is committed after this call is found from ``next_mark`` on, however long the
    transactions took: a mark is the oldest transaction that was still open.
    """
    next_mark = present_mark(session)
    found = session.scalars(
        select(CreatorMark.creator_id)
        .distinct()
        .where(CreatorMark.transaction_number >= mark)
        .limit(most + 1)
    ).all()
    ids = [each for each in found if each is not None]
    everybody = len(ids) < len(found) or len(ids) > most
    return Marks(None if everybody else sorted(ids), next_mark)
