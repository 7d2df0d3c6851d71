"""The doors of the store, with connections of its own as in the product."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DataError, IntegrityError, InternalError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.store.session import at_one_moment, db, reading, transaction
from tests.conftest import NOON

OFTEN_ENOUGH = 7
"""More often than psycopg runs a statement before it prepares it."""
BACKEND = text("SELECT pg_backend_pid()")

Door = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def product(whole_app: Flask) -> Iterator[Flask]:
    with whole_app.app_context():
        yield whole_app
        db.engine.dispose()


def test_what_pages_ask_again_and_again_is_planned_once(product: Flask) -> None:
    for _ in range(OFTEN_ENOUGH):
        with reading() as session:
            session.scalar(select(func.count()).select_from(Brand))

    with reading() as session:
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert [each for each in prepared if "FROM brands" in each]


@pytest.mark.parametrize("door", [reading, at_one_moment])
def test_who_reads_cannot_write(product: Flask, door: Door) -> None:
    with pytest.raises(InternalError, match="read-only transaction"), door() as session:
        session.execute(text("DELETE FROM brands"))


def test_nobody_writes_without_a_transaction(product: Flask) -> None:
    with pytest.raises(InternalError, match="read-only transaction"):
        db.session.execute(text("DELETE FROM brands"))
    db.session.remove()


@pytest.mark.parametrize("door", [reading, at_one_moment])
def test_a_transaction_writes_after_reading_on_the_same_connection(
    product: Flask, door: Door
) -> None:
    with door() as session:
        pid = session.scalar(BACKEND)

    with transaction() as session:
        assert session.scalar(BACKEND) == pid
        assert session.scalar(text("SHOW transaction_read_only")) == "off"
        assert session.scalar(text("SHOW transaction_isolation")) == "read committed"


@pytest.mark.parametrize("door", [reading, at_one_moment])
def test_what_was_changed_while_reading_is_let_go(product: Flask, door: Door) -> None:
    with door() as session:
        session.add(Brand(name="Never Written", created_at=NOON))

    with reading() as session:
        assert session.scalar(select(Brand.id).where(Brand.name == "Never Written")) is None


@pytest.mark.parametrize(("door", "seen"), [(reading, [0, 1]), (at_one_moment, [0, 0])])
def test_only_at_one_moment_what_others_write_meanwhile_is_not_seen(
    product: Flask, engine_of_the_run: Engine, door: Door, seen: list[int]
) -> None:
    counted = select(func.count()).where(Brand.name == "Meanwhile")
    with Session(engine_of_the_run) as other:
        try:
            with door() as session:
                found = [session.scalar(counted)]
                other.add(Brand(name="Meanwhile", country="US", created_at=NOON))
                other.commit()
                found.append(session.scalar(counted))
        finally:
            other.execute(text("DELETE FROM brands WHERE name = 'Meanwhile'"))
            other.commit()

    assert found == seen


def test_what_went_wrong_is_told_without_whom_it_was_about(product: Flask) -> None:
    wrong = text("SELECT 1 / length(CAST(:password AS text)) WHERE CAST(:email AS text) <> ''")
    with pytest.raises(DataError) as told, transaction() as session:
        session.execute(wrong, {"password": "", "email": "olive@example.test"})

    assert "division by zero" in str(told.value)
    assert "olive@example.test" not in str(told.value)


@pytest.mark.parametrize(
    ("email", "said"),
    [
        (
            "olive@example.test",
            'duplicate key value violates unique constraint "uq_users_email"',
        ),
        (
            "Olive@example.test",
            'violates check constraint "ck_users_email_is_lower_case"',
        ),
    ],
    ids=["a key that is there", "a row that cannot be"],
)
def test_what_was_refused_is_told_without_the_row(product: Flask, email: str, said: str) -> None:
    statement = (
        "INSERT INTO users (id, email, name, password_hash, is_staff, link_serial, session_serial,"
        " created_at) SELECT gen_random_uuid(), :email, 'Olive', :hash, false, 0, 0, now()"
        " FROM generate_series(1, 2)"
    )
    row = {"email": email, "hash": "secret hash"}
    with pytest.raises(IntegrityError) as told, transaction() as session:
        session.execute(text(statement), row)

    shown = "".join(traceback.format_exception(told.value))
    assert said in shown
    assert email not in shown
    assert "secret hash" not in shown


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("uuid", "olive@example.test", "invalid input syntax for type uuid: …"),
        ("integer", 'Olive "the cook" Nowak', "invalid input syntax for type integer: …"),
        ("integer", "4917012345678", "value … is out of range for type integer"),
        ("timestamptz", "Olive's day", "invalid input syntax for type timestamp with time zone: …"),
        ("date", "12345-06-07", "date too large (after year 10K): …"),
    ],
    ids=["no key", "with marks of its own", "too large", "no time", "not read by psycopg"],
)
def test_data_that_cannot_be_is_told_without_it(
    product: Flask, kind: str, value: str, said: str
) -> None:
    with pytest.raises(DataError) as told, reading() as session:
        session.execute(
            text(f"SELECT CAST(CAST(:value AS text) AS {kind})"), {"value": value}
        ).all()

    shown = "".join(traceback.format_exception(told.value))
    assert said in shown
    assert value not in shown
