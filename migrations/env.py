"""How migrations run: one transaction each, one runner at a time, never waiting long for a lock."""

from __future__ import annotations

import os
from typing import Final

from alembic import context
from sqlalchemy import Connection, create_engine, make_url, pool

from marketplace.cli.migrating import let_in
from marketplace.store.errors import WITHOUT_VALUES
from marketplace.tables import METADATA

LOCK_TIMEOUT: Final = "5s"
"""A migration that waits for a table makes every request behind it wait: it gives up instead."""
STATEMENT_TIMEOUT: Final = "60s"
"""A migration that moves much data lifts it for itself with SET LOCAL."""
ADVISORY_LOCK: Final = 0x_FA12_71E3
"""Two that migrate at once take turns; the second finds nothing left to do."""


def database_url() -> str:
    """The database of ``alembic -x url=…``, or that of the environment, as its owner."""
    url = (
        context.get_x_argument(as_dictionary=True).get("url")
        or os.environ.get("MIGRATION_DATABASE_URL")
        or os.environ.get("DATABASE_URL")
    )
    if not url:
        raise SystemExit("Set MIGRATION_DATABASE_URL, or give the address with -x url=….")
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def product_role() -> str | None:
    """The role of the product, where the environment names both it and the owner."""
    if os.environ.get("MIGRATION_DATABASE_URL") and os.environ.get("DATABASE_URL"):
        return make_url(os.environ["DATABASE_URL"]).username
    return None


def run(connection: Connection) -> None:
    """Run the migrations asked for, on a connection that no transaction is open on."""
    if connection.in_transaction():
        raise RuntimeError("migrations begin and commit their own transactions")
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    connection.exec_driver_sql(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
    connection.commit()  # all three hold for the connection, across each migration's transaction
    try:
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.exec_driver_sql("RESET statement_timeout")
        connection.exec_driver_sql("RESET lock_timeout")
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})")
        connection.commit()


def main() -> None:
    """Use the connection that a caller has put into the configuration, or make one."""
    if context.is_offline_mode():
        raise SystemExit("These migrations look at the database: --sql is not offered.")
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    engine = create_engine(database_url(), poolclass=pool.NullPool, **WITHOUT_VALUES)
    with engine.connect() as connection:
        run(connection)
        if (role := product_role()) is not None:
            with connection.begin():
                let_in(connection, role)


main()
