"""Closing a month: nothing is dated into it any more, and what comes late keeps its moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.kernel.money import Money
from marketplace.ledger import checks, queries, service
from marketplace.ledger.models import AccountingPeriod
from marketplace.ledger.rules import AccountRef, Code, EntryKind, PeriodState
from tests.conftest import damage, make_person
from tests.factories.ledger import PROCESSOR, make_brand_funds, make_entry, usd

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
IN_SEPTEMBER = datetime(2026, 9, 30, 12, tzinfo=UTC)
IN_OCTOBER = datetime(2026, 10, 20, 12, tzinfo=UTC)
IN_NOVEMBER = datetime(2026, 11, 2, 12, tzinfo=UTC)
SUSPENSE = AccountRef(Code.SUSPENSE)


def fund(session: Session, at: datetime) -> int:
    return make_entry(
        session,
        (PROCESSOR, AccountRef(Code.BRAND_FUNDS, uuid4()), usd(100)),
        kind=EntryKind.FUND,
        occurred_at=at,
    )


def close(session: Session, month: date, by: Actor, now: datetime = IN_NOVEMBER) -> None:
    service.close_period(session, month=month, actor=by, now=now)


def steps(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AccountingPeriod)) or 0


def test_a_late_event_is_booked_on_the_first_open_day_and_keeps_its_moment(
    session: Session, stella: Actor
) -> None:
    fund(session, IN_OCTOBER)
    close(session, OCTOBER, stella)

    late, timely = (
        queries.entry(session, fund(session, IN_OCTOBER)),
        queries.entry(session, fund(session, IN_NOVEMBER)),
    )

    assert (late.occurred_at, late.accounting_date) == (IN_OCTOBER, date(2026, 11, 1))
    assert timely.accounting_date == date(2026, 11, 2)
    [step] = queries.period_steps(session)
    assert (step.month, step.state, step.actor) == (OCTOBER, "closed", f"user:{stella.user_id}")
    assert queries.last_closed_month(session) == OCTOBER


def test_the_database_itself_refuses_an_entry_in_a_closed_month(
    session: Session, stella: Actor
) -> None:
    close(session, OCTOBER, stella)

    with (
        pytest.raises(IntegrityError, match="the accounting period is closed"),
        session.begin_nested(),
    ):
        session.execute(
            text(
                "INSERT INTO journal_entries"
                " (public_id, kind, idem_key, occurred_at, accounting_date, actor)"
                " VALUES (:id, 'fund', 'fund:backdated', now(), '2026-10-31', 'system')"
            ),
            {"id": uuid4()},
        )

    assert queries.entry_by_key(session, "fund:backdated") is None


def test_the_day_is_that_of_the_books_own_zone(session: Session) -> None:
    last_minutes = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # the first of November in Berlin
    assert queries.entry(session, fund(session, last_minutes)).accounting_date == date(2026, 10, 31)

    service.use_zone("Europe/Berlin")
    try:
        found = queries.entry(session, fund(session, last_minutes))
    finally:
        service.use_zone("UTC")

    assert (found.occurred_at, found.accounting_date) == (last_minutes, date(2026, 11, 1))


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        (datetime(2026, 10, 31, 23, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 1, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_month_is_closed_once_it_is_over(
    session: Session, stella: Actor, now: datetime, *, refused: bool
) -> None:
    if refused:
        with pytest.raises(Conflict, match=r"^2026-10 is not over yet$"):
            close(session, OCTOBER, stella, now)
    else:
        close(session, OCTOBER, stella, now)

    assert steps(session) == (0 if refused else 1)


def test_a_month_is_closed_once(session: Session, stella: Actor) -> None:
    close(session, OCTOBER, stella)

    for month in (OCTOBER, SEPTEMBER):
        with pytest.raises(Conflict, match=f"^{month:%Y-%m} is closed already$"):
            close(session, month, stella)

    assert steps(session) == 1


def test_months_are_closed_one_after_the_other(session: Session, stella: Actor) -> None:
    fund(session, IN_SEPTEMBER)
    fund(session, datetime(2026, 8, 1, tzinfo=UTC))

    with pytest.raises(Conflict, match=r"^Close 2026-08, 2026-09 first$"):
        close(session, OCTOBER, stella)
    assert steps(session) == 0

    close(session, date(2026, 8, 1), stella)
    close(session, SEPTEMBER, stella)
    close(session, OCTOBER, stella)
    assert queries.last_closed_month(session) == OCTOBER


def test_a_month_is_not_closed_while_something_is_not_identified(
    session: Session, stella: Actor
) -> None:
    make_entry(
        session, (PROCESSOR, SUSPENSE, usd(250)), kind=EntryKind.SUSPENSE, occurred_at=IN_OCTOBER
    )

    make_entry(
        session,
        (SUSPENSE, PROCESSOR, Money(7, "EUR")),
        kind=EntryKind.SUSPENSE,
        occurred_at=IN_OCTOBER,
    )

    with pytest.raises(Conflict) as refused:
        close(session, OCTOBER, stella)
    assert refused.value.reason == (
        "On the suspense account are EUR 0.07, -USD 2.50: identify what they are first"
    )
    assert steps(session) == 0

    make_entry(
        session,
        (PROCESSOR, SUSPENSE, Money(7, "EUR")),
        kind=EntryKind.SUSPENSE,
        occurred_at=IN_OCTOBER,
    )
    brand = AccountRef(Code.BRAND_FUNDS, uuid4())
    make_entry(
        session, (SUSPENSE, brand, usd(250)), kind=EntryKind.IDENTIFY, occurred_at=IN_OCTOBER
    )
    make_entry(  # what is unknown of a later month does not matter to this one
        session, (PROCESSOR, SUSPENSE, usd(1)), kind=EntryKind.SUSPENSE, occurred_at=IN_NOVEMBER
    )
    close(session, OCTOBER, stella)
    assert steps(session) == 1


def test_only_the_month_that_was_closed_last_is_opened_again(
    session: Session, stella: Actor
) -> None:
    for month in (SEPTEMBER, OCTOBER):
        close(session, month, stella)

    with pytest.raises(Conflict, match=r"^Open 2026-10 first: it was closed after 2026-09$"):
        service.reopen_period(session, month=SEPTEMBER, actor=stella, reason="A late bill")
    with pytest.raises(Conflict, match=r"^2026-11 is not closed$"):
        service.reopen_period(session, month=date(2026, 11, 1), actor=stella, reason="A late bill")
    with pytest.raises(InvalidInput) as silent:
        service.reopen_period(session, month=OCTOBER, actor=stella, reason="  ")
    assert silent.value.problems == {"reason": "Say why the month is opened again."}
    assert steps(session) == 2

    service.reopen_period(session, month=OCTOBER, actor=stella, reason=" A late bill ")

    step = queries.period_steps(session)[0]
    assert (step.month, step.state, step.actor, step.reason) == (
        OCTOBER,
        PeriodState.OPEN,
        f"user:{stella.user_id}",
        "A late bill",
    )
    assert queries.last_closed_month(session) == SEPTEMBER
    assert queries.entry(session, fund(session, IN_OCTOBER)).accounting_date == date(2026, 10, 20)
    assert queries.entry(session, fund(session, IN_SEPTEMBER)).accounting_date == OCTOBER
    close(session, OCTOBER, stella)
    assert [step.reason for step in queries.period_steps(session)] == ["", "A late bill", "", ""]


def test_a_month_that_was_never_closed_is_not_opened(session: Session, stella: Actor) -> None:
    with pytest.raises(Conflict, match=r"^2026-10 is not closed$"):
        service.reopen_period(session, month=OCTOBER, actor=stella, reason="A late bill")

    assert steps(session) == 0


def test_a_month_is_over_when_it_is_over_where_the_books_are(
    session: Session, stella: Actor
) -> None:
    first_minutes = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # the first of November in Berlin

    with pytest.raises(Conflict, match=r"^2026-10 is not over yet$"):
        close(session, OCTOBER, stella, first_minutes)
    service.use_zone("Europe/Berlin")
    try:
        close(session, OCTOBER, stella, first_minutes)
    finally:
        service.use_zone("UTC")

    assert queries.last_closed_month(session) == OCTOBER


def test_whoever_takes_the_books_holds_alone_what_writers_share(session: Session) -> None:
    def held() -> dict[str, set[tuple[int, int]]]:
        rows = session.execute(
            text(
                "SELECT mode, classid::bigint, objid::bigint FROM pg_locks"
                " WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
        )
        found: dict[str, set[tuple[int, int]]] = {}
        for mode, *key in rows:
            found.setdefault(mode, set()).add(tuple(key))
        return found

    fund(session, IN_NOVEMBER)
    shared = held()["ShareLock"]

    service.take_the_books(session)

    assert held()["ExclusiveLock"] == shared


def test_an_entry_that_came_into_a_closed_month_all_the_same_is_found(
    session: Session, stella: Actor
) -> None:
    before = fund(session, IN_OCTOBER)
    close(session, OCTOBER, stella)
    intruder = fund(session, IN_OCTOBER)
    assert {r.name: r.passed for r in checks.run_all(session)}["I10"]
    damage(
        session,
        "UPDATE journal_entries SET accounting_date = '2026-10-20' WHERE id = :id",
        id=intruder,
    )

    [found] = [result for result in checks.run_all(session) if result.name == "I10"]

    assert before < intruder
    assert [(f.subject, f.text) for f in found.findings] == [
        (f"journal entry {intruder}", "It was dated into 2026-10 after its close.")
    ]
    assert (found.broken, found.figure) == (True, "closed up to 2026-10")


def test_a_month_before_the_first_that_was_closed_is_closed_as_well(
    session: Session, stella: Actor
) -> None:
    fund(session, IN_OCTOBER)
    close(session, OCTOBER, stella)
    intruder = fund(session, IN_OCTOBER)
    damage(
        session,
        "UPDATE journal_entries SET accounting_date = '2026-08-31' WHERE id = :id",
        id=intruder,
    )

    [found] = [result for result in checks.run_all(session) if result.name == "I10"]

    assert [(f.subject, f.text) for f in found.findings] == [
        (f"journal entry {intruder}", "It was dated into 2026-08 after its close.")
    ]


@pytest.fixture
def said(app: Flask, session: Session) -> Iterator[object]:
    """Run a command of the ledger as stella; returns its exit code and what it said."""
    make_person(session, "fin", is_staff=True)
    make_brand_funds(session, brand_id=uuid4(), amount=usd(1))
    session.commit()

    def run(*words: str) -> tuple[int, str]:
        outcome = app.test_cli_runner().invoke(args=["ledger", *words])
        return outcome.exit_code, outcome.output.strip()

    return run


def test_the_commands_close_a_month_and_open_it_again(said: object) -> None:
    assert callable(said)
    by = ("--by", "fin@example.test")
    assert said("periods") == (0, "No month is closed yet.")
    assert said("close-period", "2025-10", *by) == (
        0,
        "2025-10 is closed: what comes late is booked on the first open day.",
    )
    assert said("close-period", "2025-10", *by) == (1, "Error: 2025-10 is closed already.")
    assert said("close-period", "2025-1", *by) == (
        1,
        "Error: “2025-1” is no month: write it as 2026-11.",
    )
    assert said("close-period", "2025-11", "--by", "nobody@example.test") == (
        1,
        "Error: nobody@example.test is no member of staff.",
    )
    assert said("open-period", "2025-10", *by, "--reason", " ") == (
        1,
        "Error: Say why the month is opened again.",
    )
    assert said("open-period", "2025-10", *by, "--reason", "A late bill") == (
        0,
        "2025-10 is open again.",
    )
    code, told = said("periods")
    assert code == 0
    assert [line.split()[:2] for line in told.splitlines()] == [
        ["2025-10", "open"],
        ["2025-10", "closed"],
    ]
    assert told.splitlines()[0].endswith(": A late bill")
