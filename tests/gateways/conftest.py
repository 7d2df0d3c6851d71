"""The sandbox's Stripe, fresh for each test, with a clock that can be moved ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import stripe

from marketplace.kernel.clock import CLOCK_FILE_VARIABLE, skip_ahead
from tests.gateways.sandbox_server import RunningSandbox, running_sandbox


@pytest.fixture
def skip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Moves the demo clock, that of the sandbox too, ahead."""
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(tmp_path / "clock"))
    return skip_ahead


@pytest.fixture
def stripe_sandbox(
    tmp_path: Path, skip: Callable[[timedelta], datetime]
) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
def stripe_client(stripe_sandbox: RunningSandbox) -> stripe.StripeClient:
    return stripe_sandbox.client()
