"""Races commit for real, so each has a database of its own: nothing is in anybody's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine

from tests.databases import Template


@contextmanager
def engine_of_its_own(template: Template) -> Iterator[Engine]:
    """Return an engine with room for many rivals, over a database that nobody else has."""
    with template.copied() as url:
        engine = create_engine(url, pool_size=10)
        yield engine
        engine.dispose()


@pytest.fixture
def engine(template: Template) -> Iterator[Engine]:
    with engine_of_its_own(template) as engine:
        yield engine
