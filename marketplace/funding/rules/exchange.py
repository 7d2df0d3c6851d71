"""Charges that arrived in another currency: what of it stands for a part that goes back. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a charge is still with us. arrived: what came for that, in the other currency."""

    amount: Money
    arrived: Money

    def for_part(self, part: Money) -> Money:
        """Return what arrived for a part, rounded half up; the last part takes what is left."""
        whole = self.amount.minor
        if not whole:
            return Money(0, self.arrived.currency)
        share = (2 * self.arrived.minor * part.minor + whole) // (2 * whole)
        return Money(share, self.arrived.currency)
