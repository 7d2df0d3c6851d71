"""The lives of fundings and refunds, and what the numbers may be. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from marketplace.kernel.currencies import exponent
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.statechart import Statechart


class FundingState(StrEnum):
    """Where a funding stands."""

    REQUESTED = "requested"
    CHECKOUT_OPEN = "checkout_open"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


class FundingEvent(StrEnum):
    """What moves a funding."""

    OPEN_CHECKOUT = "open_checkout"
    PAY = "pay"
    EXPIRE = "expire"
    FAIL = "fail"


class RefundState(StrEnum):
    """Where a refund stands."""

    ASKED = "asked"
    PAID = "paid"
    FAILED = "failed"


F, E = FundingState, FundingEvent

LIFE: Final = Statechart(
    "funding",
    {
        (F.REQUESTED, E.OPEN_CHECKOUT): F.CHECKOUT_OPEN,
        (F.REQUESTED, E.FAIL): F.FAILED,
        (F.REQUESTED, E.PAY): F.PAID,
        (F.CHECKOUT_OPEN, E.PAY): F.PAID,
        (F.CHECKOUT_OPEN, E.EXPIRE): F.EXPIRED,
        (F.CHECKOUT_OPEN, E.FAIL): F.FAILED,
        # Money that came in although we had given up on it is still the brand's money.
        (F.EXPIRED, E.PAY): F.PAID,
        (F.FAILED, E.PAY): F.PAID,
    },
)

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
    fee = budget.share(basis_points=brand_fee_bps)
    return Quote(budget=budget, platform_fee=fee, total=budget + fee)


@dataclass(frozen=True, slots=True)
class Refundable:
    """What is left of a charge that may still go back."""

    charge_id: UUID
    left: Money


def spread_refund(amount: Money, charges: Sequence[Refundable]) -> list[Refundable]:
    """Divide a refund over the charges the money came from, in the order given (oldest first).

    Returns charge and part, parts above zero only. Raises ValueError when the charges cannot
    carry it: more than was ever paid cannot go back.
    """
    parts: list[Refundable] = []
    rest = amount
    for charge in charges:
        part = min(rest, charge.left)
        if part.minor > 0:
            parts.append(Refundable(charge.charge_id, part))
            rest -= part
    if rest.minor > 0:
        raise ValueError("the charges do not carry this refund")
    return parts


def unearned_fee(*, fee_left: Money, committed: Money, brand_fee_bps: int) -> Money:
    """Return how much of the platform fee goes back with the unspent budget.

    fee_left: taken from the brand and not yet earned. committed: fees still promised to creators,
    for which the platform fee stays.
    """
    stays = committed.share(basis_points=brand_fee_bps)
    return max(fee_left - stays, Money(0, fee_left.currency))
