"""The named invariants: silent on sound books, and each one finds the damage it is there for."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from marketplace.cli import ledger as ledger_commands
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money
from marketplace.ledger import checks, service
from marketplace.ledger.chart import CHART
from marketplace.ledger.checks import Check, CheckResult, Cover, Finding
from marketplace.ledger.rules import GRAMMAR, AccountRef, Code, EntryKind
from marketplace.store.session import db
from tests.conftest import damage, with_owners_rights
from tests.factories.ledger import (
    OCCURRED_AT,
    PROCESSOR,
    make_brand_funds,
    make_campaign_funds,
    make_creator_payable,
    make_entry,
    usd,
)


def xcd(minor: int) -> Money:
    """An amount in East Caribbean dollars: nobody else's books are in it."""
    return Money(minor, "XCD")


def results(session: Session) -> dict[str, CheckResult]:
    return {result.name: result for result in checks.run_all(session)}


def account_id(session: Session, ref: AccountRef) -> int:
    found = session.scalar(
        text("SELECT id FROM ledger_accounts WHERE code = :code AND owner_id = :owner"),
        {"code": ref.code.value, "owner": ref.owner},
    )
    assert type(found) is int
    return found


@pytest.fixture
def brand_funds(session: Session) -> AccountRef:
    """A brand that put 10.00 in."""
    ref = AccountRef(Code.BRAND_FUNDS, uuid4())
    make_brand_funds(session, brand_id=ref.owner, amount=xcd(1_000))
    return ref


def test_sound_books_pass_every_check(session: Session, brand_funds: AccountRef) -> None:
    make_campaign_funds(session, campaign_id=uuid4(), amount=xcd(500))
    make_creator_payable(session, creator_id=uuid4(), amount=xcd(95))
    fee = make_entry(
        session,
        (AccountRef(Code.PROCESSOR_FEES), PROCESSOR, usd(1)),
        (PROCESSOR, AccountRef(Code.PROCESSOR_FEES), usd(1)),
        kind=EntryKind.PROCESSOR_MOVEMENT,
    )
    service.reverse_entry(session, entry_id=fee, occurred_at=OCCURRED_AT, actor=SYSTEM)

    found = results(session)

    assert " ".join(found) == "G1 G2 I1 I2 I3 I5 I9 I11 I12 I10 I13 I4"
    assert [result for result in found.values() if not result.alarm and result.findings] == []
    assert found["G1"].figure == f"{len(checks.WANTED_TRIGGERS)} guards"
    assert found["G2"].figure == f"{len(CHART)} accounts, {len(GRAMMAR)} movements"
    assert "assets XCD 15.95" in found["I5"].figure
    assert "XCD 15.95 held, XCD 15.95 owed" in found["I4"].figure
    assert found["I1"].figure.endswith(" entries")
    assert found["I2"].figure.endswith(" balances")
    assert found["I11"].figure.endswith(" postings")
    assert found["I12"].figure == "1 reversal"


def test_money_that_is_owed_and_not_held_raises_an_alarm(
    session: Session, brand_funds: AccountRef
) -> None:
    make_entry(
        session,
        (AccountRef(Code.PROCESSOR_FEES), PROCESSOR, xcd(59)),
        kind=EntryKind.PROCESSOR_MOVEMENT,
    )

    cover = results(session)["I4"]

    assert Finding("currency XCD", "The platform must add cash: XCD 0.59.") in cover.findings
    assert (cover.passed, cover.alarm, cover.broken) == (False, True, False)
    assert [c for c in checks.cover_by_currency(session) if c.owed.currency == "XCD"] == [
        Cover(held=xcd(941), owed=xcd(1_000))
    ]


def test_our_own_fee_is_no_client_money_and_covers_what_the_processor_keeps(
    session: Session,
) -> None:
    campaign = AccountRef(Code.CAMPAIGN_FUNDS, uuid4())
    make_campaign_funds(session, campaign_id=campaign.owner, amount=xcd(1_100))
    make_entry(
        session,
        (campaign, AccountRef(Code.FEE_UNEARNED, campaign.owner), xcd(100)),
        kind=EntryKind.FEE,
    )
    make_entry(
        session,
        (AccountRef(Code.PROCESSOR_FEES), PROCESSOR, xcd(62)),
        kind=EntryKind.PROCESSOR_MOVEMENT,
    )

    [cover] = [c for c in checks.cover_by_currency(session) if c.owed.currency == "XCD"]

    assert (cover.held, cover.owed, cover.missing) == (xcd(1_038), xcd(1_000), xcd(0))


def test_money_taken_by_an_open_chargeback_still_counts_as_held(session: Session) -> None:
    chargeback = AccountRef(Code.CHARGEBACK_OPEN, uuid4())
    make_campaign_funds(session, campaign_id=uuid4(), amount=xcd(1_000))
    make_entry(session, (chargeback, PROCESSOR, xcd(400)), kind=EntryKind.CHARGEBACK_WITHDRAWN)

    [cover] = [c for c in checks.cover_by_currency(session) if c.owed.currency == "XCD"]

    assert (cover.held, cover.missing) == (xcd(1_000), xcd(0))


