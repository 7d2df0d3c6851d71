"""Named invariants of the books, in words a finance person can read, and the guards they rest on.

Rooms above define their own ``CHECKS`` with the same ``Check`` and are run by the same ``run``.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from marketplace.ledger.checks import books, cover, guards, history
from marketplace.ledger.checks.base import (
    Check,
    CheckResult,
    Finding,
    asking_once,
    differing,
    once,
    run,
)
from marketplace.ledger.checks.cover import (
    Cause,
    Cover,
    causes_by_currency,
    cover_by_currency,
)
from marketplace.ledger.checks.guards import (
    RIGHTS,
    WANTED_TRIGGERS,
    UnguardedLedger,
    dangerous_rights,
    missing_triggers,
    must_be_guarded,
)
from marketplace.ledger.checks.seals import broken_seals

__all__ = [
    "CHECKS",
    "RIGHTS",
    "WANTED_TRIGGERS",
    "Cause",
    "Check",
    "CheckResult",
    "Cover",
    "Finding",
    "UnguardedLedger",
    "asking_once",
    "broken_seals",
    "causes_by_currency",
    "cover_by_currency",
    "dangerous_rights",
    "differing",
    "missing_triggers",
    "must_be_guarded",
    "once",
    "run",
    "run_all",
]

CHECKS: Final[tuple[Check, ...]] = (*guards.CHECKS, *books.CHECKS, *history.CHECKS, *cover.CHECKS)
"""In the order in which they are shown."""


def run_all(session: Session) -> list[CheckResult]:
    """Run every check of the ledger."""
    return run(session, CHECKS)
