"""Pages of a long list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")
Line = TypeVar("Line")

PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list.

    number: from 1. total: rows in the whole list, or in the part of it that was counted.
    """

    rows: Sequence[Row]
    number: int
    total: int
    size: int = PAGE_SIZE
    is_counted: bool = True
    """False where there are more than total: of so many nobody reads the last page."""

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """True when there is a page after this one."""
        return self.number < self.last

    @property
    def near(self) -> Sequence[int]:
        """The pages that are named: the first, the last, and this one with its neighbours."""
        around = range(max(1, self.number - 1), min(self.number + 1, self.last) + 1)
        return sorted({1, *around, self.last})

    def each(self, make: Callable[[Row], Line]) -> Page[Line]:
        """Return the same page with what is made of each row."""
        rows = [make(row) for row in self.rows]
        return Page(rows, self.number, self.total, self.size, self.is_counted)


def page_of(
    session: Session, statement: Select[*tuple[Any, ...]], *, number: int, size: int = PAGE_SIZE
) -> Page[Any]:
    """Run an ordered select for one page and count the whole; a page out of range is clamped.

    Rows are scalars when the statement selects one thing, else result rows.
    """
    number = max(1, number)
    rows = _rows(session, statement, number=number, size=size)
    if len(rows) < size and (rows or number == 1):  # the last page: nothing is left to count
        total = (number - 1) * size + len(rows)
        return Page(rows=rows, number=number, total=total, size=size)
    total = (
        session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    )
    if not rows:
        number = max(1, -(-total // size))
        rows = _rows(session, statement, number=number, size=size)
    return Page(rows=rows, number=number, total=total, size=size)


def _rows(
    session: Session, statement: Select[*tuple[Any, ...]], *, number: int, size: int
) -> Sequence[Any]:
    result = session.execute(statement.limit(size).offset((number - 1) * size))
    if len(statement.column_descriptions) == 1:
        return result.scalars().all()
    return result.all()
