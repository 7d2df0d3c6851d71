"""What the processor moves by itself: booked by its type, or in suspense until it is known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code
from marketplace.reconciliation import checks, queries
from marketplace.reconciliation.rules import BreakKind, BreakState
from marketplace.treasury import queries as treasury_queries
from marketplace.treasury import service as treasury
from tests.conftest import NOON
from tests.factories.ledger import make_brand_funds, usd
from tests.factories.money import read_statement, statement_line

QUARTER = timedelta(minutes=15)


def balance(session: Session, code: Code) -> Money:
    return ledger.balance_of(session, AccountRef(code), currency="USD")


def breaks(session: Session) -> list[tuple[BreakKind, str, int]]:
    return [(b.kind, b.reference, b.difference_minor) for b in queries.open_breaks(session)]


def test_known_types_are_booked_once_however_often_they_are_read(session: Session) -> None:
    lines = [
        statement_line("txn_fee", source=None, amount=usd(-200), kind="stripe_fee"),
        statement_line("txn_hold", source=None, amount=usd(-900), kind="reserve_hold"),
        statement_line("txn_free", source="rsv_1", amount=usd(400), kind="reserve_release"),
        statement_line("txn_tax", source=None, amount=usd(-30), kind="tax_fee"),
    ]

    for sweep in range(3):
        read_statement(session, *lines, balances=[usd(-730)], at=NOON + sweep * QUARTER)

    assert balance(session, Code.PROCESSOR_FEES) == usd(230)
    assert balance(session, Code.PROCESSOR_RESERVE) == usd(500)
    assert balance(session, Code.PROCESSOR_BALANCE) == usd(-730)
    assert balance(session, Code.SUSPENSE) == usd(0)
    assert breaks(session) == []
    assert queries.unpaired_lines(session) == []


@pytest.mark.parametrize(("minor", "becomes"), [(700, None), (-700, Code.LOSSES)])
def test_an_unknown_type_is_in_suspense_and_a_break_until_somebody_says_what_it_was(
    session: Session, stella: Actor, acme: Brand, minor: int, becomes: Code | None
) -> None:
    make_brand_funds(session, brand_id=acme.id, amount=usd(5_000))
    odd = statement_line("txn_odd", source=None, amount=usd(minor), kind="moonlight")
    for sweep in range(2):
        read_statement(session, odd, balances=[usd(5_000 + minor)], at=NOON + sweep * QUARTER)

    assert (BreakKind.UNIDENTIFIED, "bt:txn_odd", minor) in breaks(session)
    assert balance(session, Code.SUSPENSE) == usd(-minor)
    (moved,) = treasury_queries.suspended_movements(session)
    assert (moved.net, moved.memo) == (usd(minor), "The processor calls it “moonlight”")

    treasury.ask_identification(
        session,
        actor=stella,
        movement_id=moved.public_id,
        becomes=AccountRef(becomes) if becomes else AccountRef(Code.BRAND_FUNDS, acme.id),
        reason="Found on the statement.",
        now=NOON,
    )
    session.flush()
    read_statement(session, odd, balances=[usd(5_000 + minor)], at=NOON + 2 * QUARTER)

    assert balance(session, Code.SUSPENSE) == usd(0)
    assert [b for b in breaks(session) if b[0] is BreakKind.UNIDENTIFIED] == []
    resolved = queries.resolved_breaks(session, page=1).rows
    assert [(b.kind, b.state) for b in resolved] == [(BreakKind.UNIDENTIFIED, BreakState.RESOLVED)]
    said_by = ledger.entry_by_key(session, "ident:bt:txn_odd")
    assert said_by is not None
    assert resolved[0].resolution == f"Somebody has said what it was: entry {said_by.id}."
    assert [r.name for r in checks.run_all(session) if r.broken] == []


def test_what_another_flow_should_have_booked_is_a_break_for_a_day_and_then_in_suspense(
    session: Session,
) -> None:
    late = statement_line("txn_late", source="tr_9", amount=usd(-100), kind="transfer")

    found_late = NOON + timedelta(days=3)
    for hours in (0, 24):
        read_statement(session, late, balances=[usd(-100)], at=found_late + timedelta(hours=hours))
    assert breaks(session) == [(BreakKind.MISSING_IN_LEDGER, "txn_late", -100)]
    assert balance(session, Code.SUSPENSE) == usd(0)

    read_statement(session, late, balances=[usd(-100)], at=found_late + timedelta(hours=25))
    assert breaks(session) == [(BreakKind.UNIDENTIFIED, "bt:txn_late", -100)]
    assert balance(session, Code.SUSPENSE) == usd(100)
    assert queries.unpaired_lines(session) == []
    (missing,) = queries.resolved_breaks(session, page=1).rows
    assert missing.resolution == "It is in suspense now, as a movement that nobody knows."


def test_two_movements_of_one_object_are_two_entries_each_with_its_line(session: Session) -> None:
    read_statement(
        session,
        statement_line("txn_fee", source="fee_1", amount=usd(-200), kind="stripe_fee"),
        balances=[usd(-200)],
        at=NOON,
    )
    read_statement(
        session,
        statement_line("txn_more", source="fee_1", amount=usd(-50), kind="stripe_fee"),
        balances=[usd(-250)],
        at=NOON + QUARTER,
    )

    assert balance(session, Code.PROCESSOR_FEES) == usd(250)
    assert breaks(session) == []
