"""Row locks, always taken in the same order.

The order in the house: lowest room first, inside a room by primary key, once per transaction and
as late as possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.store.base import Base

Row = TypeVar("Row", bound=Base)


def lock_rows(session: Session, model: type[Row], ids: Iterable[UUID]) -> list[Row]:
    """Lock the rows of these ids FOR UPDATE in primary-key order and return them fresh.

    Raises NotFound when one of them does not exist.
    """
    key = model.__table__.c["id"]
    wanted = sorted(set(ids))
    rows = session.scalars(
        select(model)
        .where(key.in_(wanted))
        .order_by(key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(rows) != len(wanted):
        raise NotFound(model.__tablename__)
    return list(rows)


def lock_row(session: Session, model: type[Row], row_id: UUID) -> Row:
    """Lock one row FOR UPDATE and return it fresh; raises NotFound."""
    return lock_rows(session, model, [row_id])[0]
