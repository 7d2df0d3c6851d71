"""What was in the bank when the books began: booked once, from a terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.money import Money
from marketplace.ledger import queries
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code
from marketplace.reconciliation import checks
from tests.conftest import make_person

Said = Callable[..., tuple[int, str]]
BY = ("--by", "fin@example.test")


@pytest.fixture
def said(app: Flask, session: Session) -> Said:
    """Run a command of the ledger; returns its exit code and what it said."""
    make_person(session, "fin", is_staff=True)
    session.commit()

    def run(*words: str) -> tuple[int, str]:
        outcome = app.test_cli_runner().invoke(args=["ledger", *words])
        session.expire_all()
        return outcome.exit_code, outcome.output.strip()

    return run


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


def test_what_the_bank_began_with_is_booked_once_for_each_account_and_currency(
    session: Session, said: Said
) -> None:
    assert said("open-bank", "1030", "12000.00", "usd", *BY) == (
        0,
        "1030 began with USD 12,000.00.",
    )
    assert said("open-bank", "1030", "12000.00", "USD", *BY) == (
        1,
        "Error: What 1030 began with in USD is booked already.",
    )
    assert said("open-bank", "1040", "5000", "JPY", *BY)[0] == 0

    def held(code: Code, currency: str) -> Money:
        return queries.balance_of(session, AccountRef(code), currency=currency)

    assert held(Code.BANK_OPERATING, "USD") == Money(1_200_000, "USD")
    assert held(Code.OPENING_BALANCES, "USD") == Money(1_200_000, "USD")
    assert held(Code.BANK_CLIENT_MONEY, "JPY") == Money(5_000, "JPY")
    assert entries(session) == 2
    assert [each.name for each in checks.run_all(session) if not each.passed] == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("1010", "1", "USD"), 2, "'1010' is not one of '1030', '1040'"),
        (("1030", "1.234", "USD"), 1, "USD has 2 decimals at most."),
        (("1030", "1,5", "USD"), 1, "Write the amount with a point"),
        (("1030", "0", "USD"), 1, "The amount must be more than 0."),
        (("1030", "1", "XXX"), 1, "XXX"),
    ],
)
def test_what_cannot_have_been_in_the_bank_is_refused_and_books_nothing(
    session: Session, said: Said, words: tuple[str, ...], code: int, told: str
) -> None:
    outcome = said("open-bank", *words, *BY)

    assert outcome[0] == code
    assert told in outcome[1]
    assert entries(session) == 0


def test_only_staff_say_what_the_bank_began_with(session: Session, said: Said) -> None:
    assert said("open-bank", "1030", "1.00", "USD", "--by", "nobody@example.test") == (
        1,
        "Error: nobody@example.test is no member of staff.",
    )
    assert entries(session) == 0
