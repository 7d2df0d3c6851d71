"""Columns of a market that is large, or that keeps none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.creators import service as creator_service
from marketplace.creators.models import CreatorMark
from marketplace.matching import columns
from marketplace.matching.columns import source
from marketplace.matching.columns.folder import BrokenColumns
from tests.conftest import NOON
from tests.factories.creators import make_creator
from tests.services.laying_out import from_columns, make_hireable, ranked


def test_very_many_changes_build_anew_and_one_statement_leaves_one_mark(
    session: Session, place: Path
) -> None:
    make_hireable(session)
    columns.build(session, place, now=NOON)
    session.execute(
        text(
            "INSERT INTO creators (id, display_name, name_words, bio, topics, source, created_at)"
            " SELECT gen_random_uuid(), 'Many', 'many', '', '[]', 'imported', now()"
            " FROM generate_series(1, 20001)"
        )
    )

    last = session.scalars(select(CreatorMark).order_by(CreatorMark.id.desc()).limit(1)).one()
    assert last.creator_id is None
    assert columns.refresh(session, place, now=NOON).is_new is True
    assert len(from_columns(session)) == 1


def test_a_large_market_without_columns_is_ranked_in_part_and_says_so(
    session: Session, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "WITHOUT_COLUMNS_MOST", 2)
    make_hireable(session)
    seen = make_hireable(session)
    channel = creators.channel_of(session, creator_id=seen)
    assert channel is not None
    channel.median_views = 90_000
    make_creator(session)
    session.flush()

    market = columns.from_database(session, now=NOON)

    assert (market.count, market.of, market.is_whole) == (2, 3, False)
    assert seen in {market.id_at(row) for row in range(2)}


def test_no_folder_means_postgresql_alone(session: Session) -> None:
    make_hireable(session)

    with pytest.raises(BrokenColumns, match="no folder is set for them"):
        columns.the_folder()
    assert len(ranked(session)) == 1


def mark_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CreatorMark)) or 0


def test_old_marks_are_forgotten(session: Session) -> None:
    make_hireable(session)
    session.flush()
    before = mark_count(session)
    session.execute(text("UPDATE creator_marks SET marked_at = :then"), {"then": NOON})

    creator_service.prune_marks(session, now=NOON + timedelta(days=3))
    assert mark_count(session) == before
    creator_service.prune_marks(session, now=NOON + timedelta(days=3, seconds=1))
    assert mark_count(session) == 0
