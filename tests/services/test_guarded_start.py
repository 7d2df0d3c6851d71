"""The product does not run on a database that would let its books be changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from marketplace.app import start_app
from marketplace.cli.local import PRODUCT_ROLE
from marketplace.config import MissingSetting, Settings
from marketplace.ledger.checks import UnguardedLedger
from marketplace.store.session import db
from tests.conftest import TOKEN_KEY
from tests.databases import Template, as_owner


@pytest.fixture(scope="module")
def product_url(template: Template) -> Iterator[str]:
    """A database of its own, whose guards are taken away and put back."""
    with template.copied() as url:
        yield url


@contextmanager
def damaged(url: str, damage: str, repair: str) -> Iterator[None]:
    """Let the owner do something to the database until the block ends."""
    engine = create_engine(as_owner(url))
    with engine.begin() as connection:
        connection.execute(text(damage))
    yield
    with engine.begin() as connection:
        connection.execute(text(repair))
    engine.dispose()


def start(settings: Settings, url: str) -> None:
    app = start_app(replace(settings, database_url=url))
    with app.app_context():
        db.engine.dispose()


def test_it_starts_with_a_role_that_only_adds(settings: Settings, product_url: str) -> None:
    start(settings, product_url)


@pytest.mark.parametrize(
    ("damage", "repair", "missing"),
    [
        (
            "ALTER TABLE postings DISABLE TRIGGER postings_applied",
            "ALTER TABLE postings ENABLE TRIGGER postings_applied",
            "postings_applied",
        ),
        (
            "ALTER TABLE journal_entries RENAME TO old_entries",
            "ALTER TABLE old_entries RENAME TO journal_entries",
            "journal_entries_entered, journal_entries_not_changed, journal_entries_not_emptied,"
            " journal_entries_open_day, journal_entries_open_period",
        ),
    ],
)
def test_it_refuses_to_start_while_a_guard_is_missing(
    settings: Settings, product_url: str, damage: str, repair: str, missing: str
) -> None:
    with (
        damaged(product_url, damage, repair),
        pytest.raises(UnguardedLedger) as refusal,
    ):
        start(settings, product_url)

    assert str(refusal.value) == (
        f"The ledger is not guarded, {missing} missing or switched off: bring the database to the"
        " newest migration."
    )
    start(settings, product_url)


@pytest.mark.parametrize(
    ("right", "table"),
    [
        ("UPDATE", "postings"),
        ("DELETE", "journal_entries"),
        ("TRUNCATE", "ledger_seals"),
        ("INSERT", "ledger_balances"),
        ("UPDATE (memo)", "journal_entries"),
    ],
)
def test_it_refuses_to_start_with_a_role_that_could_change_the_ledger(
    settings: Settings, product_url: str, right: str, table: str
) -> None:
    with (
        damaged(
            product_url,
            f"GRANT {right} ON {table} TO {PRODUCT_ROLE}",
            f"REVOKE {right} ON {table} FROM {PRODUCT_ROLE}",
        ),
        pytest.raises(UnguardedLedger) as refusal,
    ):
        start(settings, product_url)

    assert str(refusal.value) == (
        f"The database role {PRODUCT_ROLE} could change the ledger"
        f" ({right.split(maxsplit=1)[0]} on {table}):"
        " let the product use a role of its own, as docs/operating.md says."
    )
    start(settings, product_url)


def test_it_refuses_to_start_as_the_owner_of_the_tables(
    settings: Settings, product_url: str
) -> None:
    with pytest.raises(UnguardedLedger, match=r"could change the ledger \(owns "):
        start(settings, as_owner(product_url))


def test_the_zone_of_the_books_has_to_exist() -> None:
    given = {
        "DATABASE_URL": "postgresql://db",
        "REDIS_URL": "redis://r",
        "SECRET_KEY": "s",
        "BASE_URL": "http://localhost",
        "UPLOAD_FOLDER": "/srv/fairview/uploads",
        "TOKEN_KEYS": TOKEN_KEY,
        "MAIL_FOLDER": "/srv/fairview/mail",
    }

    assert Settings.from_env(given).accounting_zone == "UTC"
    assert Settings.from_env(given).seal_folder == "/srv/fairview/seals"
    berlin = Settings.from_env({**given, "ACCOUNTING_ZONE": "Europe/Berlin", "SEAL_FOLDER": "/s"})
    assert (berlin.accounting_zone, berlin.seal_folder) == ("Europe/Berlin", "/s")
    with pytest.raises(MissingSetting, match="ACCOUNTING_ZONE is no time zone: Mars/Olympus"):
        Settings.from_env({**given, "ACCOUNTING_ZONE": "Mars/Olympus"})
