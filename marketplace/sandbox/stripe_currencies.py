"""How Stripe counts and limits money by currency; a table of the sandbox's own.

docs.stripe.com/currencies: "Specify amounts in API requests", "Special cases", "Minimum charge
amounts"; for ISK the error is that of support.stripe.com/questions/
deprecation-of-fractional-isk-charges-and-refunds.
"""

from __future__ import annotations

from typing import Final

from marketplace.sandbox.stripe_errors import StripeRefusal

ZERO_DECIMALS: Final = frozenset((
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
))  # fmt: skip
THREE_DECIMALS: Final = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
WHOLE_IN_TWO_DECIMALS: Final = frozenset(("isk", "ugx"))
WHOLE_PAYOUTS: Final = WHOLE_IN_TWO_DECIMALS | {"huf", "twd"}
SMALLEST_CHARGE: Final = {
    "usd": 50, "aud": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30,
    "huf": 17500, "jpy": 50, "krw": 50, "nok": 300, "nzd": 50, "pln": 200, "sek": 300,
}  # fmt: skip


def decimals(currency: str) -> int:
    """Return how many decimals Stripe's integers of a currency have."""
    if currency in ZERO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def check_amount(amount: int, currency: str, *, param: str = "amount") -> None:
    """Refuse an amount of a charge, refund or transfer that the currency cannot have."""
    if currency in WHOLE_IN_TWO_DECIMALS and amount % 100:
        raise StripeRefusal(
            f"Invalid amount. Currency {currency.upper()} has become effectively zero-decimal and "
            "charged amounts must be evenly divisible by 100.",
            code="invalid_charge_amount_no_decimal_compatible",
            param=param,
        )
    if currency in THREE_DECIMALS and amount % 10:
        raise StripeRefusal(
            f"Invalid amount. In {currency.upper()} the last of the three decimals must be 0.",
            code="parameter_invalid_integer",
            param=param,
        )


def check_charge(amount: int, currency: str, *, param: str) -> None:
    """Refuse a charge that is too small, besides what no amount may be."""
    check_amount(amount, currency, param=param)
    if amount < SMALLEST_CHARGE.get(currency, 1):
        raise StripeRefusal(
            "The Checkout Session's total amount must be at least the smallest charge.",
            code="amount_too_small",
            param=param,
        )


def check_payout(amount: int, currency: str) -> None:
    """Refuse a payout to a bank that is not of whole units where it has to be."""
    check_amount(amount, currency)
    if currency in WHOLE_PAYOUTS and amount % 100:
        raise StripeRefusal(
            f"Invalid amount. Payouts in {currency.upper()} must be evenly divisible by 100.",
            code="parameter_invalid_integer",
            param="amount",
        )
