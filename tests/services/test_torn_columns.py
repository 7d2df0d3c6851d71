"""Columns that are cut short in the very moment in which they are read or written."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.creators.models import RateCard
from marketplace.kernel.errors import NotFound
from marketplace.matching import columns
from marketplace.matching.columns import Market, building, folder
from marketplace.matching.columns.folder import BrokenColumns
from marketplace.matching.columns.kept_context import read_context
from marketplace.matching.columns.layout import COLUMNS, SHORT_LISTS
from tests.conftest import NOON
from tests.services.laying_out import WANTED, from_columns, make_hireable, ranked

EACH = [*(each.name for each in COLUMNS), "pulse"]


@pytest.fixture
def whole(session: Session, place: Path) -> list[UUID]:
    """Three creators in columns, in their order."""
    for reach in (3_000, 9_000, 6_000):
        make_hireable(session, reach=reach)
    columns.build(session, place, now=NOON)
    return from_columns(session)


def cut(place: Path, *names: str, size: int = 0) -> None:
    for name in names:
        os.truncate(place / folder.current_name(place) / name, size)


def ranked_while(session: Session, what: Callable[[], object]) -> tuple[list[UUID], int]:
    """Rank while something happens between the check and the first number read.

    Returns the order, and how many markets were looked at for it.
    """
    looked: list[Market] = []

    def look(market: Market) -> list[UUID]:
        looked.append(market)
        if len(looked) == 1:
            what()
        return [market.id_at(one.row) for one in columns.rank(market, WANTED).best]

    return columns.ask(session, look, now=NOON), len(looked)


@pytest.mark.parametrize("names", [*([name] for name in EACH), EACH])
def test_what_is_cut_while_it_is_read_is_made_up_for_by_postgresql_and_made_anew(
    session: Session, place: Path, whole: list[UUID], names: list[str]
) -> None:
    assert ranked_while(session, lambda: cut(place, *names)) == (whole, 2)

    with pytest.raises(AssertionError, match="PostgreSQL was asked"):
        from_columns(session)
    assert columns.refresh(session, place, now=NOON).is_new is True
    assert from_columns(session) == whole


@pytest.mark.parametrize("size", [0, 4])
def test_what_was_cut_and_then_deleted_is_not_believed_either(
    session: Session, place: Path, whole: list[UUID], size: int
) -> None:
    """As when a job has already made a new version in its place."""
    columns.use_folder(str(place))  # nothing is remembered from before

    def harm() -> None:
        cut(place, *EACH, size=size)
        columns.build(session, place, now=NOON)

    assert ranked_while(session, harm) == (whole, 2)


@pytest.mark.parametrize("size", [0, 4])
def test_nothing_that_was_worked_out_of_zeros_is_remembered(
    session: Session, place: Path, whole: list[UUID], size: int
) -> None:
    """Cut to four bytes, a page is read without any fault: all but the first creator is zero."""
    views = place / folder.current_name(place) / "views"
    content, there = views.read_bytes(), views.stat()
    columns.use_folder(str(place))  # nothing is remembered from before
    assert ranked_while(session, lambda: cut(place, "views", size=size)) == (whole, 2)

    views.write_bytes(content)
    os.utime(views, ns=(there.st_atime_ns, there.st_mtime_ns))  # as from a backup

    assert from_columns(session) == whole


def test_a_refusal_that_was_made_of_zeros_is_no_refusal(
    session: Session, place: Path, whole: list[UUID]
) -> None:
    cut_already = []

    def look(market: Market) -> int:
        if not cut_already:
            cut(place, "ids")
            cut_already.append(True)
        [row] = market.rows_of(whole[:1]).tolist()
        if row < 0:
            raise NotFound("creator")
        return market.count

    assert columns.ask(session, look, now=NOON) == 3


def test_a_refusal_while_rows_were_changed_is_looked_into_again_and_any_other_stands(
    session: Session, place: Path, whole: list[UUID]
) -> None:
    asked: list[int] = []

    def look(_market: Market) -> None:
        asked.append(len(asked))
        if len(asked) == 1:
            session.execute(update(RateCard).values(fee_minor=1))
            columns.refresh(session, place, now=NOON)
        raise NotFound("creator")

    with pytest.raises(NotFound):
        columns.ask(session, look, now=NOON)
    assert len(asked) == 2


@pytest.mark.parametrize("name", EACH)
def test_rows_that_were_being_put_into_a_file_that_is_cut_are_made_anew_with_all_others(
    session: Session, place: Path, whole: list[UUID], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    put = building.put
    session.execute(update(RateCard).values(fee_minor=RateCard.fee_minor * 2))
    cuts = []

    def put_where_nothing_is(*values: Any) -> None:
        if not cuts:
            cut(place, name)
            cuts.append(name)
        put(*values)

    monkeypatch.setattr(building, "put", put_where_nothing_is)
    done = columns.refresh(session, place, now=NOON)

    assert (done.is_new, done.changed) == (True, 3)
    assert from_columns(session) == whole


def test_rows_that_were_being_found_when_the_pulse_is_cut_are_made_anew_with_all_others(
    session: Session, place: Path, whole: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zeros say that there are no rows at all."""
    find = building.find_rows
    session.execute(update(RateCard).values(fee_minor=RateCard.fee_minor * 2))
    cuts = []

    def find_among_none(known: Any, ids: Any, *, ordered: int) -> Any:
        if not cuts:
            cut(place, "pulse")
            cuts.append("pulse")
            known = known[:, :0]
        return find(known, ids, ordered=ordered)

    monkeypatch.setattr(building, "find_rows", find_among_none)
    done = columns.refresh(session, place, now=NOON)

    assert (done.is_new, done.changed, cuts) == (True, 3, ["pulse"])
    assert from_columns(session) == whole


