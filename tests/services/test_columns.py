"""The columns on the disk: built, refreshed, found broken, and done without."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.creators import queries as creators
from marketplace.creators.models import RateCard
from marketplace.matching import columns
from marketplace.matching.columns import Busy, Market, Ranking, building, folder, source
from marketplace.matching.columns.folder import Version
from marketplace.matching.columns.layout import ROW_BYTES
from tests.conftest import NOON, make_person
from tests.factories.creators import make_audience, make_rate
from tests.services.laying_out import WANTED, channel_of, from_columns, make_hireable, ranked


def test_a_row_takes_less_than_160_bytes() -> None:
    assert ROW_BYTES == 153


def test_the_columns_answer_as_postgresql_does(session: Session, place: Path) -> None:
    for number in range(8):
        make_hireable(session, str(number), reach=1_000 * number + 500)
    alone = ranked(session)

    built = columns.build(session, place, now=NOON)

    assert (built.rows, built.is_new, built.refused) == (8, True, 0)
    assert len(alone) == 8
    assert from_columns(session) == alone


def test_building_says_how_far_it_is(
    session: Session, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "CHUNK", 2)
    for _ in range(5):
        make_hireable(session)
    said: list[tuple[int, int]] = []

    columns.build(session, place, now=NOON, progress=lambda done, of: said.append((done, of)))

    assert said == [(2, 5), (4, 5), (5, 5)]


def test_the_files_are_little_endian_and_the_manifest_says_which(
    session: Session, place: Path
) -> None:
    creator_id = make_hireable(session)
    columns.build(session, place, now=NOON)

    version = folder.open_version(place / folder.current_name(place))

    raw = np.fromfile(version.folder / "ids", "<u8")
    assert (int(raw[0]) << 64) | int(raw[version.capacity]) == creator_id.int
    assert version.manifest["columns"]["views"] == ["<u4", [version.capacity]]
    assert version.rows == 1


def test_a_change_is_in_the_columns_after_the_next_refresh(session: Session, place: Path) -> None:
    first, second = make_hireable(session, reach=5_000), make_hireable(session, reach=4_000)
    columns.build(session, place, now=NOON)
    assert from_columns(session) == [first, second]
    make_audience(
        session,
        channel_id=channel_of(session, second),
        age={"18-24": 9_000},
        taken_at=NOON,
    )
    session.flush()

    done = columns.refresh(session, place, now=NOON + timedelta(minutes=1))

    assert done.is_new is False
    assert from_columns(session) == [second, first]
    assert from_columns(session) == by_postgresql(session)


def test_a_price_that_changes_moves_the_list(session: Session, place: Path) -> None:
    """What was worked out of the prices is forgotten with the rows that it came from."""
    first, second = make_hireable(session, reach=5_000), make_hireable(session, reach=4_000)
    columns.build(session, place, now=NOON)

    def look(market: Market) -> UUID:
        return market.id_at(columns.rank(market, WANTED, most=1).best[0].row)

    assert columns.ask(session, look, now=NOON) == first
    session.execute(update(RateCard).where(RateCard.creator_id == second).values(fee_minor=1_000))
    columns.refresh(session, place, now=NOON)
    assert columns.ask(session, look, now=NOON) == second


def by_postgresql(session: Session) -> list[UUID]:
    market = columns.from_database(session, now=NOON)
    return [market.id_at(one.row) for one in columns.rank(market, WANTED).best]


def test_who_joins_comes_at_the_end_and_is_found(session: Session, place: Path) -> None:
    make_hireable(session)
    columns.build(session, place, now=NOON)
    joined = make_hireable(session, reach=9_000)

    done = columns.refresh(session, place, now=NOON)
    again = columns.refresh(session, place, now=NOON)

    assert (done.is_new, again.rows) == (False, 2)
    assert from_columns(session)[0] == joined
    rows = columns.ask(session, lambda market: market.rows_of([joined, UUID(int=7)]), now=NOON)
    assert rows.tolist() == [1, -1]


def test_a_ranking_is_worked_out_once_while_the_columns_stay_as_they_are(
    session: Session, place: Path
) -> None:
    make_hireable(session)
    columns.build(session, place, now=NOON)

    def look(market: Market) -> Ranking:
        return columns.ranking_of(market, WANTED)

    first = columns.ask(session, look, now=NOON)
    assert columns.ask(session, look, now=NOON) is first

    make_hireable(session)
    columns.refresh(session, place, now=NOON)
    assert (first.candidates, columns.ask(session, look, now=NOON).candidates) == (1, 2)


def test_what_is_taken_away_is_gone(session: Session, place: Path) -> None:
    person = make_person(session, "closing")
    creator_id = make_hireable(session)
    creators.creator_by_id(session, creator_id).user_id = person.id
    make_hireable(session)
    session.flush()
    columns.build(session, place, now=NOON)
    assert len(from_columns(session)) == 2

    session.get_one(User, person.id).closed_at = NOON
    session.execute(delete(RateCard).where(RateCard.creator_id != creator_id))
    session.flush()
    columns.refresh(session, place, now=NOON)

    assert creator_id not in from_columns(session)
    market = columns.ask(session, lambda market: market.arrays["prices"].copy(), now=NOON)
    assert market[0].tolist() == [30_000, 0]


@pytest.mark.parametrize(
    "harm",
    ["truncated", "deleted", "folder deleted", "of another format", "swapped for nothing"],
)
def test_columns_that_are_harmed_under_a_running_process_are_done_without_and_made_anew(
    session: Session, place: Path, harm: str
) -> None:
    make_hireable(session)
    make_hireable(session, reach=9_000)
    columns.build(session, place, now=NOON)
    whole = from_columns(session)
    version = place / folder.current_name(place)
    match harm:
        case "truncated":
            with (version / "views").open("r+b") as file:
                file.truncate(4)
        case "deleted":
            (version / "age").unlink()
        case "folder deleted":
            for path in version.iterdir():
                path.unlink()
            version.rmdir()
        case "of another format":
            manifest = version / folder.MANIFEST
            manifest.write_text(manifest.read_text().replace('"format": ', '"format": 1'))
            columns.use_folder(str(place))  # as a process does that begins after an update
        case _:
            (place / "current").unlink()

    with pytest.raises(AssertionError, match="PostgreSQL was asked"):
        from_columns(session)
    assert ranked(session) == whole
    done = columns.refresh(session, place, now=NOON)

    assert done.is_new is True
    assert from_columns(session) == whole


def test_whoever_was_stopped_in_the_middle_of_a_change_is_not_trusted(
    session: Session, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end is waited for, but only once."""
    monkeypatch.setattr(source, "PATIENCE_SECONDS", 0.1)
    naps: list[float] = []
    monkeypatch.setattr(source.time, "sleep", naps.append)
    make_hireable(session)
    columns.build(session, place, now=NOON)
    version = folder.open_version(place / folder.current_name(place), writable=True)
    version.pulse["beat"] += 1

    with pytest.raises(AssertionError, match="PostgreSQL was asked"):
        from_columns(session)
    assert naps
    naps.clear()
    assert len(ranked(session)) == 1
    assert naps == []
    assert columns.refresh(session, place, now=NOON).is_new is True
    assert len(from_columns(session)) == 1


