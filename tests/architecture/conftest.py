"""What the tests of migrations start from."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from tests.architecture.migrating import reached
from tests.databases import Template, database


@pytest.fixture
def empty(template: Template) -> Iterator[Engine]:
    """A database in which nothing is yet."""
    with database(template.server, f"migration_{uuid4().hex[:12]}") as url, reached(url) as engine:
        yield engine


@pytest.fixture
def newest(template: Template) -> Iterator[Engine]:
    """A database at the newest migration."""
    with template.copied() as url, reached(url) as engine:
        yield engine
