"""Whoever holds a database connection still cannot break the books, not even their owner."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel.ids import NIL, new_id
from marketplace.ledger import queries
from marketplace.ledger.checks import RIGHTS
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from tests.conftest import fresh_database, with_owners_rights
from tests.factories.ledger import OCCURRED_AT, PROCESSOR, make_brand_funds, make_entry, usd

TABLES = (
    "ledger_chart",
    "posting_rules",
    "ledger_accounts",
    "journal_entries",
    "postings",
    "ledger_balances",
)

ENTRY = """
    INSERT INTO journal_entries
        (public_id, kind, idem_key, occurred_at, accounting_date, actor, reverses_id)
    VALUES (:public_id, :kind, :idem_key, :at, :at, 'system', :reverses_id) RETURNING id
"""
POSTING = """
    INSERT INTO postings (entry_id, line, debit_id, credit_id, debit_code, credit_code, kind,
        currency, amount_minor)
    VALUES (:entry_id, :line, :debit_id, :credit_id, :debit_code, :credit_code, :kind, :currency,
        :amount_minor)
"""
ACCOUNT = """
    INSERT INTO ledger_accounts (code, owner_id, currency, strict, owned)
    VALUES (:code, :owner, :currency, :strict, :owned)
"""
KINDS = {"kind": "text", "currency": "text"}
ENTRY_DIFFERS = "postings are of the kind and the transaction of their entry"
NO_SUCH_MOVEMENT = "the grammar of money has no such movement"
ACCOUNTS_DIFFER = "postings have the codes and the currency of their accounts"


def account_id(session: Session, ref: AccountRef) -> int:
    found = session.scalar(
        text(
            "SELECT id FROM ledger_accounts"
            " WHERE code = :code AND owner_id = :owner AND currency = 'USD'"
        ),
        {"code": ref.code.value, "owner": ref.owner},
    )
    assert type(found) is int
    return found


def entry_row(**changes: Any) -> dict[str, Any]:
    return {
        "public_id": new_id(),
        "kind": "allocate",
        "idem_key": f"attack:{new_id()}",
        "at": OCCURRED_AT,
        "reverses_id": None,
    } | changes


@pytest.fixture
def posting(session: Session) -> dict[str, Any]:
    """A posting that would be lawful: 60 of a brand's 100 go to a campaign."""
    brand = AccountRef(Code.BRAND_FUNDS, uuid4())
    campaign = AccountRef(Code.CAMPAIGN_FUNDS, uuid4())
    make_brand_funds(session, brand_id=brand.owner, amount=usd(200))
    make_entry(session, (brand, campaign, usd(100)), kind=EntryKind.ALLOCATE)
    return {
        "entry_id": session.scalar(text(ENTRY), entry_row()),
        "line": 1,
        "debit_id": account_id(session, brand),
        "credit_id": account_id(session, campaign),
        "debit_code": 2010,
        "credit_code": 2020,
        "kind": "allocate",
        "currency": "USD",
        "amount_minor": 60,
    }


def refused(
    session: Session, statement: str, values: dict[str, Any] | None = None, *, by: str
) -> None:
    """Try it with the owner's rights and see that the database itself refuses it, and why."""
    with (
        pytest.raises(DBAPIError) as refusal,
        session.begin_nested(),
        with_owners_rights(session),
    ):
        session.execute(text(statement), values or {})
    assert isinstance(refusal.value, IntegrityError)
    assert by in str(refusal.value.orig)


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


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ({"strict": False}, "fk_ledger_accounts_code_strict_owned_ledger_chart"),
        ({"owner": NIL}, "ck_ledger_accounts_owned_says_whether_there_is_an_owner"),
        ({"owner": NIL, "owned": False}, "fk_ledger_accounts_code_strict_owned_ledger_chart"),
        ({"code": 2011}, "fk_ledger_accounts_code_strict_owned_ledger_chart"),
        ({"code": 1010}, "fk_ledger_accounts_code_strict_owned_ledger_chart"),
        ({"currency": "usd"}, "ck_ledger_accounts_currency_is_a_code"),
        ({"currency": "US"}, "ck_ledger_accounts_currency_is_a_code"),
    ],
)
def test_an_account_is_what_the_chart_says(
    session: Session, change: dict[str, Any], by: str
) -> None:
    account = {"code": 2010, "owner": uuid4(), "currency": "USD", "strict": True, "owned": True}

    refused(session, ACCOUNT, account | change, by=by)

    session.execute(text(ACCOUNT), account)
    refused(session, ACCOUNT, account, by="uq_ledger_accounts_code_owner_id_currency")


def test_an_event_has_one_entry(session: Session) -> None:
    row = entry_row()
    session.execute(text(ENTRY), row)

    refused(session, ENTRY, row | {"public_id": new_id()}, by="uq_journal_entries_idem_key")
    refused(session, ENTRY, entry_row(idem_key=""), by="ck_journal_entries_idem_key_is_given")


def test_an_entry_is_reversed_by_one_reversal(session: Session) -> None:
    undone = make_brand_funds(session, brand_id=uuid4(), amount=usd(5))
    reversal = entry_row(kind="reversal", reverses_id=undone)
    session.execute(text(ENTRY), reversal)

    refused(
        session,
        ENTRY,
        entry_row(kind="reversal", reverses_id=undone),
        by="uq_journal_entries_reverses_id",
    )
    for liar in (entry_row(kind="reversal"), entry_row(kind="fund", reverses_id=undone)):
        refused(session, ENTRY, liar, by="ck_journal_entries_a_reversal_names_its_entry")


def test_nothing_is_added_to_an_entry_afterwards(database_url: str) -> None:
    """Commits for real, so in a database of its own."""
    brand = AccountRef(Code.BRAND_FUNDS, uuid4())
    with fresh_database(database_url) as url:
        engine = create_engine(url)
        with Session(engine) as session:
            entry_id = make_brand_funds(session, brand_id=brand.owner, amount=usd(100))
            session.commit()
        with Session(engine) as session:
            late = {
                "entry_id": entry_id,
                "line": 2,
                "debit_id": account_id(session, PROCESSOR),
                "credit_id": account_id(session, brand),
                "debit_code": 1010,
                "credit_code": 2010,
                "kind": "fund",
                "currency": "USD",
                "amount_minor": 1,
            }

            refused(session, POSTING, late, by=ENTRY_DIFFERS)

            assert queries.balance_of(session, brand, currency="USD") == usd(100)
        engine.dispose()


def test_the_currency_of_a_posting_is_that_of_both_accounts(
    session: Session, posting: dict[str, Any]
) -> None:
    session.execute(
        text(ACCOUNT),
        {"code": 2020, "owner": uuid4(), "currency": "EUR", "strict": True, "owned": True},
    )
    euros = session.scalar(text("SELECT max(id) FROM ledger_accounts"))

    refused(session, POSTING, posting | {"credit_id": euros}, by=ACCOUNTS_DIFFER)
