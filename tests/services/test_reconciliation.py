"""The processor's statement beside the ledger: pairs, breaks, and the invariants over both."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.money import Money
from marketplace.reconciliation import queries
from marketplace.reconciliation import service as reconciliation
from marketplace.reconciliation.models import Pairing, ReconciliationBreak, StatementLine
from marketplace.reconciliation.rules import BreakKind, BreakState
from tests.conftest import NOON
from tests.factories.ledger import usd
from tests.services.statements import (
    DAY,
    breaks,
    charge,
    check,
    line,
    pairings,
    read,
    rung,
)

# Pairing.


def test_a_line_and_an_entry_of_one_charge_are_paired(session: Session) -> None:
    charge(session)

    assert read(session, line()) == 1

    assert breaks(session) == []
    pairing = session.scalars(select(Pairing)).one()
    kept = session.scalars(select(StatementLine)).one()
    assert pairing.line_id == kept.id
    assert (kept.amount_minor, kept.fee_minor, kept.net_minor) == (11_000, 349, 10_651)
    assert kept.raw == {"id": "txn_ch_1"}
    (compared,) = queries.compare_balances(session)
    assert (compared.processor, compared.ledger, compared.explained) == (
        usd(10_651),
        usd(10_651),
        usd(0),
    )
    assert check(session, "R1").passed is True
    assert check(session, "I8").passed is True


def test_the_same_statement_again_adds_nothing(session: Session) -> None:
    charge(session)
    read(session, line())

    assert read(session, line(), now=NOON + timedelta(minutes=15)) == 0

    assert session.scalar(select(func.count()).select_from(StatementLine)) == 1
    assert pairings(session) == 1
    assert breaks(session) == []


def test_a_line_stays_as_it_was_first_read(session: Session) -> None:
    charge(session)
    read(session, line())

    read(session, line(amount=99_999), there=10_651)

    assert session.scalars(select(StatementLine.amount_minor)).all() == [11_000]
    assert breaks(session) == []


def test_a_long_statement_is_kept_whole(session: Session) -> None:
    statement = reconciliation.import_statement(
        session,
        lines=[line(f"ch_{number}", amount=100, fee=0) for number in range(6_000)],
        balances={},
        from_at=NOON - DAY,
        until_at=NOON,
        now=NOON,
    )

    assert (statement.line_count, statement.new_line_count) == (6_000, 6_000)
    assert session.scalar(select(func.count()).select_from(StatementLine)) == 6_000


def test_an_empty_statement_is_kept_as_read(session: Session) -> None:
    assert read(session) == 0

    statement = queries.last_statement(session)
    assert statement is not None
    assert (statement.line_count, statement.new_line_count) == (0, 0)
    assert breaks(session) == []


# Breaks.


def test_another_amount_is_a_break_to_the_cent(session: Session) -> None:
    charge(session)

    read(session, line(amount=11_001))

    assert breaks(session) == [(BreakKind.AMOUNT_DIFFERS, "txn_ch_1", 1)]
    assert pairings(session) == 0
    assert check(session, "R1").passed is False
    # The two balances differ by what the two unpaired records explain.
    assert check(session, "I8").passed is True


def test_a_movement_that_the_ledger_does_not_know_is_a_break_at_once(session: Session) -> None:
    read(session, line("py_9", amount=500, fee=0))

    assert breaks(session) == [(BreakKind.MISSING_IN_LEDGER, "txn_py_9", 500)]
    assert rung(session) == 1


def test_an_entry_waits_a_day_for_its_line(session: Session) -> None:
    charge(session)

    read(session, now=NOON + DAY)
    assert breaks(session) == []
    read(session, now=NOON + DAY + timedelta(seconds=1))

    assert breaks(session) == [(BreakKind.MISSING_AT_PROCESSOR, "fund:ch_1", -10_651)]


def test_a_balance_that_nothing_explains_is_a_break(session: Session) -> None:
    charge(session)

    read(session, line(), there=10_650)

    assert breaks(session) == [(BreakKind.BALANCE_DIFFERS, "USD", -1)]
    i8 = check(session, "I8")
    assert (i8.passed, i8.broken, i8.alarm) == (False, False, True)
    assert [finding.text for finding in i8.findings] == [
        "The processor says USD 106.50, the ledger USD 106.51; -USD 0.01 is unexplained."
    ]
    assert i8.figure == "USD 106.50 there, USD 106.51 here"


def test_a_currency_that_only_the_processor_has_is_compared_as_well(session: Session) -> None:
    reconciliation.import_statement(
        session,
        lines=[],
        balances={"EUR": Money(5, "EUR")},
        from_at=NOON - DAY,
        until_at=NOON,
        now=NOON,
    )
    reconciliation.reconcile(session, now=NOON)

    assert breaks(session) == [(BreakKind.BALANCE_DIFFERS, "EUR", 5)]


def test_a_currency_that_only_the_ledger_has_is_compared_as_well(session: Session) -> None:
    charge(session)
    read(session, line())
    later = NOON + timedelta(minutes=15)

    reconciliation.import_statement(
        session, lines=[], balances={}, from_at=NOON, until_at=later, now=later
    )
    reconciliation.reconcile(session, now=later)

    assert breaks(session) == [(BreakKind.BALANCE_DIFFERS, "USD", -10_651)]
    assert check(session, "I8").figure == "USD 0.00 there, USD 106.51 here"


def test_a_break_that_is_found_again_stays_one_and_rings_once(session: Session) -> None:
    for minutes in range(3):
        read(session, line("py_9"), now=NOON + timedelta(minutes=15 * minutes))

    assert len(session.scalars(select(ReconciliationBreak)).all()) == 1
    assert rung(session) == 1
    assert queries.open_breaks(session)[0].opened_at == NOON


def test_a_break_that_agrees_later_is_resolved_by_itself(session: Session) -> None:
    read(session, line())
    assert breaks(session) == [(BreakKind.MISSING_IN_LEDGER, "txn_ch_1", 10_651)]
    charge(session)

    read(session, there=10_651, now=NOON + timedelta(minutes=15))

    assert breaks(session) == []
    found = session.scalars(select(ReconciliationBreak)).one()
    assert (found.state, found.resolution, found.resolved_at) == (
        BreakState.RESOLVED,
        "Agrees now: found by the next run.",
        NOON + timedelta(minutes=15),
    )
    assert pairings(session) == 1
    assert check(session, "R1").passed is True
    assert check(session, "I8").passed is True


# Resolving.


@pytest.fixture
def broken(session: Session) -> UUID:
    read(session, line("py_9", amount=500, fee=0))
    return queries.open_breaks(session)[0].id


def test_staff_resolve_a_break_with_a_note(session: Session, broken: UUID, stella: Actor) -> None:
    found = reconciliation.resolve_break(
        session, actor=stella, break_id=broken, resolution="A test payment.", now=NOON
    )

    assert (found.state, found.resolution, found.resolved_at) == (
        BreakState.RESOLVED,
        "A test payment.",
        NOON,
    )
    assert queries.open_breaks(session) == []
    assert check(session, "R1").passed is True


def test_a_break_without_a_note_stays_open(session: Session, broken: UUID, stella: Actor) -> None:
    with pytest.raises(InvalidInput) as refusal:
        reconciliation.resolve_break(
            session, actor=stella, break_id=broken, resolution="", now=NOON
        )

    assert refusal.value.problems == {"resolution": "Say what you found out."}
    assert len(queries.open_breaks(session)) == 1


def test_only_staff_resolve_breaks(
    session: Session, broken: UUID, alice: Actor, bea: Actor, fiona: Actor
) -> None:
    for person in (alice, bea, fiona):
        with pytest.raises(NotPermitted):
            reconciliation.resolve_break(
                session, actor=person, break_id=broken, resolution="Mine.", now=NOON
            )
    assert len(queries.open_breaks(session)) == 1


def test_a_break_is_resolved_once(session: Session, broken: UUID, stella: Actor) -> None:
    def resolve() -> None:
        reconciliation.resolve_break(
            session, actor=stella, break_id=broken, resolution="Known.", now=NOON
        )

    resolve()
    with pytest.raises(Conflict):
        resolve()


def test_a_break_that_is_not_there_cannot_be_resolved(session: Session, stella: Actor) -> None:
    with pytest.raises(NotFound):
        reconciliation.resolve_break(
            session, actor=stella, break_id=uuid4(), resolution="?", now=NOON
        )


def test_a_break_that_was_resolved_and_is_still_there_is_opened_anew(
    session: Session, broken: UUID, stella: Actor
) -> None:
    reconciliation.resolve_break(
        session, actor=stella, break_id=broken, resolution="Gone, I thought.", now=NOON
    )
    session.flush()

    read(session, there=500, now=NOON + timedelta(minutes=15))

    assert breaks(session) == [(BreakKind.MISSING_IN_LEDGER, "txn_py_9", 500)]
    assert queries.open_breaks(session)[0].id != broken
    assert rung(session) == 2


def test_r1_is_an_alarm_and_says_how_many(session: Session, broken: UUID) -> None:
    r1 = check(session, "R1")

    assert (r1.passed, r1.broken, r1.figure) == (False, False, "1 open break")
    assert [f.subject for f in r1.findings] == ["txn_py_9"]


def test_after_a_clock_that_was_ahead_the_next_reading_is_the_newest(session: Session) -> None:
    charge(session)
    read(session, line(), there=1, now=NOON + 30 * DAY)
    ahead = queries.last_statement(session)
    assert check(session, "I8").passed is False

    read(session, line(), there=10_651, now=NOON)

    last = queries.last_statement(session)
    assert ahead is not None
    assert last is not None
    assert (last.read_at, last.id == ahead.id) == (NOON, False)
    assert check(session, "I8").passed is True