@pytest.mark.parametrize(("table", "trigger"), sorted(checks.WANTED_TRIGGERS), ids=str)
def test_a_guard_that_is_switched_off_is_missed(session: Session, table: str, trigger: str) -> None:
    assert checks.missing_triggers(session) == []

    with with_owners_rights(session):
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"))

    assert checks.missing_triggers(session) == [trigger]
    assert results(session)["G1"].findings == (Finding(trigger, "The guard is missing."),)


def test_a_guard_that_was_dropped_is_missed(session: Session) -> None:
    damage(session, "DROP TRIGGER postings_applied ON postings")

    assert checks.missing_triggers(session) == ["postings_applied"]


def test_a_movement_only_the_database_allows_is_found(session: Session) -> None:
    damage(session, "INSERT INTO posting_rules VALUES ('fund', 2010, 1010)")
    damage(session, "DELETE FROM posting_rules WHERE kind = 'mature'")
    text_of_it = "Only one of the database and the program allows this movement."

    assert results(session)["G2"].findings == (
        Finding("fund: 2010 / 1010", text_of_it),
        Finding("mature: 2040 / 2050", text_of_it),
    )


def test_an_account_the_database_describes_differently_is_found(session: Session) -> None:
    damage(session, "UPDATE ledger_chart SET name = 'Petty cash' WHERE code = 1010")
    text_of_it = "The database and the program describe it differently."

    assert results(session)["G2"].findings == (Finding("account 1010", text_of_it),) * 2


def test_an_entry_without_postings_is_found(session: Session) -> None:
    entry_id = session.scalar(
        text(
            "INSERT INTO journal_entries (public_id, kind, idem_key, occurred_at, accounting_date,"
            " actor) VALUES (:id, 'fund', 'fund:hollow', now(), now(), 'system') RETURNING id"
        ),
        {"id": uuid4()},
    )

    assert results(session)["I1"].findings == (
        Finding(f"journal entry {entry_id}", "It has no postings."),
    )


def test_a_kept_balance_that_drifted_is_found(session: Session, brand_funds: AccountRef) -> None:
    account = account_id(session, brand_funds)
    damage(
        session,
        "UPDATE ledger_balances SET balance_minor = 1001 WHERE account_id = :id",
        id=account,
    )

    assert results(session)["I2"].findings == (
        Finding(
            f"ledger account {account}",
            "The kept balance is XCD 10.01, its postings say XCD 10.00.",
        ),
    )


def test_a_lost_balance_is_found_even_of_an_account_that_was_never_used(session: Session) -> None:
    ref = AccountRef(Code.BRAND_FUNDS, uuid4())
    service.lock_accounts(session, refs=[ref], currency="XCD")
    account = account_id(session, ref)
    damage(session, "DELETE FROM ledger_balances WHERE account_id = :id", id=account)

    assert results(session)["I2"].findings == (
        Finding(
            f"ledger account {account}",
            "The kept balance is missing, its postings say XCD 0.00.",
        ),
    )


def test_a_debt_is_recounted_on_its_own_side(session: Session) -> None:
    owed = AccountRef(Code.OWED_BY_CREATOR, uuid4())
    make_entry(
        session, (owed, AccountRef(Code.CAMPAIGN_FUNDS, uuid4()), xcd(70)), kind=EntryKind.CLAWBACK
    )

    assert results(session)["I2"].passed


def test_an_account_below_zero_is_found(session: Session, brand_funds: AccountRef) -> None:
    account = account_id(session, brand_funds)
    damage(
        session,
        "ALTER TABLE ledger_balances DROP CONSTRAINT ck_ledger_balances_balance_is_not_negative",
    )
    damage(
        session, "UPDATE ledger_balances SET balance_minor = -1 WHERE account_id = :id", id=account
    )

    assert results(session)["I3"].findings == (
        Finding(f"ledger account {account}", "Its balance is -XCD 0.01."),
    )


def test_an_event_written_twice_is_found(session: Session, brand_funds: AccountRef) -> None:
    for number in (1, 2):
        make_entry(
            session,
            (PROCESSOR, brand_funds, xcd(5)),
            kind=EntryKind.FUND,
            idem_key=f"fund:ch_double_{number}",
        )
    damage(session, "ALTER TABLE journal_entries DROP CONSTRAINT uq_journal_entries_idem_key")
    damage(
        session,
        "UPDATE journal_entries SET idem_key = 'fund:ch_double'"
        " WHERE idem_key LIKE 'fund:ch\\_double\\__'",
    )

    assert results(session)["I9"].findings == (
        Finding("fund:ch_double", "It was written 2 times."),
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("currency = 'EUR'", "Its currency or codes are not those of its accounts."),
        ("debit_code = 1020", "Its currency or codes are not those of its accounts."),
        ("credit_code = 2020", "Its currency or codes are not those of its accounts."),
        ("credit_id = -1", "Its currency or codes are not those of its accounts."),
        ("kind = 'bonus'", "Its entry is gone, or of another kind."),
        ("debit_id = credit_id, debit_code = 2010", "The grammar of money has no such movement."),
    ],
)
def test_a_posting_that_does_not_fit_is_found(
    session: Session, brand_funds: AccountRef, change: str, why: str
) -> None:
    entry_id = make_entry(session, (PROCESSOR, brand_funds, xcd(5)), kind=EntryKind.FUND)
    damage(session, f"UPDATE postings SET {change} WHERE entry_id = :id", id=entry_id)

    assert results(session)["I11"].findings == (
        Finding(f"journal entry {entry_id}, posting 1", why),
    )


