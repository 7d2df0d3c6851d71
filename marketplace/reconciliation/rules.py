"""Pairing statement lines with journal entries, and the kinds of breaks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from marketplace.kernel.money import Money


class PairingRule(StrEnum):
    """Why a line and an entry belong together."""

    SAME_SOURCE = "same_source"
    """Both name the same object of the processor, and the amounts agree to the unit."""


class BreakKind(StrEnum):
    """What kind of disagreement it is."""

    MISSING_IN_LEDGER = "missing_in_ledger"
    MISSING_AT_PROCESSOR = "missing_at_processor"
    AMOUNT_DIFFERS = "amount_differs"
    BALANCE_DIFFERS = "balance_differs"
    UNIDENTIFIED = "unidentified"
    """Booked into suspense: nobody has said yet what it was."""


class BreakState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


GRACE: Final = timedelta(hours=24)
"""How long an entry may wait for its line before its absence is a break."""
AGES: Final = ((1, "0–1 days"), (5, "2–5 days"), (30, "6–30 days"), (90, "31–90 days"))
OLDEST: Final = "over 90 days"


@dataclass(frozen=True, slots=True)
class Line:
    """What pairing needs of a statement line; net is signed from our side."""

    line_id: UUID
    reference: str
    source_id: str | None
    net: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """What pairing needs of a journal entry that touches our balance at the processor.

    moved: debits less credits of that balance. occurred_at: when it says it happened.
    """

    entry_id: int
    key: str
    source_id: str | None
    moved: Money
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A break that pairing has found; difference: the processor's amount less ours."""

    kind: BreakKind
    reference: str
    difference: Money
    detail: str
    line_id: UUID | None = None
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Paired:
    """What pairing came to: pairs of line and entry, and what is left over."""

    pairs: list[tuple[UUID, int]]
    breaks: list[Found]


def pair(lines: Sequence[Line], entries: Sequence[Entry], *, now: datetime) -> Paired:
    """Pair lines and entries that name the same object of the processor.

    What has no object is named by the line itself. Takes what is not paired yet. Amounts must agree
    to the unit, there is no tolerance, and who agrees pairs before anybody is called near. A line
    without an entry is a break at once, unless it moved nothing; an entry without a line only after
    a day, because statements come late. Two entries for one object pair with one line at most.
    """
    by_source: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.source_id is not None:
            by_source.setdefault(entry.source_id, []).append(entry)
    pairs: list[tuple[UUID, int]] = []
    left: list[Line] = []
    for line in lines:
        named = by_source.get(_object_of(line), [])
        exact = next((entry for entry in named if entry.moved == line.net), None)
        if exact is not None:
            pairs.append((line.line_id, exact.entry_id))
            named.remove(exact)
        elif line.net:
            left.append(line)
    breaks = [_break_of(line, by_source.get(_object_of(line), [])) for line in left]
    taken = {*(entry_id for _, entry_id in pairs), *(found.entry_id for found in breaks)}
    breaks.extend(
        Found(
            BreakKind.MISSING_AT_PROCESSOR,
            entry.key,
            -entry.moved,
            "The ledger has it, the processor’s statement does not.",
            entry_id=entry.entry_id,
        )
        for entry in entries
        if entry.entry_id not in taken and now - entry.occurred_at > GRACE
    )
    return Paired(pairs, breaks)


def _object_of(line: Line) -> str:
    return line.source_id or line.reference


def _break_of(line: Line, named: list[Entry]) -> Found:
    """What is wrong with a line that agrees with nothing; an entry that is near is taken for it."""
    if named and named[0].moved.currency == line.net.currency:
        near = named.pop(0)
        return Found(
            BreakKind.AMOUNT_DIFFERS,
            line.reference,
            line.net - near.moved,
            f"The processor moved another amount than entry {near.key} says.",
            line.line_id,
            near.entry_id,
        )
    return Found(
        BreakKind.MISSING_IN_LEDGER,
        line.reference,
        line.net,
        f"No journal entry names {line.source_id or 'this movement'}.",
        line.line_id,
    )


def age_label(opened_at: datetime, *, now: datetime) -> str:
    """Return the age class of a break, in days."""
    days = (now - opened_at).days
    return next((label for limit, label in AGES if days <= limit), OLDEST)
