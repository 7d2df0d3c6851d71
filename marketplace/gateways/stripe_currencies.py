"""How Stripe counts money: our minor units to its integers and back, and what it takes at all.

Facts from docs.stripe.com/currencies ("Specify amounts in API requests", "Special cases", "Minimum
charge amounts"); that amounts in three decimals end in 0 is from its section on three-decimal
currencies, and that fractions of ISK are refused from support.stripe.com/questions/
deprecation-of-fractional-isk-charges-and-refunds. Where Stripe's decimals are those of ISO 4217
nothing is listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.kernel.currencies import exponent, step
from marketplace.kernel.money import Money

_DECIMALS: Final[Mapping[str, int]] = {"ISK": 2, "UGX": 2}
"""Whole units in the standard; Stripe still writes two decimals, always 00."""

_WHOLE_PAYOUTS: Final = frozenset({"HUF", "ISK", "TWD", "UGX"})
"""Payouts to a bank are of whole units, though charges and transfers may have decimals."""

_SMALLEST: Final[Mapping[str, int]] = {
    "USD": 50, "AED": 200, "ARS": 50, "AUD": 50, "BRL": 50, "CAD": 50, "CHF": 50, "COP": 50,
    "CZK": 1_500, "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17_500, "IDR": 50,
    "ILS": 50, "INR": 50, "JPY": 50, "KRW": 50, "MXN": 1_000, "MYR": 200, "NOK": 300, "NZD": 50,
    "PHP": 50, "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1_000, "ZAR": 50,
}  # fmt: skip
"""In Stripe's integers. What is not listed has to be worth the smallest charge of the currency that
it is settled in, which only Stripe can tell."""


class CannotBeSent(ValueError):
    """An amount that Stripe has no way to write or to move. It is refused before it is sent."""


def to_stripe(amount: Money) -> int:
    """Return an amount of a charge, refund or transfer as Stripe counts; raises CannotBeSent."""
    if amount.minor % step(amount.currency):
        raise CannotBeSent(f"{amount.currency} {amount.minor} does not end in 0")
    shift = _DECIMALS.get(amount.currency, exponent(amount.currency)) - exponent(amount.currency)
    return int(amount.minor * 10**shift)


def to_stripe_payout(amount: Money) -> int:
    """Return an amount of a payout to a bank as Stripe counts; raises CannotBeSent."""
    sent = to_stripe(amount)
    if amount.currency in _WHOLE_PAYOUTS and sent % 100:
        raise CannotBeSent(f"a payout in {amount.currency} is of whole units")
    return sent


def from_stripe(sent: int, currency: str) -> Money:
    """Return what Stripe counts as ours; currency: as Stripe writes it, in lower case or upper.

    Raises CannotBeSent for a fraction of a currency that has none.
    """
    code = currency.upper()
    whole, rest = divmod(sent, 10 ** (_DECIMALS.get(code, exponent(code)) - exponent(code)))
    if rest:
        raise CannotBeSent(f"{code} has no fractions, and Stripe says {sent}")
    return Money(whole, code)


def smallest_charge(currency: str) -> Money:
    """Return the least that Stripe charges in a currency; one step where it names nothing."""
    if currency in _SMALLEST:
        return from_stripe(_SMALLEST[currency], currency)
    return Money(step(currency), currency)
