"""What terms may say, and what they make of an amount. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from marketplace.accounts.rules import countries
from marketplace.kernel.currencies import KNOWN, step
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE, LARGEST_MINOR, Money
from marketplace.kernel.sentences import Sentence

HOLD_DAYS_MOST: Final = 90
DISPUTE_DAYS_MOST: Final = 30
"""More than a month for one step is a slip of the finger."""
REASON_MOST: Final = 500
CREATOR_FEE_MOST_BPS: Final = 5_000
"""More than half of a creator's fee is a slip of the finger."""


class Bearer(StrEnum):
    """Who pays what the processor keeps of a card payment."""

    PLATFORM = "platform"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of one currency.

    offered: new campaigns and rates may be in it. funding_least, funding_most: of one payment.
    payout_least: less waits until more has come together. processor_fixed: what the processor takes
    of each payment besides its share. dispute_alone, identify_alone: up to so much one member of
    staff decides a dispute, or says what an unknown movement was; of nothing it always takes two.
    """

    offered: bool
    funding_least: Money
    funding_most: Money
    payout_least: Money
    processor_fixed: Money
    dispute_alone: Money
    identify_alone: Money

    @property
    def amounts(self) -> tuple[Money, ...]:
        """Every amount of them."""
        return (
            self.funding_least,
            self.funding_most,
            self.payout_least,
            self.processor_fixed,
            self.dispute_alone,
            self.identify_alone,
        )


@dataclass(frozen=True, slots=True)
class DisputeDays:
    """The clocks of a dispute, in whole days.

    answer: the other side has to answer. decide: staff mean to decide. to_open: after work was
    called off, or a bonus has ended, its creator may open one.
    """

    answer: int
    decide: int
    to_open: int


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares that are taken of a fee, in basis points; an offer keeps them for ever.

    brand: on top of the fee. brand_tax: sales tax on that. creator: of the fee. withheld: tax kept
    back of what is left.
    """

    brand: int
    creator: int
    brand_tax: int = 0
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a creator is told of the terms before they apply."""

    shares: Shares
    hold_days: int


@dataclass(frozen=True, slots=True)
class PlatformTerms:
    """Everything that is in force for a brand at one moment.

    processor_fee_bps: the processor's share of a payment, as its price list says.
    withholding: country of the creator -> basis points kept back as tax; not named is none.
    """

    brand_fee_bps: int
    creator_fee_bps: int
    hold_days: int
    dispute_days: DisputeDays
    processor_fees_by: Bearer
    processor_fee_bps: int
    fee_tax_bps: int
    limits: Mapping[str, Limits]
    withholding: Mapping[str, int] = field(default_factory=dict)

    @property
    def currencies(self) -> tuple[str, ...]:
        """What new campaigns and rates may be in, in our order."""
        return tuple(code for code in KNOWN if code in self.limits and self.limits[code].offered)

    def limits_of(self, currency: str) -> Limits:
        """Return the numbers of a currency, offered or not; raises InvalidInput for others."""
        if currency not in self.limits:
            raise InvalidInput({"currency": not_offered(self.currencies)})
        return self.limits[currency]

    def shares_for(self, country: str | None) -> Shares:
        """Return the shares taken of a fee of a creator who lives there."""
        return Shares(
            brand=self.brand_fee_bps,
            creator=self.creator_fee_bps,
            brand_tax=self.fee_tax_bps,
            withheld=self.withholding.get(country or "", 0),
        )


@dataclass(frozen=True, slots=True)
class BrandTerms:
    """Where one brand differs from everybody; None: as everybody."""

    brand_fee_bps: int | None = None
    creator_fee_bps: int | None = None
    hold_days: int | None = None
    processor_fees_by: Bearer | None = None

    @property
    def nothing(self) -> bool:
        """True when the brand is as everybody."""
        return self == BrandTerms()


def with_brand(terms: PlatformTerms, own: BrandTerms) -> PlatformTerms:
    """Return the terms with what one brand has instead."""
    return replace(
        terms,
        brand_fee_bps=or_else(own.brand_fee_bps, terms.brand_fee_bps),
        creator_fee_bps=or_else(own.creator_fee_bps, terms.creator_fee_bps),
        hold_days=or_else(own.hold_days, terms.hold_days),
        processor_fees_by=own.processor_fees_by or terms.processor_fees_by,
    )


def or_else(own: int | None, all_others: int) -> int:
    """Return what a brand has, or what everybody has."""
    return all_others if own is None else own


def processor_takes(amount: Money, terms: PlatformTerms) -> Money:
    """Return what the processor keeps of a payment of this much, by its price list."""
    return amount.share(basis_points=terms.processor_fee_bps) + (
        terms.limits_of(amount.currency).processor_fixed
    )


def to_be_left_with(amount: Money, terms: PlatformTerms) -> Money:
    """Return what has to be added to a payment so that this much is left after the processor.

    Rounded up, so that the processor's own rounding never leaves less.
    """
    fixed = terms.limits_of(amount.currency).processor_fixed
    least = step(amount.currency)
    share = terms.processor_fee_bps
    wanted = amount.minor * share + fixed.minor * BPS_WHOLE
    parts = BPS_WHOLE - share
    return Money(-(-wanted // (parts * least)) * least, amount.currency)


def problems(
    terms: PlatformTerms,
    *,
    why: str,
    valid_from: datetime,
    now: datetime,
    least: Mapping[str, Money],
) -> dict[str, str]:
    """Return what is wrong with new terms: field -> a plain sentence; empty when they may stand.

    least: currency -> the smallest payment that the processor takes.
    """
    found = _share_problems(terms) | _when_problems(why, valid_from, now)
    if not terms.currencies:
        found["currencies"] = "Offer at least one currency."
    for code, limits in terms.limits.items():
        found |= _limit_problems(code, limits, least)
    for country, share in terms.withholding.items():
        if country not in countries():
            found["withholding"] = f"There is no country {country}: use two letters, like DE."
        elif not 0 < share < BPS_WHOLE:
            found["withholding"] = f"The tax for {country} is between 0.01\xa0% and 99.99\xa0%."
    return found or cover_problems(terms)


def brand_problems(
    own: BrandTerms, *, terms: PlatformTerms, why: str, valid_from: datetime, now: datetime
) -> dict[str, str]:
    """Return what is wrong with the terms of one brand, on top of those of everybody."""
    whole = with_brand(terms, own)
    found = _share_problems(whole) | _when_problems(why, valid_from, now)
    return found or cover_problems(whole)


def not_offered(currencies: tuple[str, ...]) -> str:
    """Return the refusal of a currency that is not in the terms."""
    return f"Choose one of these currencies: {', '.join(currencies)}."


def _share_problems(terms: PlatformTerms) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("brand_fee_bps", "fee_tax_bps"):
        if not 0 <= getattr(terms, name) <= BPS_WHOLE:
            found[name] = "Between 0 and 100\xa0%."
    if not 0 <= terms.creator_fee_bps <= CREATOR_FEE_MOST_BPS:
        found["creator_fee_bps"] = f"Between 0 and {CREATOR_FEE_MOST_BPS // 100}\xa0%."
    if not 0 <= terms.processor_fee_bps <= 2_000:
        found["processor_fee_bps"] = "Between 0 and 20\xa0%."
    if not 0 <= terms.hold_days <= HOLD_DAYS_MOST:
        found["hold_days"] = f"Between 0 and {HOLD_DAYS_MOST} days."
    for name in ("answer", "decide", "to_open"):
        if not 1 <= getattr(terms.dispute_days, name) <= DISPUTE_DAYS_MOST:
            found[f"dispute_{name}_days"] = f"Between 1 and {DISPUTE_DAYS_MOST} days."
    return found


def _when_problems(why: str, valid_from: datetime, now: datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    if valid_from < now:
        found["valid_from"] = "Terms cannot be changed for a time that is over."
    if not why.strip():
        found["why"] = "Say why: everybody on the staff will read it."
    elif len(why) > REASON_MOST:
        found["why"] = f"Keep this to {REASON_MOST} characters."
    return found


def _limit_problems(code: str, limits: Limits, smallest: Mapping[str, Money]) -> dict[str, str]:
    if code not in KNOWN:
        return {"currencies": f"We cannot move {code}."}
    low, high = limits.funding_least, limits.funding_most
    if any(
        each.minor % step(code) or not 0 <= each.minor <= LARGEST_MINOR for each in limits.amounts
    ):
        return {f"limits_{code}": f"Amounts in {code} are not what cards can carry."}
    if low < smallest[code]:
        least = Sentence("The processor takes no payment below {least}.", least=smallest[code])
        return {f"limits_{code}": least}
    if high < low:
        return {f"limits_{code}": "The largest payment is below the smallest."}
    if limits.payout_least.minor <= 0:
        return {f"limits_{code}": "The smallest payout must be more than 0."}
    return {}


def cover_problems(terms: PlatformTerms) -> dict[str, str]:
    """Refuse terms under which a payment brings less than it makes us owe.

    What a brand pays is owed to it and to creators in full, and the processor keeps its fee: the
    platform fee of the smallest payment must be at least that, or the brand must bear it.
    """
    if terms.processor_fees_by is Bearer.BRAND:
        return {}
    for code in terms.currencies:
        for budget in (terms.limits[code].funding_least, terms.limits[code].funding_most):
            fee = budget.share(basis_points=terms.brand_fee_bps)
            taken = processor_takes(budget + fee + fee.share(basis_points=terms.fee_tax_bps), terms)
            if fee < taken:
                return {
                    "brand_fee_bps": Sentence(
                        "Of a payment for a budget of {budget} the processor keeps {taken}, more"
                        " than our fee of {fee}: raise it or the smallest payment, or let the"
                        " brand bear the processor’s fee.",
                        budget=budget,
                        taken=taken,
                        fee=fee,
                    )
                }
    return {}
