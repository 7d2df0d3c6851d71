"""Eight processes at once on twenty accounts: nothing is lost, nothing below zero, no drift."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.ledger import checks, queries
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import Code
from tests.conftest import ROOT
from tests.races import ledger_rivals

PROCESSES = 8
SECONDS = float(os.environ.get("RIVAL_SECONDS", "20"))
SEED = 1 << 40


@pytest.mark.slow
def test_eight_processes_lose_nothing_and_overdraw_nothing(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    rivals = [
        subprocess.Popen(
            [sys.executable, ledger_rivals.__file__, url, str(n), str(SECONDS), str(SEED)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(PROCESSES)
    ]
    told = [json.loads(rival.communicate(timeout=SECONDS + 600)[0]) for rival in rivals]

    assert [rival.returncode for rival in rivals] == [0] * PROCESSES
    counted, moved = Counter[str](), Counter[str]()
    for each in told:
        counted.update(each["counted"])
        moved.update(each["moved"])
    brands, campaigns = ledger_rivals.accounts(SEED)
    with Session(engine) as session:
        for refs, code in ((brands, Code.BRAND_FUNDS), (campaigns, Code.CAMPAIGN_FUNDS)):
            kept = queries.balances_of(session, code, [r.owner for r in refs], currency="USD")
            assert {str(owner): held.minor for owner, held in kept.items()} == {
                str(ref.owner): moved[str(ref.owner)] for ref in refs
            }
            assert min(held.minor for held in kept.values()) >= 0
        entries = session.scalar(select(func.count()).select_from(JournalEntry))
        assert entries == counted["written"]
        assert [found.name for found in checks.run_all(session) if found.broken] == []
    assert min(counted["written"], counted["refused"], counted["told twice"]) > 0
    with capsys.disabled():
        sys.stdout.write(f" [{dict(counted)}]")  # how many rings there were is worth seeing
