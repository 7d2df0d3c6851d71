"""What the numbers of a funding may be. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from marketplace.kernel.currencies import exponent
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE, Money

SMALLEST_FUNDING_UNITS: Final = 50
LARGEST_FUNDING_UNITS: Final = 100_000


def smallest_funding(currency: str) -> Money:
    """Return the least that may be put in at once: its platform fee must cover the processor's."""
    return Money(SMALLEST_FUNDING_UNITS * 10 ** exponent(currency), currency)


def largest_funding(currency: str) -> Money:
    """Return the most that one card payment may bring."""
    return Money(LARGEST_FUNDING_UNITS * 10 ** exponent(currency), currency)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a brand pays to put a budget into a campaign."""

    budget: Money
    platform_fee: Money
    total: Money


def quote(budget: Money, *, brand_fee_bps: int) -> Quote:
    """Return the price of a budget; raises InvalidInput outside the limits of one funding."""
    low, high = smallest_funding(budget.currency), largest_funding(budget.currency)
    if budget < low:
        raise InvalidInput(
            {"budget": f"Add at least {SMALLEST_FUNDING_UNITS} {budget.currency} at once."}
        )
    if budget > high:
        raise InvalidInput(
            {"budget": f"Add at most {LARGEST_FUNDING_UNITS:,} {budget.currency} at once."}
        )
    return price_of(budget, brand_fee_bps=brand_fee_bps)


def price_of(budget: Money, *, brand_fee_bps: int) -> Quote:
    """Return the price of a budget of any size."""
    fee = budget.share(basis_points=brand_fee_bps)
    return Quote(budget=budget, platform_fee=fee, total=budget + fee)


def largest_budget(money: Money, *, brand_fee_bps: int) -> Money:
    """Return the most budget that so much money pays for, its platform fee included."""
    budget = Money(money.minor * BPS_WHOLE // (BPS_WHOLE + brand_fee_bps), money.currency)
    one = Money(1, money.currency)
    while price_of(budget + one, brand_fee_bps=brand_fee_bps).total <= money:
        budget += one
    while price_of(budget, brand_fee_bps=brand_fee_bps).total > money:
        budget -= one
    return budget


def unearned_fee(*, fee_left: Money, staying: Money, brand_fee_bps: int) -> Money:
    """Return how much of the platform fee goes back with budget that goes back.

    fee_left: taken from the brand and not yet earned. staying: budget that remains in the campaign
    or is promised to creators, for which the platform fee stays.
    """
    stays = staying.share(basis_points=brand_fee_bps)
    return max(fee_left - stays, Money(0, fee_left.currency))
