"""Races commit for real, so each has a database of its own: nothing is in anybody's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine

from tests.conftest import fresh_database


@contextmanager
def engine_of_its_own(server: str) -> Iterator[Engine]:
    """Return an engine with room for many rivals, over a database that nobody else has."""
    with fresh_database(server) as url:
        engine = create_engine(url, pool_size=10)
        yield engine
        engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with engine_of_its_own(database_url) as engine:
        yield engine
