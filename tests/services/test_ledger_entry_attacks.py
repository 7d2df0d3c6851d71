"""What the database refuses of accounts and entries, whoever writes it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from marketplace.kernel.ids import NIL, new_id
from marketplace.ledger import queries
from marketplace.ledger.rules import AccountRef, Code
from tests.databases import Template
from tests.factories.ledger import PROCESSOR, make_brand_funds, usd
from tests.services.attacking import (
    ACCOUNT,
    ACCOUNTS_DIFFER,
    ENTRY,
    ENTRY_DIFFERS,
    POSTING,
    account_id,
    entry_row,
    refused,
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


def test_nothing_is_added_to_an_entry_afterwards(template: Template) -> None:
    """Commits for real, so in a database of its own."""
    brand = AccountRef(Code.BRAND_FUNDS, uuid4())
    with template.copied() as url:
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
