"""The jobs that look after the books do their work once, however often they run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.kernel.clock import utc_now
from marketplace.ledger import queries
from tests.conftest import damage
from tests.factories.ledger import make_brand_funds, usd
from workers import ledger as jobs
from workers.runtime import Run


def test_finished_days_are_sealed_once_in_the_database_and_beside_it(
    app: Flask, session: Session, settings: Settings, tmp_path: Path
) -> None:
    make_brand_funds(session, brand_id=uuid4(), amount=usd(5))
    damage(session, "UPDATE journal_entries SET recorded_at = recorded_at - interval '2 days'")
    session.commit()
    run = Run(
        settings=replace(settings, seal_folder=str(tmp_path / "seals")),
        gateways=app.extensions["gateways"],
        now=utc_now(),
    )

    with app.app_context():
        for _ in range(2):
            jobs.seal_days(run)
            jobs.roll_up(run)

    today = datetime.now(UTC).date()
    seals = queries.seals(session)
    assert [(seal.day, seal.entry_count) for seal in seals] == [
        (today - timedelta(days=2), 1),
        (today - timedelta(days=1), 0),
    ]
    assert (tmp_path / "seals" / "seals.log").read_text() == "".join(
        f"{seal.day} {seal.entry_count} {seal.hash}\n" for seal in seals
    )
