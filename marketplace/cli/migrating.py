"""Bringing a database to the newest migration, and checking that every step works both ways."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

from marketplace.cli.services import shared_postgres
from marketplace.cli.trouble import CannotStart, reason

ROOT: Final = Path(__file__).parents[2]


def migrate(url: str) -> None:
    """Apply what is missing; nothing happens to a database that is at the newest migration."""
    _at(url, ("upgrade", "head"))


def check_migrations() -> None:
    """Go up, down and up again in an empty database, and compare it with the models.

    Raises CannotStart when they have drifted.
    """
    with (
        TemporaryDirectory(prefix="fairview-") as folder,
        shared_postgres(Path(folder) / "postgres", durable=False) as url,
    ):
        _at(url, ("upgrade", "head"), ("downgrade", "base"), ("upgrade", "head"), ("check",))


def _at(url: str, *steps: tuple[str, ...]) -> None:
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
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
