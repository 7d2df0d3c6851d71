"""A database that is led from one migration to another."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from tests.conftest import ROOT


def config() -> Config:
    return Config(toml_file=str(ROOT / "pyproject.toml"))


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