def test_a_question_during_which_rows_were_changed_is_put_again(
    session: Session, place: Path
) -> None:
    first, second = make_hireable(session, reach=5_000), make_hireable(session, reach=4_000)
    columns.build(session, place, now=NOON)
    make_audience(
        session, channel_id=channel_of(session, second), age={"18-24": 9_000}, taken_at=NOON
    )
    asked: list[list[UUID]] = []

    def look(market: Market) -> list[UUID]:
        if not asked:
            columns.refresh(session, place, now=NOON)
        asked.append([market.id_at(one.row) for one in columns.rank(market, WANTED).best])
        return asked[-1]

    assert columns.ask(session, look, now=NOON) == [second, first]
    assert len(asked) == 2


def test_two_cannot_write_at_once(session: Session, place: Path) -> None:
    make_hireable(session)
    refused: list[Busy] = []

    def rival(_done: int, _of: int) -> None:
        for act in (columns.build, columns.refresh):
            try:
                act(session, place, now=NOON)
            except Busy as busy:
                refused.append(busy)

    columns.build(session, place, now=NOON, progress=rival)

    assert len(refused) == 2
    assert len(from_columns(session)) == 1


def test_old_versions_go_when_a_new_one_counts(session: Session, place: Path) -> None:
    make_hireable(session)
    columns.build(session, place, now=NOON)
    first = folder.current_name(place)
    columns.build(session, place, now=NOON)

    assert [path.name for path in place.iterdir() if path.is_dir()] == [folder.current_name(place)]
    assert folder.current_name(place) != first


def test_whoever_missed_two_builds_of_one_second_reads_the_last(
    session: Session, place: Path
) -> None:
    first = make_hireable(session, reach=5_000)
    columns.build(session, place, now=NOON)
    assert from_columns(session) == [first]
    better = make_hireable(session, reach=9_000)
    for _ in range(2):
        columns.build(session, place, now=NOON)

    assert from_columns(session) == [better, first]


def test_a_change_that_never_ended_is_not_taken_for_one_of_a_later_version(
    session: Session, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PATIENCE_SECONDS", 0.0)
    only = make_hireable(session)

    def begin_a_change() -> Version:
        columns.build(session, place, now=NOON)
        version = folder.open_version(place / folder.current_name(place), writable=True)
        version.pulse["beat"] += 1
        return version

    begin_a_change()
    assert ranked(session) == [only]  # by PostgreSQL, as its end was waited for in vain
    shutil.rmtree(place)
    second = begin_a_change()
    monkeypatch.setattr(source, "PATIENCE_SECONDS", 60.0)

    def end_it(_seconds: float) -> None:
        second.pulse["beat"] += 1

    monkeypatch.setattr(source.time, "sleep", end_it)
    assert from_columns(session) == [only]


def test_a_version_that_nobody_has_refreshed_for_days_is_built_anew(
    session: Session, place: Path
) -> None:
    make_hireable(session)
    columns.build(session, place, now=NOON)

    assert columns.refresh(session, place, now=NOON + timedelta(days=2)).is_new is False
    assert columns.refresh(session, place, now=NOON + timedelta(days=5)).is_new is True


def test_a_rate_in_a_currency_that_is_new_here_builds_anew(session: Session, place: Path) -> None:
    creator_id = make_hireable(session)
    columns.build(session, place, now=NOON)
    make_rate(session, creator_id=creator_id, currency="EUR")

    assert columns.refresh(session, place, now=NOON).is_new is True
    assert columns.refresh(session, place, now=NOON).is_new is False


def test_columns_of_a_database_that_was_restored_since_are_built_anew(
    session: Session, place: Path
) -> None:
    make_hireable(session)
    columns.build(session, place, now=NOON)
    version = folder.open_version(place / folder.current_name(place), writable=True)
    version.pulse["mark"] += 1_000

    assert columns.refresh(session, place, now=NOON).is_new is True
    assert columns.refresh(session, place, now=NOON).is_new is False
