"""Seals: whoever changes a finished day, even past every guard, is seen, and where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.ledger import offline, queries, service
from marketplace.ledger.checks import broken_seals
from tests.conftest import damage
from tests.factories.ledger import make_brand_funds, usd
from tests.factories.sealed import days_ago, make_sealed, record


@pytest.fixture
def entries(session: Session) -> list[int]:
    return make_sealed(session)


def findings(
    session: Session, outside: list[tuple[str, str, str]] | None = None
) -> list[tuple[str, str]]:
    return [(each.subject, each.text) for each in broken_seals(session, outside)]


def test_every_finished_day_is_sealed_once_and_chained(
    session: Session, entries: list[int]
) -> None:
    seals = queries.seals(session)

    assert [(seal.day, seal.entry_count) for seal in seals] == [
        (days_ago(3), 3),
        (days_ago(2), 0),
        (days_ago(1), 2),
    ]
    assert [s.previous_hash for s in seals] == ["0" * 64, seals[0].hash, seals[1].hash]
    assert service.seal_finished_days(session) == []
    assert findings(session) == []


def test_the_days_that_were_sealed_are_told_the_oldest_first(session: Session) -> None:
    assert service.seal_finished_days(session) == []
    make_brand_funds(session, brand_id=uuid4(), amount=usd(1))
    assert service.seal_finished_days(session) == []
    record(session, days_ago(3))

    days = [days_ago(3), days_ago(2), days_ago(1)]
    assert service.seal_finished_days(session) == days
    assert [seal.day for seal in queries.seals(session)] == days


def test_the_file_outside_has_a_line_for_each_day_and_goes_on_where_it_ended(
    session: Session, entries: list[int], tmp_path: Path
) -> None:
    folder = tmp_path / "far" / "away"
    seals = queries.seals(session)
    lines = [f"{seal.day} {seal.entry_count} {seal.hash}\n" for seal in seals]
    assert service.read_seals(folder) == []

    written = [service.write_seals(seals[:count], folder) for count in (1, 3, 2)]

    assert written == [1, 2, 0]
    assert (folder / "seals.log").read_text() == "".join(lines)
    assert service.read_seals(folder) == [
        (f"{seal.day}", f"{seal.entry_count}", seal.hash) for seal in seals
    ]


@pytest.mark.parametrize("kept", [5, 12, 40, 77])
def test_a_line_that_a_full_disk_cut_short_is_written_anew(
    session: Session, entries: list[int], tmp_path: Path, kept: int
) -> None:
    seals = queries.seals(session)
    service.write_seals(seals, tmp_path)
    whole = (tmp_path / "seals.log").read_bytes()
    second = whole.index(b"\n") + 1
    (tmp_path / "seals.log").write_bytes(whole[: second + kept])

    assert service.write_seals(seals, tmp_path) == 2
    assert (tmp_path / "seals.log").read_bytes() == whole
    assert findings(session, service.read_seals(tmp_path)) == []


def test_a_damaged_line_of_the_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "seals.log").write_bytes(
        b"2026-11-01 3 abc more\n2026-11-02 4\n2026-11-03 5  abc\n\xc3\xa9\n"
    )

    assert service.read_seals(tmp_path) == [
        ("2026-11-01", "3", "abc"),
        ("2026-11-02", "4", ""),
        ("2026-11-03", "5", ""),
        ("\N{REPLACEMENT CHARACTER}" * 2, "", ""),
    ]


def test_an_export_has_every_entry_with_its_proof_and_the_balances(session: Session) -> None:
    brand_id = uuid4()
    others, mine = record(session, days_ago(1)), record(session, days_ago(1), brand_id)
    third = record(session, days_ago(1))
    service.seal_finished_days(session)
    today = [make_brand_funds(session, brand_id=brand_id, amount=usd(3 + n)) for n in range(2)]
    (seal,) = queries.seals(session)

    told = service.export_entries(session, [brand_id])

    leaves = [offline.leaf_of(entry) for entry in queries.recorded_on(session, days_ago(1))]
    assert others < mine < third
    assert told["format"] == "fairview-entries-1"
    assert told["days"] == {
        f"{days_ago(1)}": {
            "count": 3,
            "root": seal.root,
            "previous": "0" * 64,
            "hash": seal.hash,
        }
    }
    assert [
        (each["entry"]["id"], each["day"], each["place"], each["proof"]) for each in told["entries"]
    ] == [
        (mine, f"{days_ago(1)}", 1, [leaves[0].hex(), leaves[2].hex()]),
        (today[0], None, None, []),
        (today[1], None, None, []),
    ]
    assert told["balances"] == [
        {"account": f"2010:{brand_id}", "currency": "USD", "debit_minor": -507}
    ]
    damage(session, "UPDATE journal_entries SET memo = 'Another' WHERE id = :id", id=mine)
    assert service.export_entries(session, [brand_id])["entries"][0]["place"] == 0


def test_nothing_comes_into_a_sealed_day(session: Session, entries: list[int]) -> None:
    with pytest.raises(IntegrityError, match="the day is sealed"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO journal_entries (public_id, kind, idem_key, occurred_at, recorded_at,"
                " accounting_date, actor)"
                " VALUES (:id, 'fund', 'fund:backdated', now(), :at, now(), 'system')"
            ),
            {"id": uuid4(), "at": datetime.now(UTC) - timedelta(days=1)},
        )

    assert findings(session) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_entries SET memo = 'Another story' WHERE id = :id",
        "UPDATE journal_entries SET actor = 'user:somebody' WHERE id = :id",
        "UPDATE journal_entries SET occurred_at = occurred_at + interval '1 us' WHERE id = :id",
        "UPDATE postings SET amount_minor = amount_minor + 1 WHERE entry_id = :id",
        "UPDATE postings SET credit_id = debit_id WHERE entry_id = :id",
        "DELETE FROM postings WHERE entry_id = :id",
    ],
)
def test_the_first_row_that_was_changed_is_named(
    session: Session, entries: list[int], change: str
) -> None:
    for entry_id in entries[1:3]:
        damage(session, change, id=entry_id)

    assert findings(session) == [
        (f"journal entry {entries[1]}", f"It is not what was sealed on {days_ago(3)}.")
    ]


def test_a_row_that_is_gone_is_missed(session: Session, entries: list[int]) -> None:
    for entry_id in (entries[0], entries[4]):
        damage(session, "DELETE FROM postings WHERE entry_id = :id", id=entry_id)
        damage(session, "DELETE FROM journal_entries WHERE id = :id", id=entry_id)

    assert findings(session) == [
        (f"journal entry {entries[1]}", f"A row before it, sealed on {days_ago(3)}, is gone."),
        (f"seal of {days_ago(1)}", "1 of its rows, the last ones, are gone."),
    ]


def test_a_row_that_was_added_is_named(session: Session, entries: list[int]) -> None:
    added = record(session, days_ago(1))

    assert findings(session) == [
        (
            f"journal entry {added}",
            f"It was added to {days_ago(1)} after that day was sealed.",
        )
    ]


def test_whoever_seals_anew_is_betrayed_by_the_file_outside(
    session: Session, entries: list[int], tmp_path: Path
) -> None:
    assert service.write_seals(queries.seals(session), tmp_path) == 3
    assert service.write_seals(queries.seals(session), tmp_path) == 0
    outside = service.read_seals(tmp_path)
    assert findings(session, outside) == []
    damage(session, "UPDATE postings SET amount_minor = 7 WHERE entry_id = :id", id=entries[3])
    damage(session, "DELETE FROM ledger_seals WHERE day = :day", day=days_ago(1))
    session.expire_all()
    service.seal_finished_days(session)

    assert findings(session) == []  # the database alone would be believed
    assert findings(session, outside) == [
        (f"seal of {days_ago(1)}", "It differs from the file outside the database.")
    ]


def test_a_missing_seal_is_named(session: Session, entries: list[int], tmp_path: Path) -> None:
    service.write_seals(queries.seals(session), tmp_path)
    middle = days_ago(2)
    damage(session, "DELETE FROM ledger_seals WHERE day = :day", day=middle)
    session.expire_all()

    assert findings(session, service.read_seals(tmp_path)) == [
        (f"seal of {days_ago(1)}", f"There is no seal between it and {days_ago(3)}."),
        (f"seal of {days_ago(1)}", "It does not continue the seal before it."),
        (f"seal of {middle}", "It is in the file outside the database, and not in it."),
    ]
    (tmp_path / "seals.log").unlink()
    assert ("It is missing in the file outside the database.") in {
        told for _, told in findings(session, service.read_seals(tmp_path))
    }


def test_the_command_verifies_and_fails_naming_the_row(
    app: Flask, session: Session, settings: Settings, entries: list[int]
) -> None:
    folder = Path(settings.seal_folder)
    (folder / "seals.log").unlink(missing_ok=True)
    service.write_seals(queries.seals(session), folder)
    runner = app.test_cli_runner()

    outcome = runner.invoke(args=["ledger", "verify"])
    assert outcome.exit_code == 0
    assert outcome.output == f"3 sealed days hold, in the database and in {folder}.\n"

    damage(session, "UPDATE postings SET amount_minor = 7 WHERE entry_id = :id", id=entries[3])
    outcome = runner.invoke(args=["ledger", "verify"])
    assert outcome.exit_code == 1
    assert outcome.output.splitlines()[0] == (
        f"journal entry {entries[3]}: It is not what was sealed on {days_ago(1)}."
    )
    (folder / "seals.log").unlink()
