"""What the treasury asks of a payment processor, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from marketplace.treasury.rules.own_money import Direction, RemoteState


@dataclass(frozen=True, slots=True)
class BankMoveFacts:
    """A payout or top-up as it stands now. problem: the bank's words, where it failed."""

    remote_id: str
    state: RemoteState
    arrives_on: date | None
    problem: str = ""


class BankGateway(Protocol):
    """Reads of our own money's moves. Raises ``ProcessorUnavailable``."""

    def move(self, direction: Direction, remote_id: str) -> BankMoveFacts:
        """Return a payout or top-up as it stands now."""
        ...

    def payout_interval(self) -> str:
        """How often the processor pays us out by itself: ``manual`` is never."""
        ...
