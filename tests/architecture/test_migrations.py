"""The migrations lead to the models and back."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, inspect, text

import marketplace.tables  # noqa: F401  # every table there is
from marketplace.store.base import Base
from tests.architecture.migrating import config, go, go_back


def constraints(engine: Engine) -> dict[str, set[str]]:
    """Table -> the names of its CHECKs, which a comparison of metadata leaves out."""
    seen = inspect(engine)
    return {
        table: {str(check["name"]) for check in seen.get_check_constraints(table)}
        for table in seen.get_table_names()
    }


def test_there_is_one_way_to_the_newest_tables() -> None:
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1


def test_the_migrations_go_up_and_down_and_up_again(empty: Engine) -> None:
    go(empty, to="head")
    first = constraints(empty)
    go_back(empty, to="base")
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}

    go(empty, to="head")

    assert constraints(empty) == first


def test_every_column_of_states_takes_the_states_of_its_enum(newest: Engine) -> None:
    seen = inspect(newest)
    known = {
        (table, str(check["name"])): set(re.findall(r"'([^']*)'", check["sqltext"]))
        for table in seen.get_table_names()
        for check in seen.get_check_constraints(table)
        if str(check["name"]).endswith("_is_known")
    }

    meant = {
        (table.name, str(check.name)): set(re.findall(r"'([^']*)'", str(check.sqltext)))
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint) and str(check.name).endswith("_is_known")
    }

    assert known == meant


def test_the_migrations_make_what_the_models_say(newest: Engine) -> None:
    with newest.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        drift: list[Any] = compare_metadata(context, Base.metadata)

    assert drift == []


def test_the_migrations_make_every_check_of_the_models(newest: Engine) -> None:
    there = constraints(newest)

    missing = {
        f"{table.name}: {constraint.name}"
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.__visit_name__ == "check_constraint"
        and str(constraint.name) not in there[table.name]
    }

    assert missing == set()


def test_spellings_of_one_hashtag_become_one_trend_and_rides_move_to_it(empty: Engine) -> None:
    go(empty, to="0097")
    tags = ("café", "cafe", "кофе", "año", "ano", "Año2", "año2", "🍲")
    ids = {tag: uuid4() for tag in tags}
    with empty.begin() as connection:
        # Rides name campaigns and users, none of which matter here.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for number, (tag, trend_id) in enumerate(ids.items(), start=1):
            connection.execute(
                text(
                    "INSERT INTO trends (id, kind, name, first_seen_on)"
                    " VALUES (:id, 'hashtag', :name, make_date(2026, 1, :day))"
                ),
                {"id": trend_id, "name": tag, "day": number},
            )
            connection.execute(
                text(
                    "INSERT INTO trend_rides (campaign_id, trend_id, chosen_by, chosen_at)"
                    " VALUES (:campaign, :id, :campaign, now())"
                ),
                {"campaign": uuid4(), "id": trend_id},
            )

    go(empty, to="head")

    with empty.connect() as connection:
        ridden = connection.execute(
            text(
                "SELECT t.name, count(*) FROM trend_rides r"
                " JOIN trends t ON t.id = r.trend_id GROUP BY t.name"
            )
        ).all()
        kept = connection.scalar(
            text("SELECT name FROM trends WHERE id = :id"), {"id": ids["Año2"]}
        )
    assert {tuple(row) for row in ridden} == {
        ("cafe", 2), ("кофе", 1), ("ano", 2), ("ano2", 2), ("🍲", 1),
    }  # fmt: skip
    assert kept == "ano2"
