"""What benchmarks invent straight into tables still fits the tables as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from benchmarks import books
from benchmarks.matching import invented
from marketplace.kernel.clock import utc_now
from marketplace.ledger import checks
from marketplace.matching import columns
from tests.databases import Template, as_owner, lone_template


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    """On a server of its own: books are read up to checkpoints, which wait for everybody there."""
    with lone_template() as template:
        yield template


@pytest.fixture
def engine(template: Template) -> Iterator[Engine]:
    with template.copied() as url:
        engine = create_engine(as_owner(url))
        yield engine
        engine.dispose()


def test_invented_books_add_up(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "POSTINGS", 24_000)
    books.load(engine)
    books.write_tail(engine)
    with Session(engine) as session:
        found = {each.name: each.passed for each in checks.run(session, checks.CHECKS)}
    assert (found["I1"], found["I2"]) == (True, True)


def test_an_invented_market_is_laid_out_and_asked(engine: Engine, tmp_path: Path) -> None:
    invented.fill(engine, 300)
    with Session(engine, expire_on_commit=False) as session:
        columns.build(session, tmp_path, now=utc_now())
        owner, campaign_id = invented.brand_with_a_campaign(session)
    assert (owner.user_id is not None, campaign_id is not None) == (True, True)
    columns.use_folder(str(tmp_path))
    with Session(engine) as session:
        count = columns.ask(session, lambda market: market.count, now=utc_now())
    columns.use_folder("")
    assert count == 300
