"""Creators are found by a hashtag through its index, not by reading the market."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators.queries import MarketFilters

MANY = 20_000


@pytest.fixture
def crowd(session: Session) -> None:
    """A market in which one of 2,000 uses #k17, and one of twenty #m1."""
    session.execute(
        text(
            "INSERT INTO creators (id, display_name, bio, topics, source, created_at)"
            " SELECT gen_random_uuid(), 'Creator ' || n, '', '[]', 'imported', now()"
            " FROM generate_series(1, :many) AS n"
        ),
        {"many": MANY},
    )
    session.execute(
        text(
            "INSERT INTO channels (id, creator_id, platform, external_id, is_main, state,"
            "    median_views, top_hashtags, top_keys, scopes)"
            " SELECT gen_random_uuid(), id, 'tiktok', id::text, true, 'listed', place, tags, tags,"
            "    '[]'"
            " FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM creators) AS numbered,"
            "    jsonb_build_array('k' || place % 2000, 'm' || place % 20) AS tags"
        )
    )
    session.execute(text("ANALYZE channels, creators"))


def plans(session: Session, filters: MarketFilters) -> list[str]:
    """How PostgreSQL answers each statement of a page of the market."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        asked.append((statement, given))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", keep)
    queries.market(session, filters=filters)
    event.remove(connection, "before_cursor_execute", keep)
    return [
        "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", given).scalars())
        for statement, given in asked
    ]


@pytest.mark.usefixtures("crowd")
def test_the_count_and_the_page_of_a_hashtag_use_its_index(session: Session) -> None:
    rare = MarketFilters(words="#K_17")
    found = plans(session, rare)
    assert ["ix_channels_top_keys" in plan for plan in found] == [True, True]
    assert "ix_channels_top_keys" in plans(session, MarketFilters(words="#m1"))[0]
    assert queries.market(session, filters=rare).total == 10
