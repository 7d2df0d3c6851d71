"""The columns beside writers that really commit: nothing is missed, nothing is half."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from marketplace.creators.models import Creator
from marketplace.matching import columns
from marketplace.matching.columns import Market, source
from marketplace.matching.columns.layout import FORMAT_VERSION
from marketplace.matching.rules.wanted import Wanted
from tests.factories.campaigns import NOON
from tests.factories.creators import make_channel, make_creator, make_rate
from tests.races.disturbing import take_many

WANTED = Wanted("USD")
IMPORTED = 3_000


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    columns.use_folder(str(tmp_path / "columns"))
    yield tmp_path / "columns"
    columns.use_folder("")


def hireable(session: Session, *, views: int = 10_000) -> UUID:
    creator = make_creator(session)
    make_channel(session, creator_id=creator.id, median_views=views)
    make_rate(session, creator_id=creator.id)
    return creator.id


def refresh(engine: Engine, place: Path) -> columns.Built:
    with Session(engine) as session:
        return columns.refresh(session, place, now=NOON)


def ranked(engine: Engine) -> list[UUID]:
    def look(market: Market) -> list[UUID]:
        return [market.id_at(one.row) for one in columns.rank(market, WANTED).best]

    with Session(engine) as session:
        return columns.ask(session, look, now=NOON)


def test_a_change_that_commits_after_later_ones_is_not_missed(
    engine: Engine, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session(engine) as session:
        slow, quick = hireable(session), hireable(session)
        session.commit()
    refresh(engine, place)

    with Session(engine) as long, Session(engine) as short:
        long.execute(text("UPDATE rate_cards SET fee_minor = 1 WHERE creator_id = :c"), {"c": slow})
        short.execute(
            text("UPDATE rate_cards SET fee_minor = 2 WHERE creator_id = :c"), {"c": quick}
        )
        short.commit()
        refresh(engine, place)  # sees the quick one; the slow one is still open
        long.commit()
    done = refresh(engine, place)

    assert done.is_new is False
    monkeypatch.setattr(source, "from_database", None)
    assert ranked(engine) == [slow, quick]


def test_an_import_of_many_rows_while_the_market_is_ranked(
    engine: Engine, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every answer meanwhile is one that held at some moment, by the columns alone."""
    with Session(engine) as session:
        here = {hireable(session, views=100 * number) for number in range(1, 21)}
        session.commit()
    refresh(engine, place)
    monkeypatch.setattr(source, "from_database", None)
    # A page waits two seconds at most; on a busy machine six refreshes in a row may take longer.
    monkeypatch.setattr(source, "PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(source, "TRIES", 1_000)
    before = ranked(engine)

    with ThreadPoolExecutor() as pool:
        importing = pool.submit(take_many, engine, IMPORTED)
        refreshing = pool.submit(lambda: [refresh(engine, place) for _ in range(6)])
        answers = []
        while not (importing.done() and refreshing.done()):
            answers.append(ranked(engine))
    importing.result()
    refreshing.result()
    last = refresh(engine, place)

    assert last.rows == 20 + IMPORTED
    assert answers
    for answer in answers:
        assert answer == before or len(answer) == columns.BEST
    with Session(engine) as session:
        everybody = set(session.scalars(select(Creator.id)))
    assert set(ranked(engine)) <= everybody
    assert here <= everybody


def test_while_postgresql_stands_in_it_is_read_once_until_something_changes(
    engine: Engine, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session(engine) as session:
        first = hireable(session)
        session.commit()
    reads = []
    read = source.from_database
    monkeypatch.setattr(
        source, "from_database", lambda *a, **named: reads.append(1) or read(*a, **named)
    )

    assert [ranked(engine) for _ in range(3)] == [[first]] * 3
    assert len(reads) == 1

    with Session(engine) as session:
        better = hireable(session, views=20_000)
        session.commit()
    assert [ranked(engine) for _ in range(2)] == [[better, first]] * 2
    assert len(reads) == 2

    with Session(engine) as session:
        best = hireable(session, views=30_000)

        def look(market: Market) -> list[UUID]:
            return [market.id_at(one.row) for one in columns.rank(market, WANTED).best]

        assert columns.ask(session, look, now=NOON) == [best, better, first]
        session.rollback()
    assert ranked(engine) == [better, first]
    assert len(reads) == 3


def test_columns_of_an_older_format_are_done_without_and_made_anew(
    engine: Engine, place: Path
) -> None:
    with Session(engine) as session:
        first = hireable(session)
        session.commit()
    refresh(engine, place)
    manifest = place / (place / "current").read_text() / "manifest.json"
    older = f'"format": {FORMAT_VERSION - 1}'
    manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT_VERSION}', older))
    columns.use_folder(str(place))

    assert ranked(engine) == [first]
    assert refresh(engine, place).is_new is True
    assert ranked(engine) == [first]
