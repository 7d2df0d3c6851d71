"""What is told of an error of the database: all that says what went wrong, and of whom nothing.

Errors are logged and kept, so no name, address or hash may stand in them. To import this is enough.
"""

from __future__ import annotations

import re
from typing import Final

import psycopg
from sqlalchemy import Engine, ExceptionContext, event

WITHOUT_VALUES: Final = {"hide_parameters": True}
"""For each engine: SQLAlchemy leaves out what a statement was given."""
_QUOTED: Final = re.compile(r"""(?<!\w)(["']).*\1""", re.DOTALL)
"""From the first quotation mark to the last: what is quoted may have some of its own."""


@event.listens_for(Engine, "handle_error")
def _tell_without_values(context: ExceptionContext) -> None:
    """Leave of an error what PostgreSQL says first, and which rule of ours said no.

    In the lines below it quotes the key that is there already, or the whole row that was refused.
    Of data that cannot be, also what psycopg cannot read, the first sentence quotes it itself.
    """
    error = context.original_exception
    if not isinstance(error, psycopg.Error):
        return
    said, rule = error.diag.message_primary, error.diag.constraint_name
    if isinstance(error, psycopg.DataError):
        said = _QUOTED.sub("…", said or str(error))
    if said is None:
        return
    if rule and rule not in said:
        said = f"{said} ({rule})"
    error.args = (said,)
    if (told := context.sqlalchemy_exception) is not None:
        kind = type(error)
        told.args = (f"({kind.__module__}.{kind.__name__}) {said}",)
