"""A process that answers people works out what is asked next, after each change."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.creators.models import RateCard
from marketplace.matching import columns
from marketplace.matching.columns import Market, source, warming
from tests.conftest import NOON
from tests.services.laying_out import WANTED, from_columns, make_hireable

PATIENCE_SECONDS = 30


@pytest.fixture
def stays_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "BLOCK", 0)
    monkeypatch.setattr(source._opened, "stays_warm", False)
    columns.stay_warm()


def look(session: Session) -> Market:
    return columns.ask(session, lambda market: market, now=NOON)


def ranked_without_asking(market: Market) -> bool:
    """Whether the wish is ranked in the end, though nobody asks for it."""
    last = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < last and not market.memo.latest("ranking", 1):
        time.sleep(0.01)
    return market.memo.latest("ranking", 1) == [WANTED]


@pytest.mark.usefixtures("stays_warm")
def test_what_was_asked_before_a_change_is_known_after_it(session: Session, place: Path) -> None:
    first, second = make_hireable(session, reach=5_000), make_hireable(session, reach=4_000)
    columns.build(session, place, now=NOON)
    assert from_columns(session) == [first, second]
    before = look(session)
    session.query(RateCard).filter_by(creator_id=second).update({"fee_minor": 1_000})
    session.flush()
    columns.refresh(session, place, now=NOON + timedelta(minutes=1))

    market = look(session)

    assert market is not before
    assert ranked_without_asking(market)
    assert from_columns(session) == [second, first]


@pytest.mark.usefixtures("stays_warm")
def test_what_was_asked_is_known_in_the_next_version_too(session: Session, place: Path) -> None:
    creator_id = make_hireable(session)
    columns.build(session, place, now=NOON)
    assert from_columns(session) == [creator_id]

    columns.build(session, place, now=NOON + timedelta(days=1))

    assert ranked_without_asking(look(session))


def test_other_processes_work_out_what_they_are_asked(
    session: Session, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "BLOCK", 0)
    monkeypatch.setattr(source._opened, "stays_warm", False)
    make_hireable(session)
    columns.build(session, place, now=NOON)

    market = look(session)

    assert source._opened.warmed is not market
    assert market.memo.latest("set", 1) == []
