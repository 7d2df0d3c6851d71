"""Columns that somebody else has changed and that are as long as ever: nobody believes them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.creators.models import RateCard
from marketplace.matching import columns
from marketplace.matching.columns import Market, building, folder
from marketplace.matching.columns.layout import COLUMNS, SHORT_LISTS
from tests.conftest import NOON
from tests.services.laying_out import WANTED, from_columns, make_hireable, ranked

EACH = [*(each.name for each in COLUMNS), *(f"{name}.npy" for name in SHORT_LISTS)]


@pytest.fixture
def whole(session: Session, place: Path) -> list[UUID]:
    """Three creators in columns, in their order."""
    for reach in (3_000, 9_000, 6_000):
        make_hireable(session, reach=reach)
    columns.build(session, place, now=NOON)
    return from_columns(session)


def overwrite(place: Path, name: str) -> None:
    """Write ones over the end of a file, and leave it as long as it was."""
    path = place / folder.current_name(place) / name
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\1")


def cut_and_regrown(place: Path, name: str) -> None:
    path = place / folder.current_name(place) / name
    size = path.stat().st_size
    os.truncate(path, 0)
    os.truncate(path, size)


def markets_asked(session: Session, what: Callable[[], object]) -> int:
    """Return how many markets are looked at when something happens while the first one is."""
    looked: list[Market] = []

    def look(market: Market) -> None:
        looked.append(market)
        if len(looked) == 1:
            what()

    columns.ask(session, look, now=NOON)
    return len(looked)


@pytest.mark.parametrize("harm", [overwrite, cut_and_regrown])
@pytest.mark.parametrize("name", [each.name for each in COLUMNS])
def test_what_is_changed_while_it_is_read_is_made_up_for_by_postgresql_and_made_anew(
    session: Session,
    place: Path,
    whole: list[UUID],
    name: str,
    harm: Callable[[Path, str], None],
) -> None:
    assert markets_asked(session, lambda: harm(place, name)) == 2

    assert ranked(session) == whole
    with pytest.raises(AssertionError, match="PostgreSQL was asked"):
        from_columns(session)
    assert columns.refresh(session, place, now=NOON).is_new is True
    assert from_columns(session) == whole


@pytest.mark.parametrize("name", EACH)
def test_a_process_that_begins_afterwards_sees_it_too(
    session: Session, place: Path, whole: list[UUID], name: str
) -> None:
    overwrite(place, name)
    columns.use_folder(str(place))

    assert ranked(session) == whole
    with pytest.raises(AssertionError, match="PostgreSQL was asked"):
        from_columns(session)
    assert columns.refresh(session, place, now=NOON).is_new is True


def test_what_is_changed_before_rows_are_put_in_their_places_is_not_taken_for_ours(
    session: Session, place: Path, whole: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    session.execute(update(RateCard).values(fee_minor=RateCard.fee_minor * 2))
    find, harmed = building.find_rows, []

    def find_while_it_is_changed(*args: object, **named: object) -> object:
        if not harmed:
            overwrite(place, "views")
            harmed.append("views")
        return find(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "find_rows", find_while_it_is_changed)

    assert columns.refresh(session, place, now=NOON).is_new is True
    assert from_columns(session) == whole


def test_what_the_refresh_itself_changes_is_believed_by_whoever_reads_meanwhile(
    session: Session, place: Path, whole: list[UUID]
) -> None:
    session.execute(update(RateCard).values(fee_minor=RateCard.fee_minor * 2))

    def refresh() -> None:
        assert columns.refresh(session, place, now=NOON).is_new is False

    assert markets_asked(session, refresh) == 2
    assert from_columns(session) == whole


def test_who_reads_a_version_that_is_swapped_away_meanwhile_believes_it(
    session: Session, place: Path, whole: list[UUID]
) -> None:
    seen: list[Market] = []

    def look(market: Market) -> list[UUID]:
        seen.append(market)
        columns.build(session, place, now=NOON)
        return [market.id_at(one.row) for one in columns.rank(market, WANTED).best]

    assert columns.ask(session, look, now=NOON) == whole
    assert len(seen) == 1
    assert from_columns(session) == whole
