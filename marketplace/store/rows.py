"""Many rows in one statement, which is the same however many they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    TableValuedAlias,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.util import identity_key

from marketplace.store.base import Base

GivenRow = Mapping[str, Any]
"""The values of one row by the names of its columns."""


def insert_rows(session: Session, model: type[Base], rows: Sequence[GivenRow]) -> None:
    """Insert rows that all name the same columns."""
    if not rows:
        return
    names = list(rows[0])
    given = _given(model, names, rows)
    session.execute(insert(model).from_select(names, select(*(given.c[name] for name in names))))


def update_rows(session: Session, model: type[Base], rows: Sequence[GivenRow]) -> None:
    """Give rows, each named by its ``id``, new values; all name the same columns.

    What the session holds of these rows is read again when it is asked for.
    """
    if not rows:
        return
    names = list(rows[0])
    key, given = inspect(model).columns["id"], _given(model, names, rows)
    session.execute(
        update(model)
        .where(key == given.c.id)
        .values({name: given.c[name] for name in names if name != "id"})
        .execution_options(synchronize_session=False)
    )
    changed = {identity_key(model, row["id"]) for row in rows}
    for name in changed.intersection(session.identity_map.keys()):
        session.expire(session.identity_map[name])


def among(column: InstrumentedAttribute[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """Say what ``in_`` says by one parameter: its text is the same for one id and a thousand."""
    return column == any_(cast(list(ids), ARRAY(Uuid)))


def given_in(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Say that the column is one of the values handed in under a name, in a statement made once."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def _given(model: type[Base], names: Sequence[str], rows: Sequence[GivenRow]) -> TableValuedAlias:
    """The rows as a table of the statement, passed as one array a column."""
    kinds = inspect(model).columns
    arrays = [cast([row[name] for row in rows], ARRAY(kinds[name].type)) for name in names]
    return func.unnest(*arrays).table_valued(*names).render_derived(name="given")
