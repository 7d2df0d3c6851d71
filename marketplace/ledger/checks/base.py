"""What a named invariant is and how it is run; for the ledger and the rooms above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.money import Money, in_words


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    subject: what it is about, like ``ledger account 12``. text: what is wrong, a plain sentence.
    """

    subject: str
    text: str


def differing(campaign_id: UUID, what: str, currency: str, gaps: Mapping[str, int]) -> Finding:
    """Return that a campaign's pledge or challenge is not what the ledger has of it.

    gaps: what differs -> by how many minor units; those of 0 are not told.
    """
    told = ", ".join(
        f"{in_words(Money(minor, currency))} {name}" for name, minor in gaps.items() if minor
    )
    return Finding(f"campaign {campaign_id}", f"{what} and ledger differ by {told}.")


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant.

    name: short and for ever, like ``I2``. title: what holds when it passes, in plain words.
    find: everything that breaks it; nothing when it holds. figure: a number to print beside it.
    alarm: reality can break it without a fault in the books; somebody has to act all the same.
    held: what keeps it true between two checks, a plain sentence; empty when only the check tells.
    """

    name: str
    title: str
    find: Callable[[Session], list[Finding]]
    figure: Callable[[Session], str]
    alarm: bool = False
    held: str = ""


Answer = TypeVar("Answer")
_ANSWERS: Final = "fairview_answers"


@contextmanager
def asking_once(session: Session) -> Iterator[None]:
    """Within the block ``once`` asks the database each question only once."""
    if _ANSWERS in session.info:
        yield
        return
    session.info[_ANSWERS] = {}
    try:
        yield
    finally:
        del session.info[_ANSWERS]


def once(session: Session, question: Callable[[Session], Answer]) -> Answer:
    """Return the answer to a question that several checks ask."""
    known: dict[Any, Any] | None = session.info.get(_ANSWERS)
    if known is None:
        return question(session)
    if question not in known:
        known[question] = question(session)
    answer: Answer = known[question]
    return answer


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
    with asking_once(session):
        return [
            _result(check, tuple(check.find(session)), figure=check.figure(session))
            for check in checks
        ]


def _result(check: Check, findings: tuple[Finding, ...], *, figure: str) -> CheckResult:
    return CheckResult(
        name=check.name,
        title=check.title,
        passed=not findings,
        figure=figure,
        findings=findings,
        alarm=check.alarm,
    )