def test_a_build_whose_files_are_cut_fails_in_a_sentence_and_leaves_the_old_version(
    session: Session, place: Path, whole: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "CHUNK", 1)
    old = folder.current_name(place)

    def harm(_done: int, _of: int) -> None:
        for path in place.glob("*/views"):
            if path.parent.name != old:
                os.truncate(path, 0)

    with pytest.raises(BrokenColumns, match="cut short while it was written"):
        columns.build(session, place, now=NOON, progress=harm)

    assert [path.name for path in place.iterdir() if path.is_dir()] == [old]
    assert from_columns(session) == whole


def test_a_file_cut_when_its_build_was_nearly_done_is_found_by_its_size(
    session: Session, place: Path, whole: list[UUID]
) -> None:
    old = folder.current_name(place)

    def harm(_done: int, _of: int) -> None:
        for path in place.glob("*/views"):
            if path.parent.name != old:
                os.truncate(path, 4)

    columns.build(session, place, now=NOON, progress=harm)

    with pytest.raises(BrokenColumns, match="views has 4 bytes, not 4,108"):
        folder.open_version(place / folder.current_name(place))
    assert ranked(session) == whole
    assert columns.refresh(session, place, now=NOON).is_new is True


def test_where_nothing_more_can_be_written_the_old_version_stays(
    session: Session, place: Path, whole: list[UUID]
) -> None:
    old = folder.current_name(place)
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(BrokenColumns, match=r"cannot be written: \[Errno 27\] File too large"):
            columns.build(session, place, now=NOON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))

    assert [path.name for path in place.iterdir() if path.is_dir()] == [old]
    assert from_columns(session) == whole


def test_a_version_that_cannot_be_made_the_one_that_counts_is_not_left_behind(
    session: Session, place: Path, whole: list[UUID]
) -> None:
    old = folder.current_name(place)
    in_the_way = place / "current.new"
    in_the_way.mkdir()

    with pytest.raises(BrokenColumns, match=r"cannot be written: \[Errno 21\]"):
        columns.build(session, place, now=NOON)

    in_the_way.rmdir()
    assert [path.name for path in place.iterdir() if path.is_dir()] == [old]
    assert from_columns(session) == whole


@pytest.mark.parametrize("size", [0, 7, 200])
@pytest.mark.parametrize(
    "name", [*(f"{name}.npy" for name in SHORT_LISTS), folder.MANIFEST, folder.CONTEXT]
)
def test_what_lies_beside_the_columns_may_be_cut_too(
    session: Session, place: Path, whole: list[UUID], name: str, size: int
) -> None:
    path = place / folder.current_name(place) / name
    content = path.read_bytes()
    columns.use_folder(str(place))  # as a process does that begins now
    if len(content) <= size:
        size = len(content) - 1
    os.truncate(path, size)

    assert ranked(session) == whole
    if name != folder.MANIFEST:
        with pytest.raises(AssertionError, match="PostgreSQL was asked"):
            from_columns(session)
    assert columns.refresh(session, place, now=NOON).is_new is True
    assert from_columns(session) == whole


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9])
def test_a_context_that_is_cut_while_it_is_read_is_said_to_be_broken(
    place: Path, whole: list[UUID], part: float
) -> None:
    path = place / folder.current_name(place) / folder.CONTEXT
    os.truncate(path, int(path.stat().st_size * part))

    with pytest.raises(BrokenColumns, match="their context cannot be read"):
        read_context(path)


def test_a_context_of_which_nothing_is_known_but_its_size_is_made_anew(
    session: Session, place: Path, whole: list[UUID]
) -> None:
    path = place / folder.current_name(place) / folder.CONTEXT
    path.write_bytes(bytes(path.stat().st_size))
    columns.use_folder(str(place))  # as a process does that begins now

    assert ranked(session) == whole
    assert columns.refresh(session, place, now=NOON).is_new is True
    assert from_columns(session) == whole


def test_a_version_that_is_swapped_away_while_it_is_opened_is_let_go(
    session: Session, place: Path, whole: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    columns.use_folder(str(place))  # as a process does that begins now
    read_name = folder.current_name
    names: list[str] = []

    def read(path: Path) -> str:
        names.append(read_name(path))
        if len(names) == 1:
            columns.build(session, place, now=NOON)
        return names[-1]

    monkeypatch.setattr(folder, "current_name", read)

    assert from_columns(session) == whole
    assert len(set(names)) == 2
