"""News of the reconciliation room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class BreakOpened(Message):
    """Two records that should agree do not."""

    break_id: UUID


@dataclass(frozen=True, slots=True)
class ReconcileWanted(Message):
    """Somebody wants the processor's statement read now and not at the next quarter of an hour."""


@dataclass(frozen=True, slots=True)
class InvariantsWanted(Message):
    """A run of every invariant was begun and waits to be gone through."""

    run_id: UUID
