"""A bonus for views beside the fee: so much for each 1,000, up to a cap, for so many days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from marketplace.kernel.currencies import step
from marketplace.kernel.money import Money

BONUS_RULE: Final = "views-1"
"""Which arithmetic a booking was made by; a new one gets a new name."""
BONUS_VIEWS: Final = 1_000
"""The rate is for so many views."""
BONUS_DAYS_USUAL: Final = 14
BONUS_DAYS_MOST: Final = 60
"""Posts are read for 90 days; a bonus is counted well within them."""


@dataclass(frozen=True, slots=True)
class Bonus:
    """What an offer pays for views, beside its fee.

    rate: for each 1,000 views of a post. cap: the most it pays, for all posts together. days: how
    long views are counted after a post was published.
    """

    rate: Money
    cap: Money
    days: int

    @property
    def window(self) -> timedelta:
        """From publication until nothing more is counted."""
        return timedelta(days=self.days)


def bonus_for(views: int, *, rate: Money, cap: Money) -> Money:
    """Return what so many views are worth all told: floor(views x rate / 1,000), never above cap.

    Always for all views so far, never for a step: rounding each step alone would drift. Down to
    the currency's step, as cards carry it.
    """
    least = step(rate.currency)
    return min(Money(views * rate.minor // (BONUS_VIEWS * least) * least, rate.currency), cap)


def bonus_problems(bonus: Bonus | None, *, currency: str, count: int) -> dict[str, str]:
    """Return what is wrong with a proposed bonus: field -> a plain sentence; empty when fine.

    count: of deliverables, over which the cap is divided.
    """
    if bonus is None:
        return {}
    problems: dict[str, str] = {}
    if (bonus.rate.currency, bonus.cap.currency) != (currency, currency):
        return {"bonus_rate": f"The bonus is in the campaign’s currency, {currency}."}
    if bonus.rate.minor <= 0:
        problems["bonus_rate"] = "The bonus for 1,000 views must be more than 0."
    if bonus.cap.minor < max(count, 1) * step(currency):
        problems["bonus_cap"] = "The most it pays is too small to divide over the deliverables."
    elif bonus.rate > bonus.cap:
        problems["bonus_cap"] = "The most it pays is less than the bonus for 1,000 views."
    if not 1 <= bonus.days <= BONUS_DAYS_MOST:
        problems["bonus_days"] = f"Between 1 and {BONUS_DAYS_MOST} days."
    return problems
