"""Whoever holds a database connection still cannot break the books, not even their owner."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.ledger.checks import RIGHTS
from tests.conftest import with_owners_rights
from tests.factories.ledger import PROCESSOR
from tests.services.attacking import (
    ACCOUNTS_DIFFER,
    ENTRY,
    ENTRY_DIFFERS,
    POSTING,
    account_id,
    entry_row,
    refused,
)

TABLES = (
    "ledger_chart",
    "posting_rules",
    "ledger_accounts",
    "journal_entries",
    "postings",
    "ledger_balances",
)

KINDS = {"kind": "text", "currency": "text"}
NO_SUCH_MOVEMENT = "the grammar of money has no such movement"


def test_the_lawful_posting_of_these_attacks_goes_through(
    session: Session, posting: dict[str, Any]
) -> None:
    session.execute(text(POSTING), posting)

    balances = session.execute(
        text("SELECT account_id, balance_minor FROM ledger_balances WHERE account_id IN (:a, :b)"),
        {"a": posting["debit_id"], "b": posting["credit_id"]},
    ).all()
    assert {(row.account_id, row.balance_minor) for row in balances} == {
        (posting["debit_id"], 40),
        (posting["credit_id"], 160),
    }


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ({"amount_minor": 101}, "ck_ledger_balances_balance_is_not_negative"),
        ({"amount_minor": 0}, "ck_postings_amount_is_in_range"),
        ({"amount_minor": -1}, "ck_postings_amount_is_in_range"),
        ({"amount_minor": 10**13 + 1}, "ck_postings_amount_is_in_range"),
        ({"currency": "EUR"}, ACCOUNTS_DIFFER),
        ({"debit_code": 1010, "kind": "fund"}, ENTRY_DIFFERS),
        ({"debit_code": 2020}, NO_SUCH_MOVEMENT),
        ({"credit_code": 2030}, NO_SUCH_MOVEMENT),
        ({"debit_id": 10**15}, ACCOUNTS_DIFFER),
        ({"credit_id": 10**15}, ACCOUNTS_DIFFER),
        ({"kind": "fund"}, ENTRY_DIFFERS),
        ({"entry_id": 10**15}, ENTRY_DIFFERS),
        ({"line": 0}, "ck_postings_lines_count_from_one"),
    ],
)
def test_an_unlawful_posting_is_refused(
    session: Session, posting: dict[str, Any], change: dict[str, Any], by: str
) -> None:
    refused(session, POSTING, posting | change, by=by)


def test_an_amount_beyond_all_bounds_is_refused(session: Session, posting: dict[str, Any]) -> None:
    with pytest.raises(DBAPIError, match="out of range"), session.begin_nested():
        session.execute(text(POSTING), posting | {"amount_minor": 10**30})


def test_accounts_that_may_never_meet_do_not(session: Session, posting: dict[str, Any]) -> None:
    swapped = {
        "debit_id": posting["credit_id"],
        "credit_id": posting["debit_id"],
        "debit_code": 2020,
        "credit_code": 2010,
    }

    refused(session, POSTING, posting | swapped, by=NO_SUCH_MOVEMENT)


@pytest.mark.parametrize("side", ["debit_id", "credit_id"])
def test_the_codes_of_a_posting_are_those_of_its_accounts(
    session: Session, posting: dict[str, Any], side: str
) -> None:
    """Lawful by the grammar, with an account of another code on one side."""
    refused(session, POSTING, posting | {side: account_id(session, PROCESSOR)}, by=ACCOUNTS_DIFFER)


def test_no_account_passes_for_one_without_a_floor(
    session: Session, posting: dict[str, Any]
) -> None:
    """A charge has one side with a floor and one without: neither may stand in for the other."""
    entry_id = session.scalar(text(ENTRY), entry_row(kind="fund"))
    processor, brand = account_id(session, PROCESSOR), posting["debit_id"]
    charge = posting | {"entry_id": entry_id, "kind": "fund", "debit_code": 1010}
    charge |= {"credit_code": 2010}

    for debit_id, credit_id in ((posting["credit_id"], brand), (processor, processor)):
        sides = {"debit_id": debit_id, "credit_id": credit_id}
        refused(session, POSTING, charge | sides, by=ACCOUNTS_DIFFER)

    session.execute(text(POSTING), charge | {"debit_id": processor, "credit_id": brand})


def test_one_unlawful_posting_among_lawful_ones_refuses_the_statement(
    session: Session, posting: dict[str, Any]
) -> None:
    other = session.scalar(text(ENTRY), entry_row(kind="fund"))
    columns = ", ".join(posting)
    mixed = f"INSERT INTO postings ({columns}) SELECT * FROM json_to_recordset(:rows) AS given ("
    mixed += ", ".join(f"{each} {KINDS.get(each, 'bigint')}" for each in posting) + ")"

    def rows(**last: Any) -> dict[str, Any]:
        told = [posting | {"line": n, "amount_minor": 1} for n in range(1, 6)]
        return {"rows": json.dumps([*told[:4], told[4] | last])}

    for change, by in (
        ({"entry_id": other}, ENTRY_DIFFERS),
        ({"kind": "fund"}, ENTRY_DIFFERS),
        ({"kind": "fund", "entry_id": other}, NO_SUCH_MOVEMENT),
        ({"credit_id": posting["debit_id"]}, ACCOUNTS_DIFFER),
        ({"currency": "EUR"}, ACCOUNTS_DIFFER),
    ):
        refused(session, mixed, rows(**change), by=by)

    session.execute(text(mixed), rows())


def test_many_small_postings_in_one_statement_cannot_overdraw(
    session: Session, posting: dict[str, Any]
) -> None:
    refused(
        session,
        """
        INSERT INTO postings (entry_id, line, debit_id, credit_id, debit_code, credit_code, kind,
            currency, amount_minor)
        SELECT :entry_id, n, :debit_id, :credit_id, :debit_code, :credit_code, :kind, :currency, 10
        FROM generate_series(1, 11) AS n
        """,
        posting,
        by="ck_ledger_balances_balance_is_not_negative",
    )


def test_a_posting_is_not_overwritten_by_its_own_key(
    session: Session, posting: dict[str, Any]
) -> None:
    session.execute(text(POSTING), posting)

    refused(session, POSTING, posting, by="pk_postings")
    refused(
        session,
        f"{POSTING} ON CONFLICT (entry_id, line) DO UPDATE SET amount_minor = 1",
        posting,
        by="the ledger is never changed: UPDATE on postings",
    )


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_the_ledger_are_never_deleted(
    session: Session, posting: dict[str, Any], table: str
) -> None:
    session.execute(text(POSTING), posting)

    refused(session, f"DELETE FROM {table}", by=f"never changed: DELETE on {table}")


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize("table", RIGHTS)
def test_the_product_itself_has_no_right_to_change_a_table_of_the_ledger(
    session: Session, posting: dict[str, Any], table: str, *, guarded: bool
) -> None:
    session.execute(text(POSTING), posting)
    column = session.scalar(
        text("SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:name) AND attnum = 2"),
        {"name": table},
    )
    if not guarded:  # even when all its triggers are gone
        with with_owners_rights(session):
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    attacks = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
    attacks += [f"TRUNCATE {table} CASCADE", f"ALTER TABLE {table} DISABLE TRIGGER USER"]
    if "INSERT" not in RIGHTS[table]:
        attacks.append(f"INSERT INTO {table} DEFAULT VALUES")

    for attack in attacks:
        with (
            pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
            session.begin_nested(),
        ):
            session.execute(text(attack))


@pytest.mark.parametrize("cascade", ["", " CASCADE"])
@pytest.mark.parametrize("table", TABLES)
def test_tables_of_the_ledger_are_never_emptied(session: Session, table: str, cascade: str) -> None:
    with (
        pytest.raises(DBAPIError) as refusal,
        session.begin_nested(),
        with_owners_rights(session),
    ):
        session.execute(text(f"TRUNCATE {table}{cascade}"))
    # Without CASCADE a table that others point at is refused even before its guard.
    assert "never changed: TRUNCATE" in str(refusal.value.orig) or (
        not cascade and "referenced in a foreign key" in str(refusal.value.orig)
    )


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("ledger_chart", "strict = false"),
        ("posting_rules", "credit_code = 2010"),
        ("ledger_accounts", "strict = false"),
        ("journal_entries", "memo = 'another story'"),
        ("postings", "amount_minor = 1"),
    ],
)
def test_rows_of_the_ledger_are_never_changed(
    session: Session, posting: dict[str, Any], table: str, change: str
) -> None:
    session.execute(text(POSTING), posting)

    refused(session, f"UPDATE {table} SET {change}", by=f"never changed: UPDATE on {table}")


def test_a_balance_is_not_written_by_hand(session: Session, posting: dict[str, Any]) -> None:
    processor = account_id(session, PROCESSOR)

    refused(
        session,
        "UPDATE ledger_balances SET balance_minor = 10^9 WHERE account_id = :credit_id",
        posting,
        by="balances follow from postings: UPDATE refused",
    )
    refused(
        session,
        "INSERT INTO ledger_balances (account_id, balance_minor, version) VALUES (:id, 5, 0)",
        {"id": processor},
        by="balances follow from postings: INSERT refused",
    )
    assert (
        session.scalar(
            text("SELECT balance_minor FROM ledger_balances WHERE account_id = :credit_id"), posting
        )
        == 100
    )
