"""Money as whole minor units of one currency. No float ever touches it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from marketplace.kernel.currencies import exponent, step
from marketplace.kernel.errors import InvalidInput

BPS_WHOLE: Final = 10_000
LARGEST_MINOR: Final = 10**13
"""No single amount in the product may be larger."""


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of money.

    minor: whole minor units (cents for USD, yen for JPY); may be negative.
    currency: ISO 4217 code, upper case.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse anything but a true int: PostgreSQL would round it without a word."""
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {type(self.minor).__name__}")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add up")
        return other

    def share(self, *, basis_points: int) -> Money:
        """Part of this amount, rounded half up to the currency's step. 10_000 are the whole."""
        least = step(self.currency)
        whole = BPS_WHOLE * least
        return Money((self.minor * basis_points + whole // 2) // whole * least, self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Divide by weights without losing a minor unit: the largest remainders get what is left.

        weights: at least one, none negative, not all zero. Among equal remainders the smallest
        weight comes first. Parts are multiples of the currency's step when the whole is one, else
        the first part carries the odd units.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be positive and not all zero")
        least = step(self.currency)
        whole, odd = divmod(self.minor, least)
        parts = [whole * weight // total for weight in weights]
        by_remainder = sorted(
            (i for i, weight in enumerate(weights) if weight),
            key=lambda i: (-(whole * weights[i] % total), weights[i], i),
        )
        for i in by_remainder[: whole - sum(parts)]:
            parts[i] += 1
        minors = [part * least for part in parts]
        minors[by_remainder[0]] += odd
        return [Money(minor, self.currency) for minor in minors]


def digits(amount: Money) -> str:
    """Return the number of an amount as a person types it: ``1250.00``."""
    return f"{Decimal(amount.minor).scaleb(-exponent(amount.currency)):f}"


def in_words(amount: Money) -> str:
    """Return an amount for a sentence that is kept or mailed: ``USD 1,250.00``, ``-USD 0.05``."""
    sign, plus = ("-", -amount) if amount.minor < 0 else ("", amount)
    return f"{sign}{amount.currency} {Decimal(digits(plus)):,f}"


def parse_money(text: str, currency: str, *, field: str = "amount") -> Money:
    """Read what a person typed, as a plain amount in ``currency``.

    Takes digits with an optional point and at most the currency's decimals. Raises InvalidInput
    for everything else: signs, symbols, a comma (it means thousands to some and decimals to
    others), too many decimals, zero, more than the product can hold, and what cards cannot carry.
    """
    cleaned = text.strip()
    places = exponent(currency)
    example = f"{Decimal(1250).scaleb(-places):f}" if places else "1250"
    if not cleaned:
        raise InvalidInput({field: "Enter an amount."})
    if "," in cleaned:
        raise InvalidInput({field: f"Write the amount with a point and no commas, like {example}."})
    whole, point, decimals = cleaned.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (
        point and not (decimals.isascii() and decimals.isdigit())
    ):
        raise InvalidInput({field: f"Write digits only, without a currency sign, like {example}."})
    if len(decimals) > places:
        raise InvalidInput(
            {field: f"{currency} has {places} decimals at most."}
            if places
            else {field: f"{currency} has no decimals."}
        )
    # A number far too long is not turned into one at all: Python would refuse it in its own words.
    digits = (whole + decimals.ljust(places, "0")).lstrip("0")
    minor = int(digits or "0") if len(digits) <= len(str(LARGEST_MINOR)) else LARGEST_MINOR + 1
    if minor == 0:
        raise InvalidInput({field: "The amount must be more than 0."})
    if minor > LARGEST_MINOR:
        raise InvalidInput({field: "The amount is larger than we can handle."})
    if minor % step(currency):
        raise InvalidInput(
            {field: f"Amounts in {currency} end in 0, like {example}: cards carry no finer ones."}
        )
    return Money(minor, currency)
