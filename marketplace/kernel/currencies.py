"""Which currencies the product moves, how many decimals each has, and the least it moves at once.

Decimals are those of ISO 4217, from its own table: Unicode's tables (Babel's) say how many a shop
shows, which for the rouble of one country or the dinar of another is fewer than money has. The
processor counts some currencies in a way of its own: see ``gateways/stripe_currencies.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from iso4217 import Currency

from marketplace.kernel.errors import InvalidInput

KNOWN: Final = (
    "USD", "EUR", "GBP", "AUD", "CAD", "CHF", "CZK", "DKK", "HUF", "ISK", "JPY", "KRW", "NOK",
    "NZD", "PLN", "SEK", "TWD", "VND", "BHD", "KWD",
)  # fmt: skip
"""What the code knows to move; which of them this installation offers is in its terms."""

FOR_TESTS: Final = "XTS"
"""What the standard keeps for tests; it says nothing about decimals, so it has two."""

_STEPS: Final[Mapping[str, int]] = {"BHD": 10, "KWD": 10}
"""Card networks carry two of these currencies' three decimals: the last digit is always 0."""


@cache
def exponent(currency: str) -> int:
    """Return how many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217).

    Raises InvalidInput for what is no currency, or has no decimals to speak of (gold).
    """
    if currency == FOR_TESTS:
        return 2
    try:
        places = Currency(currency).exponent
    except ValueError:
        places = None
    if places is None:
        raise InvalidInput({"currency": f"There is no currency called {currency}."})
    return int(places)


def step(currency: str) -> int:
    """Return the least that can be charged or sent, in minor units; amounts are multiples of it."""
    return _STEPS.get(currency, 1)
