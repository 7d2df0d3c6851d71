"""Columns that are cut at random moments under processes that read and write them all the time.

Nobody dies, nobody is refused, and nothing is ever answered out of zeros: each answer is the one by
the columns, which is PostgreSQL's too. With DISTURBANCES=nightly for minutes instead of seconds.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.kernel.clock import utc_now
from marketplace.matching import columns
from marketplace.matching.columns import folder
from marketplace.matching.columns.kept_context import read_context
from marketplace.matching.columns.layout import COLUMNS
from tests.conftest import NOON
from tests.races.asking import answers
from tests.races.disturbing import Other, make_market, other, take_many

pytestmark = pytest.mark.slow

SECONDS = 300 if os.environ.get("DISTURBANCES") == "nightly" else 4
ROUNDS = 40
"""At least so many versions are cut, however slow the machine: some while they are read."""
EACH = [*(each.name for each in COLUMNS), "pulse"]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "columns"
    columns.use_folder("")


def lay_out(engine: Engine, place: Path, others: int) -> None:
    """Make a market of so many and some more, and its columns."""
    make_market(engine)
    take_many(engine, others)
    with Session(engine) as session:
        columns.build(session, place, now=NOON)


def cut_one(chance: random.Random, version: Path) -> None:
    """Cut a file of a version to nothing, or to some of what it was."""
    path = version / chance.choice(EACH)
    with suppress(FileNotFoundError):
        size = path.stat().st_size
        os.truncate(path, chance.choice([0, chance.randrange(size or 1)]))


def harm(chance: random.Random, version: Path, whom: Other) -> None:
    """Cut some files at some moments."""
    for _ in range(chance.randint(1, 3)):
        time.sleep(chance.uniform(0.005, 0.04))
        cut_one(chance, version)
    whom.has_to_live()


def test_who_reads_outlives_every_cut_and_is_never_answered_out_of_zeros(
    engine: Engine, place: Path, tmp_path: Path
) -> None:
    chance = random.Random(11)
    lay_out(engine, place, 1_500)
    right = answers(engine, place)
    assert answers(engine, "") == right
    whole = (place / folder.current_name(place)).rename(tmp_path / "whole")

    with other("ask", engine, place) as asker:  # by PostgreSQL first, which is kept in mind
        until = time.monotonic() + SECONDS
        for number in count(1):
            if number > ROUNDS and time.monotonic() > until:
                break
            name = f"version-{number}"
            shutil.copytree(whole, place / name)
            folder.swap(place, name)
            folder.delete_others(place, name)
            harm(chance, place / name, asker)

    heard = asker.said
    assert heard["failed"] == []
    assert [
        (name, moment, known, right[name])
        for name, moments in heard["answers"].items()
        for moment, known in moments.items()
        if known != [right[name]]
    ] == []
    assert heard["torn"] > 0


def test_a_job_outlives_every_cut_and_makes_the_columns_anew(engine: Engine, place: Path) -> None:
    chance = random.Random(12)
    lay_out(engine, place, 300)

    with other("refresh", engine, place) as job:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            for _ in range(20):  # also of the version that is being made
                time.sleep(chance.uniform(0.002, 0.02))
                for version in place.glob("*/"):
                    cut_one(chance, version)
            job.has_to_live()
            time.sleep(chance.uniform(0, 0.6))

    assert job.said
    now = utc_now()
    with Session(engine) as session:
        columns.refresh(session, place, now=now)
        facts = creators.facts_after(session, None, size=1_000, now=now)
    version = folder.open_version(place / folder.current_name(place))
    there = version.arrays["ids"][:, : version.rows]
    due = columns.encode(facts, read_context(version.folder / folder.CONTEXT), now=now).arrays
    order = np.lexsort(there[::-1])
    for each in COLUMNS:
        kept = version.arrays[each.name]
        rows = kept[order] if each.width == 1 or each.by_row else kept[:, order]
        assert np.array_equal(rows, due[each.name]), each.name
