"""The doors of the store, with connections of its own as in the product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import InternalError

from marketplace.accounts.models import Brand
from marketplace.store.session import db, reading
from tests.conftest import NOON

OFTEN_ENOUGH = 7
"""More often than psycopg runs a statement before it prepares it."""


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


def test_who_reads_cannot_write(product: Flask) -> None:
    with pytest.raises(InternalError, match="read-only transaction"), reading() as session:
        session.execute(text("DELETE FROM brands"))


def test_what_was_changed_while_reading_is_let_go(product: Flask) -> None:
    with reading() as session:
        session.add(Brand(name="Never Written", created_at=NOON))

    with reading() as session:
        assert session.scalar(select(Brand.id).where(Brand.name == "Never Written")) is None
