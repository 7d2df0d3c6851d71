"""What a currency is roughly worth: to guess an amount and to choose a size, never to change money.

A wrong rate makes a guess dearer or cheaper; nothing is paid or booked by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from marketplace.kernel.currencies import exponent
from marketplace.matching.rules.fit import FOR_MINOR

IN_A_DOLLAR: Final[Mapping[str, float]] = {
    "USD": 1, "EUR": 0.87, "GBP": 0.75, "AUD": 1.5, "CAD": 1.4, "CHF": 0.8, "CZK": 21, "DKK": 6.5,
    "HUF": 335, "ISK": 125, "JPY": 150, "KRW": 1_400, "NOK": 10, "NZD": 1.7, "PLN": 3.7, "SEK": 9.5,
    "TWD": 31, "VND": 26_000, "BHD": 0.376, "KWD": 0.307,
}  # fmt: skip
"""Units of a currency for a dollar, rounded, as in 2025; what is not named counts as one."""
LEAST_DOLLARS: Final = 9
"""A fit for less money would be less than one view of most creators."""


@cache
def roughly(minor: float, of: str, to: str) -> int:
    """Return about as much money in another currency, in its minor units; 1 at least."""
    return max(1, round(minor * _in_a_dollar(to) / _in_a_dollar(of)))


@cache
def fit_minor(currency: str) -> int:
    """Return the money that a fit is for, in minor units: ten times as much while it is so little.

    100 dollars, 10,000 yen, 1,000 Czech crowns, 1,000,000 dong.
    """
    found = FOR_MINOR
    while found < LEAST_DOLLARS * _in_a_dollar(currency):
        found *= 10
    return found


def _in_a_dollar(currency: str) -> float:
    return IN_A_DOLLAR.get(currency, 1) * 10.0 ** (exponent(currency) if currency else 2)
