"""Pages look at the clock; in a test that asks for it, it stands close to noon."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketplace.kernel.clock import CLOCK_FILE_VARIABLE
from tests.conftest import NOON


@pytest.fixture
def noon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Set the product's clock back, or ahead, to NOON of the tests."""
    ahead = int((NOON - datetime.now(UTC)).total_seconds()) + 1
    clock = tmp_path / "clock"
    clock.write_text(str(ahead), encoding="ascii")
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(clock))
    return NOON
