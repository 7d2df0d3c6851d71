"""Writing into the books by SQL alone, with the rights of their owner."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from tests.conftest import with_owners_rights
from tests.factories.ledger import OCCURRED_AT, make_brand_funds, make_entry, usd

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
ENTRY_DIFFERS = "postings are of the kind and the transaction of their entry"
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


def lawful_posting(session: Session) -> dict[str, Any]:
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
