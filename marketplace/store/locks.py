"""Row locks, always taken in the same order.

The order in the house: lowest room first, inside a room by primary key, once per transaction and
as late as possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.store.base import Base
from marketplace.store.rows import given_in

Row = TypeVar("Row", bound=Base)


def lock_rows(session: Session, model: type[Row], ids: Iterable[UUID]) -> list[Row]:
    """Lock the rows of these ids in primary-key order and return them fresh.

    FOR NO KEY UPDATE: whoever locks or changes them waits, and a row that only points at them does
    not. Otherwise the check of a foreign key would be a lock upward, against the order.
    Raises NotFound when one of them does not exist.
    """
    wanted = set(ids)
    rows = session.scalars(_locking(model), {"ids": list(wanted)}).all()
    if len(rows) != len(wanted):
        raise NotFound(model.__tablename__)
    return list(rows)


@cache
def _locking(model: type[Row]) -> Select[Row]:
    key = inspect(model).attrs["id"]
    return (
        select(model)
        .where(given_in(key.class_attribute, "ids"))
        .order_by(key.class_attribute)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def lock_row(session: Session, model: type[Row], row_id: UUID) -> Row:
    """Lock one row and return it fresh; raises NotFound."""
    return lock_rows(session, model, [row_id])[0]