def test_a_posting_whose_entry_is_gone_is_found(session: Session, brand_funds: AccountRef) -> None:
    entry_id = make_entry(session, (PROCESSOR, brand_funds, xcd(5)), kind=EntryKind.FUND)
    damage(session, "DELETE FROM journal_entries WHERE id = :id", id=entry_id)

    assert results(session)["I11"].findings == (
        Finding(f"journal entry {entry_id}, posting 1", "Its entry is gone, or of another kind."),
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE postings SET amount_minor = 4 WHERE entry_id = :reversal AND line = 1",
        "UPDATE postings SET debit_id = credit_id WHERE entry_id = :reversal AND line = 1",
        "DELETE FROM postings WHERE entry_id = :reversal AND line = 2",
        "DELETE FROM postings WHERE entry_id = :undone AND line = 2",
    ],
)
def test_a_reversal_that_is_no_mirror_is_found(
    session: Session, brand_funds: AccountRef, change: str
) -> None:
    undone = make_entry(
        session,
        (PROCESSOR, brand_funds, xcd(5)),
        (AccountRef(Code.PROCESSOR_FEES), PROCESSOR, xcd(1)),
        kind=EntryKind.FUND,
    )
    reversal = service.reverse_entry(
        session, entry_id=undone, occurred_at=OCCURRED_AT, actor=SYSTEM
    )
    assert results(session)["I12"].passed
    damage(session, change, reversal=reversal, undone=undone)

    assert results(session)["I12"].findings == (
        Finding(f"journal entry {reversal}", "It is not the mirror of the entry it reverses."),
    )


def test_a_room_above_runs_its_own_invariants_beside_these(session: Session) -> None:
    sad = Check(
        "X1", "Nothing is wrong", lambda _: [Finding("payout 1", "It hangs.")], lambda _: "1 payout"
    )

    assert checks.run(session, [sad]) == [
        CheckResult(
            "X1", "Nothing is wrong", False, "1 payout", (Finding("payout 1", "It hangs."),), False
        )
    ]


@pytest.fixture
def terminal(connection: Connection, database_url: str) -> Iterator[Flask]:
    """As much of the product as the command needs, inside the test's own transaction."""
    app = Flask("terminal")
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    db.init_app(app)
    app.cli.add_command(ledger_commands.group)
    with app.app_context():
        engines = db._app_engines[app]
        real = engines[None]
        engines[None] = connection  # type: ignore[assignment]  # a bind may be a connection
    yield app
    engines[None] = real
    real.dispose()


def test_the_command_prints_every_invariant_and_succeeds_on_sound_books(
    terminal: Flask, session: Session, brand_funds: AccountRef
) -> None:
    outcome = terminal.test_cli_runner().invoke(args=["ledger", "check"])

    assert outcome.exit_code == 0
    lines = outcome.output.splitlines()
    assert lines[0] == "ok     G1   Every guard of the ledger is in place (24 guards)"
    for check in checks.CHECKS:
        assert any(f" {check.name:4} {check.title} (" in line for line in lines)


def test_the_command_names_an_alarm_and_still_succeeds(
    terminal: Flask, session: Session, brand_funds: AccountRef
) -> None:
    make_entry(
        session,
        (AccountRef(Code.PROCESSOR_FEES), PROCESSOR, xcd(59)),
        kind=EntryKind.PROCESSOR_MOVEMENT,
    )

    outcome = terminal.test_cli_runner().invoke(args=["ledger", "check"])

    assert outcome.exit_code == 0
    assert (
        "ALARM  I4   We hold at least what belongs to brands, creators and causes" in outcome.output
    )
    assert "            currency XCD: The platform must add cash: XCD 0.59." in outcome.output


def test_the_command_fails_when_an_invariant_is_broken(
    terminal: Flask, session: Session, brand_funds: AccountRef
) -> None:
    account = account_id(session, brand_funds)
    damage(
        session, "UPDATE ledger_balances SET balance_minor = 7 WHERE account_id = :id", id=account
    )

    outcome = terminal.test_cli_runner().invoke(args=["ledger", "check"])

    assert outcome.exit_code == 1
    assert "BROKEN I2   Every kept balance is what its postings add up to" in outcome.output
    assert (
        f"            ledger account {account}: The kept balance is XCD 0.07,"
        " its postings say XCD 10.00." in outcome.output
    )
    assert outcome.output.splitlines()[-1] == "Error: broken: I2"
