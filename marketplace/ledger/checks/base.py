"""What a named invariant is and how it is run; for the ledger and the rooms above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    subject: what it is about, like ``ledger account 12``. text: what is wrong, a plain sentence.
    """

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant.

    name: short and for ever, like ``I2``. title: what holds when it passes, in plain words.
    find: everything that breaks it; nothing when it holds. figure: a number to print beside it.
    alarm: reality can break it without a fault in the books; somebody has to act all the same.
    """

    name: str
    title: str
    find: Callable[[Session], list[Finding]]
    figure: Callable[[Session], str]
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one invariant stood when it was run."""

    name: str
    title: str
    passed: bool
    figure: str
    findings: tuple[Finding, ...]
    alarm: bool

    @property
    def broken(self) -> bool:
        """True when the books themselves are wrong; an alarm alone does not say so."""
        return not self.passed and not self.alarm


def run(session: Session, checks: Iterable[Check]) -> list[CheckResult]:
    """Run checks in their order; reads only."""
    results = []
    for check in checks:
        findings = tuple(check.find(session))
        results.append(
            CheckResult(
                name=check.name,
                title=check.title,
                passed=not findings,
                figure=check.figure(session),
                findings=findings,
                alarm=check.alarm,
            )
        )
    return results
