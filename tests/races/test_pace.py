"""Several processes send transfers through one bucket: the processor never turns one away."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.kernel.clock import CLOCK_FILE_VARIABLE, skip_ahead, utc_now
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorAttempt, ProcessorCall
from marketplace.processor.rules import SENDS_A_SECOND, CallKind, CallState
from tests.conftest import ROOT
from tests.gateways.openapi_contract import faults_in
from tests.gateways.sandbox_server import RunningSandbox, running_sandbox
from tests.gateways.stripe_road import onboarded_account, paid_session

pytestmark = pytest.mark.slow

PROCESSES = 4
TRANSFERS = 200


def plan(engine: Engine, account_id: str) -> None:
    plans = []
    for _ in range(TRANSFERS):
        payout_id = uuid4()
        params = {
            "payout_id": str(payout_id),
            "account_id": account_id,
            "amount_minor": 100,
            "currency": "USD",
        }
        plans.append(processor.Plan(payout_id, params))
    with Session(engine) as session:
        processor.plan_all(session, kind=CallKind.TRANSFER, plans=plans, now=utc_now())
        session.commit()


def payable(sandbox: RunningSandbox) -> str:
    """An account, and money for all transfers that is available at once."""
    paid_session(sandbox, 1_000_000)
    skip_ahead(timedelta(days=8))
    return onboarded_account(sandbox)


def test_the_pace_of_all_processes_together_stays_below_the_limit(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(tmp_path / "clock"))
    record = tmp_path / "stripe.jsonl"
    with running_sandbox(tmp_path, record_path=record) as sandbox:
        sandbox.sandbox.stripe.rates.lift()  # on a machine that halts, those held up come together
        plan(engine, payable(sandbox))
        address = engine.url.render_as_string(hide_password=False)
        began = time.monotonic()
        senders = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.races.sender", address, sandbox.base_url],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(PROCESSES)
        ]
        said = "".join(sender.communicate(timeout=600)[0] for sender in senders)
        assert [sender.returncode for sender in senders] == [0] * PROCESSES
        took = time.monotonic() - began

        answers = [
            line["answer"]["status"]
            for line in sandbox.sandbox.stripe.requests
            if line["request"]["path"] == "/v1/transfers"
        ]
    assert answers == [200] * TRANSFERS
    assert faults_in(record) == []
    turns = sorted(map(datetime.fromisoformat, said.splitlines()))
    assert len(turns) == TRANSFERS
    gap = timedelta(seconds=1) / SENDS_A_SECOND
    assert min(later - earlier for earlier, later in pairwise(turns)) >= gap
    assert took >= (TRANSFERS - 1) / SENDS_A_SECOND
    with Session(engine) as session:
        states = session.scalars(select(ProcessorCall.state)).all()
        attempts = session.scalar(select(func.count()).select_from(ProcessorAttempt))
    assert set(states) == {CallState.SUCCEEDED}
    assert attempts == TRANSFERS  # nobody who had to wait wrote one down
