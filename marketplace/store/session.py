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


ENGINE_OPTIONS: Final = {"pool_events": [(_refuse_closed, "checkout")]}
"""How the product keeps its connections: nobody notices that the server was started again."""


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a transaction: commits at the end, rolls back when anything is raised.

    Only the doors open one: a web view, a job, a command. Opening a second inside the first raises
    RuntimeError.
    """
    with _opened(commits=True) as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Open a transaction that PostgreSQL itself keeps from writing.

    It ends with COMMIT, which has nothing to write: at a ROLLBACK psycopg forgets every statement
    it has prepared, and PostgreSQL would parse and plan each page's anew.
    """
    ours = isinstance(db.session().get_bind(), Engine)
    with _opened(commits=ours) as session:
        if ours:
            # Said with BEGIN itself: no round trip of its own.
            session.connection(execution_options={"postgresql_readonly": True})
        else:  # somebody's own connection, whose transaction has begun already
            session.execute(text("SET TRANSACTION READ ONLY"))
        yield session
        session.expunge_all()  # whatever was changed by mistake is not written either


@contextmanager
def asking() -> Iterator[Session]:
    """Ask one single question: a SELECT alone needs no transaction around it."""
    with _opened(commits=False) as session:
        if isinstance(session.get_bind(), Engine):
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session


def in_transaction() -> bool:
    """True while this thread's request, job or command holds a transaction open."""
    return _OPEN in db.session.info


@contextmanager
def _opened(*, commits: bool) -> Iterator[Session]:
    session = db.session()
    if _OPEN in session.info:
        raise RuntimeError("a transaction is open already")
    session.info[_OPEN] = True
    try:
        yield session
        if commits:
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_OPEN, None)
        db.session.remove()  # closes it: what was not committed is rolled back
