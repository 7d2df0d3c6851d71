"""The clock that pages look at, close to noon where a test asks; and a market with everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from marketplace.kernel.clock import CLOCK_FILE_VARIABLE
from tests.conftest import NOON
from tests.web.access.market import opened
from tests.web.access.world import World


@pytest.fixture
def noon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Set the product's clock back, or ahead, to NOON of the tests."""
    ahead = int((NOON - datetime.now(UTC)).total_seconds()) + 1
    clock = tmp_path / "clock"
    clock.write_text(str(ahead), encoding="ascii")
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(clock))
    return NOON


@pytest.fixture(scope="module")
def world(
    database_url: str, whole_app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A market with one of every thing, and somebody of every kind who may or may not see it."""
    with opened(database_url, whole_app, tmp_path_factory.mktemp("time") / "clock") as world:
        yield world
