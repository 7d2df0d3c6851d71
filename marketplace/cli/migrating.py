"""Bringing a database to the newest migration, and checking that every step works both ways."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import OperationalError

from marketplace.cli.postgres_server import shared_postgres
from marketplace.cli.trouble import CannotStart, reason
from marketplace.ledger.checks import RIGHTS
from marketplace.store.errors import WITHOUT_VALUES

ROOT: Final = Path(__file__).parents[2]


def migrate(url: str, *, product_role: str | None = None) -> None:
    """Apply what is missing; nothing happens to a database that is at the newest migration.

    product_role: may use the database afterwards, and no more than use it.
    """
    _at(url, ("upgrade", "head"))
    if product_role is not None:
        engine = _engine(url)
        try:
            with engine.begin() as connection:
                let_in(connection, product_role)
        finally:
            engine.dispose()


def let_in(connection: Connection, role: str) -> None:
    """Give the product's role what it needs in this schema, and of the ledger only what it may.

    Every migration ends with it, so that new tables are known to the role.
    """
    quoted = connection.dialect.identifier_preparer.quote(role)
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    there = connection.exec_driver_sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    ).scalars()
    rights = {"alembic_version": frozenset({"SELECT"}), **RIGHTS}
    statements = [
        f"GRANT USAGE ON SCHEMA {schema} TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {quoted}",
    ]
    for table in rights.keys() & set(there):
        statements += [
            f"REVOKE ALL ON {table} FROM {quoted}",
            f"GRANT {', '.join(sorted(rights[table]))} ON {table} TO {quoted}",
        ]
    connection.exec_driver_sql("; ".join(statements))


def check_migrations() -> None:
    """Go up, down and up again in an empty database, and compare it with the models.

    Raises CannotStart when they have drifted.
    """
    with (
        TemporaryDirectory(prefix="fairview-") as folder,
        shared_postgres(Path(folder) / "postgres", durable=False) as url,
    ):
        _at(url, ("upgrade", "head"), ("downgrade", "base"), ("upgrade", "head"), ("check",))


def _engine(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), **WITHOUT_VALUES)


def _at(url: str, *steps: tuple[str, ...]) -> None:
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    engine = _engine(url)
    try:
        for verb, *rest in steps:
            with engine.connect() as connection:
                config.attributes["connection"] = connection
                getattr(command, verb)(config, *rest)
    except CommandError as failure:
        raise CannotStart(f"The migrations do not fit: {failure}") from failure
    except OperationalError as failure:
        raise CannotStart(reason("The database refused", str(failure.orig))) from failure
    finally:
        engine.dispose()
