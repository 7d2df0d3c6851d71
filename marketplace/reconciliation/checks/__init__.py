"""Every named invariant of the product, the ledger's and those of the rooms above it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.authenticity import checks as authenticity
from marketplace.causes import checks as causes
from marketplace.challenges import checks as challenges
from marketplace.kernel.counts import counted
from marketplace.kernel.days import moment_in_words
from marketplace.kernel.money import in_words
from marketplace.ledger import checks as ledger
from marketplace.ledger.checks import Check, CheckResult, Finding, once
from marketplace.payouts import checks as payouts
from marketplace.reconciliation import queries
from marketplace.reconciliation.models import InvariantRun

UNREAD_FOR: Final = timedelta(days=1)
"""How old a reading may be, which comes every quarter of an hour, to say anything of today."""


def _find_unread(session: Session) -> list[Finding]:
    """What moved since the last reading is not known: nobody can say that it agrees.

    The newest run of the invariants tells how late it is, at least.
    """
    checked_at = session.scalar(select(func.max(InvariantRun.begun_at)))
    last = once(session, queries.last_statement)
    known_to = last.read_at if last is not None else queries.first_movement_at(session)
    if checked_at is None or known_to is None or checked_at - known_to <= UNREAD_FOR:
        return []
    at = moment_in_words(known_to)
    text = f"It was last read on {at}: what moved since is not known."
    if last is None:
        text = f"It was never read, and by our books money has moved there since {at}."
    return [Finding("the processor’s statement", text)]


def _find_differing(session: Session) -> list[Finding]:
    differing = [
        Finding(
            f"currency {compared.processor.currency}",
            f"The processor says {in_words(compared.processor)},"
            f" the ledger {in_words(compared.ledger)};"
            f" {in_words(compared.difference)} is unexplained.",
        )
        for compared in once(session, queries.compare_balances)
        if compared.difference
    ]
    return [*once(session, _find_unread), *differing]


def _difference_figure(session: Session) -> str:
    compared = once(session, queries.compare_balances)
    if not compared:
        return "the processor’s statement was not read yet"
    return "; ".join(f"{in_words(c.processor)} there, {in_words(c.ledger)} here" for c in compared)


def _find_breaks(session: Session) -> list[Finding]:
    return [
        *once(session, _find_unread),
        *(Finding(found.reference, found.detail) for found in once(session, queries.open_breaks)),
    ]


def _break_figure(session: Session) -> str:
    return counted(len(once(session, queries.open_breaks)), "open break", "open breaks")


CHECKS: Final = (
    Check(
        name="I8",
        title="Our balance at the processor is the same on both sides, less what is under way",
        find=_find_differing,
        figure=_difference_figure,
        alarm=True,
    ),
    Check(
        name="R1",
        title="Every movement at the processor stands in the ledger, and the other way round",
        find=_find_breaks,
        figure=_break_figure,
        alarm=True,
    ),
)


ALL: Final = (
    *ledger.CHECKS,
    *payouts.CHECKS,
    *causes.CHECKS,
    *challenges.CHECKS,
    *authenticity.CHECKS,
    *CHECKS,
)
"""In the order in which they are shown."""


def run_all(session: Session) -> list[CheckResult]:
    """Run every invariant there is."""
    return ledger.run(session, ALL)
