"""What terms ask of a payment processor."""

from __future__ import annotations

from typing import Protocol

from marketplace.kernel.money import Money


class ChargeLimits(Protocol):
    """What a processor takes at all; known without asking it."""

    def smallest_charge(self, currency: str) -> Money:
        """Return the least that can be charged in this currency."""
        ...
