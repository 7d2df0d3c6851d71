"""A break that is still there, and not what it was."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.reconciliation import queries
from marketplace.reconciliation.rules import BreakKind
from tests.conftest import NOON
from tests.services.statements import breaks, charge, line, read, rung

LATER = timedelta(minutes=15)


def test_a_break_that_grows_says_by_how_much_the_sides_differ_now(session: Session) -> None:
    charge(session)
    read(session, line(), there=10_650)
    assert breaks(session) == [(BreakKind.BALANCE_DIFFERS, "USD", -1)]

    read(session, there=651, now=NOON + LATER)

    assert breaks(session) == [(BreakKind.BALANCE_DIFFERS, "USD", -10_000)]
    (still,) = queries.open_breaks(session)
    assert still.opened_at == NOON
    assert rung(session) == 1
