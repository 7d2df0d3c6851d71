"""The driver's cursor, which says of an answer's columns what is asked for."""

from __future__ import annotations

from typing import Any

import psycopg


class Cursor(psycopg.Cursor[Any]):
    """A cursor of psycopg without its long description.

    Of each column of each answer psycopg tells all there is to know, its type by name among it.
    SQLAlchemy reads the name and the type's number.
    """

    @property
    def description(self) -> Any:
        """The columns as DB-API 2.0 has them, name and type first; None where there are none."""
        answer = self.pgresult
        if answer is None or not answer.nfields:
            return None
        return [
            ((answer.fname(at) or b"").decode(), answer.ftype(at), None, None, None, None, None)
            for at in range(answer.nfields)
        ]
