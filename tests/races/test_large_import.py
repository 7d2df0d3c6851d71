"""A large import by the real command while plans, rankings and feeds are asked all the time.

With DISTURBANCES=nightly of a million rows, whose minute is that of a quiet machine.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks.import_creators import generated
from marketplace.app import create_app
from marketplace.cli.creators import import_files
from marketplace.config import Settings
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.columns.blocks import BLOCK
from marketplace.store.session import db
from tests.conftest import NOON
from tests.races.asking import WISHES
from tests.races.disturbing import CROWD, make_market, other

pytestmark = pytest.mark.slow

NIGHTLY = os.environ.get("DISTURBANCES") == "nightly"
EACH = 25
"""Videos of each creator, as the invented files have them."""
CREATORS = 38_462 if NIGHTLY else 1_200
PAUSE_SECONDS = 10 if NIGHTLY else 4
WITHIN_SECONDS = 60
PATIENCE_SECONDS = 300


@pytest.fixture
def app(engine: Engine, settings: Settings) -> Iterator[Flask]:
    """The product over the database of this race."""
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(replace(settings, database_url=url))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Iterator[Path]:
    columns.use_folder(str(tmp_path / "columns"))
    yield tmp_path / "columns"
    columns.use_folder("")


def candidates(engine: Engine) -> int:
    """How many creators can be ranked by now."""

    def look(market: Market) -> int:
        return columns.rank(market, WISHES[0]).candidates

    with Session(engine) as session:
        return columns.ask(session, look, now=NOON)


def test_plans_stay_whole_while_a_large_file_comes_in_and_have_it_within_a_minute(
    engine: Engine,
    app: Flask,
    place: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_market(engine)
    with Session(engine) as session:
        columns.build(session, place, now=NOON)
    people, videos = generated(tmp_path, videos=EACH * CREATORS)
    everybody = CROWD + CREATORS
    size = BLOCK if NIGHTLY else 512

    with (
        other("refresh", engine, place, size=size, pause=PAUSE_SECONDS) as job,
        other("ask", engine, place, size=size, threads=1) as asker,
    ):
        began = time.monotonic()
        done = app.test_cli_runner().invoke(import_files, [str(people), str(videos)])
        imported = time.monotonic()
        assert (done.exit_code, done.stderr) == (0, "")
        while candidates(engine) < everybody:
            assert time.monotonic() - imported < PATIENCE_SECONDS
            time.sleep(0.2)
        seen = time.monotonic()
        for process in (job, asker):
            process.has_to_live()
    with capsys.disabled():
        rows = everybody - CROWD + EACH * CREATORS
        sys.stdout.write(
            f"\n{rows:,} rows in {imported - began:.1f} s, ranked {seen - imported:.1f} s later;"
            f" {asker.said['asked']:,} answers meanwhile\n"
        )

    assert f"{EACH * CREATORS:,} videos taken, 0 unchanged, 0 refused" in done.stdout
    assert seen - imported < WITHIN_SECONDS, job.said
    heard = asker.said
    assert (heard["failed"], heard["alone"]) == ([], 0)
    for moments in heard["answers"].values():
        assert len(moments) > 1
        for known in moments.values():
            assert len(known) == 1  # all that was answered of one version is the same
    plans = [known[0] for known in heard["answers"]["plan"].values()]
    for names, cost, reached, looked_at, of in plans:
        assert names
        assert cost <= 900_000
        assert reached > 0
        assert looked_at == of
    assert {looked_at for *_, looked_at, _ in plans} == {CROWD, everybody}
