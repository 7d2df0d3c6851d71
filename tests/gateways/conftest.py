"""The sandbox's Stripe and TikTok, with a clock that can be moved ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import stripe

from marketplace.creators.ports import TokenGrant
from marketplace.gateways.stripe_payments import StripePayments
from marketplace.gateways.tiktok import TikTok
from marketplace.kernel.clock import CLOCK_FILE_VARIABLE, skip_ahead
from tests.gateways.openapi_contract import faults_in
from tests.gateways.sandbox_server import RunningSandbox, running_sandbox
from tests.gateways.tiktok_sandbox import SandboxTikTok, running_tiktok


@pytest.fixture
def skip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Moves the demo clock, that of the sandbox too, ahead."""
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(tmp_path / "clock"))
    return skip_ahead


@pytest.fixture
def stripe_sandbox(
    tmp_path: Path, skip: Callable[[timedelta], datetime]
) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path, record_path=tmp_path / "stripe.jsonl") as sandbox:
        yield sandbox


@pytest.fixture
def held_to_contract(tmp_path: Path, stripe_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox, where every word the product says to it has to fit Stripe's description."""
    yield stripe_sandbox
    assert faults_in(tmp_path / "stripe.jsonl") == []


@pytest.fixture
def stripe_client(stripe_sandbox: RunningSandbox) -> stripe.StripeClient:
    return stripe_sandbox.client()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxTikTok]:
    with running_tiktok(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(
    running: SandboxTikTok, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SandboxTikTok:
    """The sandbox with a clock of the test's own."""
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(tmp_path / "clock"))
    return running


@pytest.fixture
def tiktok(sandbox: SandboxTikTok) -> TikTok:
    return sandbox.gateway()


@pytest.fixture
def grant(sandbox: SandboxTikTok) -> TokenGrant:
    return sandbox.connect()


@pytest.fixture
def payments(held_to_contract: RunningSandbox) -> StripePayments:
    return StripePayments(api_key="sk_test_sandbox", api_base=held_to_contract.base_url)
