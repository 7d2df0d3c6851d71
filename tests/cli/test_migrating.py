"""Migrating as the owner lets the product's role in, and no further than it may."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from marketplace.cli.postgres_server import (
    ensure_database,
    ensure_role,
    shared_postgres,
)
from tests.conftest import ROOT
from tests.databases import server_folder


@pytest.fixture(scope="module")
def owner_url() -> Iterator[str]:
    """An empty database on a server of its own, where roles are nobody else's."""
    with (
        server_folder() as folder,
        shared_postgres(folder / "postgres", durable=False) as server,
    ):
        yield ensure_database(server, "market")


def upgrade(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def rights(url: str, table: str) -> set[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalars(
            text(
                "SELECT r FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'])"
                " AS r WHERE has_table_privilege(:table, r)"
            ),
            {"table": table},
        ).all()
    engine.dispose()
    return set(found)


def test_the_environment_of_an_operator_names_both_roles(owner_url: str) -> None:
    product_url = ensure_role(owner_url, "market_product")
    assert ensure_role(owner_url, "market_product") == product_url

    for _ in range(2):
        done = upgrade(MIGRATION_DATABASE_URL=owner_url, DATABASE_URL=product_url)
        assert done.returncode == 0, done.stderr

    assert rights(product_url, "campaigns") == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert rights(product_url, "postings") == {"SELECT", "INSERT"}
    assert rights(product_url, "ledger_balances") == {"SELECT"}
    assert rights(product_url, "alembic_version") == {"SELECT"}


def test_nobody_migrates_a_database_that_is_not_named() -> None:
    done = upgrade()

    assert done.returncode == 1
    assert "Set MIGRATION_DATABASE_URL, or give the address with -x url=…." in done.stderr
