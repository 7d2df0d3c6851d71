"""Where transactions begin and end: the only commit in the house."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session

from marketplace.store.base import Base
from marketplace.store.cursor import Cursor
from marketplace.store.errors import WITHOUT_VALUES

db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={
        # A session ends with its transaction, so nothing it loaded can grow stale.
        "expire_on_commit": False,
        # Bound to an engine this changes nothing; bound to a test's connection, a commit is a
        # savepoint of the test's own transaction.
        "join_transaction_mode": "create_savepoint",
    },
)

_OPEN: Final = "fairview_transaction"


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """Let nobody have a connection that the server has closed while it lay in the pool.

    Nothing is under way on a connection in the pool, so whatever is to be read from it is the
    server's farewell. Unlike asking the server, looking costs no round trip.
    """
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    if look.poll(0):
        raise InvalidatePoolError("the server has closed this connection")


def _reads_only(connection: Any, _record: Any) -> None:
    """Let PostgreSQL refuse every write but those of a transaction that says it writes.

    psycopg says so with BEGIN itself, so that costs no round trip.
    """
    connection.autocommit = True
    connection.execute("SET default_transaction_read_only TO on")
    connection.read_only = False


ENGINE_OPTIONS: Final = {
    **WITHOUT_VALUES,
    "isolation_level": "AUTOCOMMIT",  # a SELECT alone needs no BEGIN and COMMIT around it
    "skip_autocommit_rollback": True,
    "connect_args": {"cursor_factory": Cursor},
    "pool_events": [(_refuse_closed, "checkout"), (_reads_only, "connect")],
}
"""How the product keeps its connections: nobody notices that the server was started again, and
nobody writes but in a transaction. See docs/adr/0018."""


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a transaction: commits at the end, rolls back when anything is raised.

    Only the doors open one: a web view, a job, a command. Opening a second inside the first raises
    RuntimeError.
    """
    with _opened(isolation_level="READ COMMITTED") as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Ask questions; PostgreSQL itself keeps whoever reads from writing.

    Each sees what is committed when it is put. Where the answers have to add up, or come row by
    row, read :func:`at_one_moment`.
    """
    with _opened() as session:
        _keep_from_writing(session)
        yield session
        session.expunge_all()  # whatever was changed by mistake is not written either


@contextmanager
def at_one_moment() -> Iterator[Session]:
    """Read, and see everything as it was at one moment.

    It ends with COMMIT, which has nothing to write: at a ROLLBACK psycopg forgets every statement
    it has prepared, and PostgreSQL would parse and plan each page's anew.
    """
    with _opened(isolation_level="REPEATABLE READ", postgresql_readonly=True) as session:
        _keep_from_writing(session)
        yield session
        session.expunge_all()


def in_transaction() -> bool:
    """True while this thread's request, job or command holds a transaction open."""
    return _OPEN in db.session.info


def _keep_from_writing(session: Session) -> None:
    if not isinstance(session.get_bind(), Engine):
        # Somebody's own connection, whose transaction has begun already.
        session.execute(text("SET TRANSACTION READ ONLY"))


@contextmanager
def _opened(**options: Any) -> Iterator[Session]:
    """Open the session of this request. options: of its transaction; none needs none."""
    session = db.session()
    if _OPEN in session.info:
        raise RuntimeError("a transaction is open already")
    session.info[_OPEN] = True
    try:
        if options and isinstance(session.get_bind(), Engine):
            session.connection(execution_options=options)
        yield session
        if options:
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_OPEN, None)
        db.session.remove()  # closes it: what was not committed is rolled back
