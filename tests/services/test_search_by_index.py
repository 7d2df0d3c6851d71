"""Creators are found by hashtags, names and handles through indexes, not by reading the market."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators.queries import MarketFilters
from marketplace.ledger.rules import Code
from marketplace.treasury.queries import owners_found
from tests.conftest import with_owners_rights

MANY = 20_000


@pytest.fixture
def crowd(session: Session) -> None:
    """A market in which one of 2,000 uses #k17, and one of twenty #m1.

    Of their names, one of 2,000 has the word n17; of their handles, one of 2,000 h17.
    """
    session.execute(
        text(
            "INSERT INTO creators (id, display_name, name_words, bio, topics, source, created_at)"
            " SELECT gen_random_uuid(), 'Creator ' || n, ('creator n' || n % 2000)::tsvector, '',"
            "    '[]', 'imported', now() FROM generate_series(1, :many) AS n"
        ),
        {"many": MANY},
    )
    session.execute(
        text(
            "INSERT INTO channels (id, creator_id, platform, external_id, is_main, state,"
            "    median_views, top_hashtags, top_keys, handle, handle_words, scopes)"
            " SELECT gen_random_uuid(), id, 'tiktok', id::text, true, 'listed', place, tags, tags,"
            "    'h' || place % 2000, ('h' || place % 2000)::tsvector, '[]'"
            " FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM creators) AS numbered,"
            "    jsonb_build_array('k' || place % 2000, 'm' || place % 20) AS tags"
        )
    )
    with with_owners_rights(session):
        for index in ("creators_name_words", "channels_handle_words", "channels_top_keys"):
            session.execute(text(f"SELECT gin_clean_pending_list('ix_{index}')"))
        session.execute(text("ANALYZE channels, creators"))


def plans(session: Session, look: Callable[[], object]) -> list[str]:
    """How PostgreSQL answers each statement of a look."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        asked.append((statement, given))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", keep)
    look()
    event.remove(connection, "before_cursor_execute", keep)
    return [
        "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", given).scalars())
        for statement, given in asked
    ]


def market_plans(session: Session, filters: MarketFilters) -> list[str]:
    """How PostgreSQL answers the count and the page of the market."""
    return plans(session, lambda: queries.market(session, filters=filters))


@pytest.mark.usefixtures("crowd")
def test_the_count_and_the_page_of_a_hashtag_use_its_index(session: Session) -> None:
    rare = MarketFilters(words="#K_17")
    found = market_plans(session, rare)
    assert ["ix_channels_top_keys" in plan for plan in found] == [True, True]
    assert "ix_channels_top_keys" in market_plans(session, MarketFilters(words="#m1"))[0]
    assert queries.market(session, filters=rare).total == 10


@pytest.mark.usefixtures("crowd")
def test_the_count_and_the_page_of_a_name_use_the_indexes_of_names_and_handles(
    session: Session,
) -> None:
    for words in ("n1717", "@h1717", "n171, N1717"):
        rare = MarketFilters(words=words)
        for plan in market_plans(session, rare):
            assert "ix_creators_name_words" in plan
            assert "ix_channels_handle_words" in plan
            assert "Seq Scan" not in plan
        assert queries.market(session, filters=rare).total == 10
    for words, total in (("creator n1717", 10), ("n1717 n1718", 0)):
        assert queries.market(session, filters=MarketFilters(words=words)).total == total


@pytest.mark.usefixtures("crowd")
def test_by_a_word_that_very_many_are_called_the_list_is_read_in_its_order(
    session: Session,
) -> None:
    *_, page_plan = market_plans(session, MarketFilters(words="creator"))
    assert "name_words" not in page_plan.split("Filter:")[0]
    assert "Sort" not in page_plan

    for number in (1, 400, 401):
        page = queries.market(session, filters=MarketFilters(words="creator"), page=number)
        assert (page.number, page.total, page.is_counted) == (min(number, 400), 10_000, False)
        assert len(page.rows) == 25
    first = queries.market(session, filters=MarketFilters(words="creator")).rows
    assert [each.median_views for each in first] == list(range(MANY, MANY - 25, -1))
    whole = queries.market(session, filters=MarketFilters())
    assert (whole.total, whole.is_counted) == (MANY, True)


@pytest.mark.usefixtures("crowd")
def test_the_owner_of_an_account_is_found_by_the_same_indexes(session: Session) -> None:
    *_, plan = plans(session, lambda: owners_found(session, Code.CREATOR_PAYABLE, "n1717"))
    assert "ix_creators_name_words" in plan
    assert "Seq Scan" not in plan
    found = owners_found(session, Code.CREATOR_PAYABLE, "n1717")
    assert (len(found.first), found.are_all) == (10, True)


@pytest.mark.usefixtures("crowd")
def test_an_owner_of_a_very_common_name_is_not_gathered_from_all_who_have_it(
    session: Session,
) -> None:
    def found(text: str) -> list[str]:
        return [each.name for each in owners_found(session, Code.CREATOR_PAYABLE, text).first]

    *_, plan = plans(session, lambda: owners_found(session, Code.CREATOR_PAYABLE, "creator"))
    assert "name_words" not in plan.split("Filter:")[0]
    assert plan.index("Sort") < plan.rindex("Limit")
    assert len(found("creator")) == 10
    assert found("creator n1717") == found("n1717")
