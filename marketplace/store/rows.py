"""Many rows in one statement, which is the same however many they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVarTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    CursorResult,
    DateTime,
    Dialect,
    Integer,
    Select,
    String,
    TableValuedAlias,
    Uuid,
    any_,
    bindparam,
    func,
    insert,
    inspect,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.types import TypeDecorator, TypeEngine

from marketplace.store.arrays import of_ids, of_moments, of_numbers, of_texts
from marketplace.store.base import Base

Values = TypeVarTuple("Values")
GivenRow = Mapping[str, Any]
"""The values of one row by the names of its columns."""


class Written(TypeDecorator[str]):
    """An array in PostgreSQL's own notation, which the server reads once, as it comes in."""

    impl = ARRAY
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> None:
        """Hand the text to the driver as it is."""


def plain_rows(
    session: Session, statement: TypedReturnsRows[*Values], given: GivenRow
) -> CursorResult[*Values]:
    """Ask for plain columns and nothing to keep, as a page does that only reads.

    The ORM would look for objects among them, which takes as long as the answer does. It also
    writes first what was changed; here the answer knows of no change that was not flushed.
    """
    return session.connection().execute(statement, given)


def insert_rows(session: Session, model: type[Base], rows: Sequence[GivenRow]) -> None:
    """Insert rows that all name the same columns."""
    if not rows:
        return
    names = list(rows[0])
    given = rows_given(model, names, rows)
    session.execute(insert(model).from_select(names, select(*(given.c[name] for name in names))))


def update_rows(session: Session, model: type[Base], rows: Sequence[GivenRow]) -> None:
    """Give rows, each named by its ``id``, new values; all name the same columns.

    What the session holds of these rows is read again when it is asked for.
    """
    if not rows:
        return
    names = list(rows[0])
    key, given = inspect(model).columns["id"], rows_given(model, names, rows)
    session.execute(
        update(model)
        .where(key == given.c.id)
        .values({name: given.c[name] for name in names if name != "id"})
        .execution_options(synchronize_session=False)
    )
    ids = {row["id"] for row in rows}
    for name in list(session.identity_map.keys()):
        if name[0] is model and name[1][0] in ids:
            session.expire(session.identity_map[name])


def among(column: InstrumentedAttribute[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """Say what ``in_`` says by one parameter: its text is the same for one id and a thousand."""
    return column == any_(_array(Uuid(), ids))


def those_of(
    due: Select[Any], column: InstrumentedAttribute[UUID], ids: Collection[UUID] | None
) -> Select[Any]:
    """Keep a question to rows of these ids; None keeps it as it is."""
    return due if ids is None else due.where(among(column, ids))


def given_in(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Say that the column is one of the values handed in under a name, in a statement made once."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def written_in(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Say the same of a long list, handed in as :mod:`marketplace.store.arrays` writes it."""
    return column == any_(bindparam(name, type_=Written(column.type)))


def rows_given(
    model: type[Base], names: Sequence[str], rows: Sequence[GivenRow]
) -> TableValuedAlias:
    """Return rows as a table for a statement, passed as one array a column of the model."""
    kinds = inspect(model).columns
    arrays = [_array(kinds[name].type, [row[name] for row in rows]) for name in names]
    return func.unnest(*arrays).table_valued(*names).render_derived(name="given")


def _array(kind: TypeEngine[Any], values: Iterable[Any]) -> ColumnElement[Any]:
    plain = kind.impl if isinstance(kind, TypeDecorator) else kind
    write = next(write for of, write in _WRITERS.items() if isinstance(plain, of))
    return literal(write(values), Written(kind))


def _of_documents(values: Iterable[Any]) -> str:
    return of_texts([None if each is None else json.dumps(each) for each in values])


_WRITERS: Final[Mapping[type[TypeEngine[Any]], Callable[[Iterable[Any]], str]]] = {
    Uuid: of_ids,
    DateTime: of_moments,
    Integer: of_numbers,
    Boolean: of_numbers,
    String: of_texts,
    JSONB: _of_documents,
}
"""How the values of a column are written; a kind that is new here has to be added."""
