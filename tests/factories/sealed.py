"""Days of the books that are sealed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from marketplace.ledger import service
from tests.conftest import damage
from tests.factories.ledger import make_brand_funds, usd


def days_ago(count: int) -> date:
    """Return a day by the clock of now: a run of all tests may go on past midnight."""
    return datetime.now(UTC).date() - timedelta(days=count)


def record(session: Session, day: date, brand_id: UUID | None = None) -> int:
    """Return an entry that was recorded at noon of that day."""
    entry_id = make_brand_funds(session, brand_id=brand_id or uuid4(), amount=usd(500))
    damage(
        session,
        "UPDATE journal_entries SET recorded_at = :at WHERE id = :id",
        at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        id=entry_id,
    )
    return entry_id


def make_sealed(session: Session) -> list[int]:
    """Three entries of one day and two of yesterday, all sealed, and one of today."""
    ids = [record(session, days_ago(3)) for _ in range(3)] + [
        record(session, days_ago(1)) for _ in "ab"
    ]
    make_brand_funds(session, brand_id=uuid4(), amount=usd(1))
    service.seal_finished_days(session)
    return ids
