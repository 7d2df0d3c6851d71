"""Columns as arrays: PostgreSQL reads back exactly what was given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.kernel.ids import NIL, new_id
from marketplace.store.arrays import of_ids, of_moments, of_numbers, of_raw_ids, of_texts

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def read(session: Session, given: str, kind: str) -> Any:
    return session.scalar(text(f"SELECT CAST(:given AS {kind}[])"), {"given": given})


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["plain", "two words", ""],
        [None, "NULL", "null", "None"],
        ['a "quoted" one', "a back\\slash", '\\"', "{a,b}", "a,b", " padded ", "line\nbreak\ttab"],
        ["“ä€𝄞”", "'; DROP TABLE postings; --", "%s %(name)s :name", "$1"],
    ],
)
def test_texts_are_what_they_were(session: Session, texts: list[str | None]) -> None:
    assert read(session, of_texts(texts), "text") == texts


def test_numbers_are_what_they_were(session: Session) -> None:
    numbers = [0, -1, None, 10**13, 2**63 - 1, -(2**63)]

    assert read(session, of_numbers(numbers), "bigint") == numbers
    assert read(session, of_numbers([]), "bigint") == []


def test_ids_are_what_they_were(session: Session) -> None:
    ids = [new_id(), None, NIL]

    assert read(session, of_ids(ids), "uuid") == ids


def test_moments_are_what_they_were_in_any_zone(session: Session) -> None:
    far = timezone(timedelta(hours=-9, minutes=-30))
    moments = [NOON, None, NOON + timedelta(microseconds=1), NOON, NOON.astimezone(far)]

    assert read(session, of_moments(moments), "timestamptz") == moments


def test_ids_in_bytes_are_what_they_were(session: Session) -> None:
    ids = [NIL, new_id(), new_id()]

    assert read(session, of_raw_ids(b"".join(each.bytes for each in ids)), "uuid") == ids
    assert read(session, of_raw_ids(b""), "uuid") == []
