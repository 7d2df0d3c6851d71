"""A database that is led from one migration to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, text

from tests.conftest import ROOT
from tests.databases import as_owner


def config() -> Config:
    return Config(toml_file=str(ROOT / "pyproject.toml"))


@contextmanager
def reached(url: str) -> Iterator[Engine]:
    """Reach a database as its owner until the block ends."""
    engine = create_engine(as_owner(url))
    yield engine
    engine.dispose()


def go(engine: Engine, *, to: str) -> None:
    """Upgrade the database to a revision."""
    settings = config()
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, to)


def go_back(engine: Engine, *, to: str) -> None:
    """Downgrade the database to a revision."""
    settings = config()
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, to)


def loosen(engine: Engine, tables: Sequence[str]) -> None:
    """Let a row of these tables be written with only what a migration reads of it."""
    with engine.begin() as connection:
        seen = inspect(connection)
        for table in tables:
            for check in seen.get_check_constraints(table):
                connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{check["name"]}"'))
            key = seen.get_pk_constraint(table)["constrained_columns"]
            for column in seen.get_columns(table):
                if not column["nullable"] and column["name"] not in key:
                    connection.execute(
                        text(f"ALTER TABLE {table} ALTER {column['name']} DROP NOT NULL")
                    )


def written(engine: Engine) -> Connection:
    """A connection whose rows may point at what is not there; whoever asks commits."""
    connection = engine.connect()
    connection.execute(text("SET session_replication_role = replica"))
    return connection


class Past:
    """The tables of a database as they were. now: of its server, in whole seconds."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        moment = connection.scalar(text("SELECT date_trunc('second', now())"))
        assert isinstance(moment, datetime)
        self.now = moment

    def add(self, table: str, **values: Any) -> UUID:
        """Write a row; what is not given is null, but for its id. Returns that."""
        into = MetaData()
        into.reflect(self.connection, only=[table], resolve_fks=False)
        columns = into.tables[table]
        if "id" in columns.c and not columns.c.id.identity:
            values.setdefault("id", uuid4())
        self.connection.execute(columns.insert().values(values))
        made: UUID = values.get("id", values.get("deliverable_id"))
        return made
