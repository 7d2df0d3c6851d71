"""What the numbers of a funding may be. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from marketplace.kernel.currencies import step
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE, Money
from marketplace.kernel.sentences import Sentence
from marketplace.terms.rules import Bearer, PlatformTerms, to_be_left_with


@dataclass(frozen=True, slots=True)
class Quote:
    """What a brand pays to put a budget into a campaign.

    processor_fee: nothing, unless the brand bears what the processor keeps of a payment.
    pledge: what goes to the campaign's cause, without any fee of ours.
    """

    budget: Money
    platform_fee: Money
    fee_tax: Money
    processor_fee: Money
    pledge: Money

    @property
    def for_campaign(self) -> Money:
        """What goes into the campaign: all of it but the pledge."""
        return self.budget + self.platform_fee + self.fee_tax + self.processor_fee

    @property
    def total(self) -> Money:
        """All of it together."""
        return self.for_campaign + self.pledge


def quote(budget: Money, terms: PlatformTerms, *, pledge: Money | None = None) -> Quote:
    """Return what is paid for a budget by card or bank, with what is still due of a pledge.

    Raises InvalidInput outside the limits of one funding.
    """
    limits = terms.limits_of(budget.currency)
    if budget < limits.funding_least:
        least = Sentence("Add at least {least} at once.", least=limits.funding_least)
        raise InvalidInput({"budget": least})
    if budget > limits.funding_most:
        most = Sentence("Add at most {most} at once.", most=limits.funding_most)
        raise InvalidInput({"budget": most})
    if budget.minor % step(budget.currency):
        raise InvalidInput(
            {"budget": f"Amounts in {budget.currency} end in 0: cards carry no finer ones."}
        )
    price = price_of(budget, terms, pledge=pledge)
    if terms.processor_fees_by is Bearer.BRAND:
        return replace(price, processor_fee=to_be_left_with(price.total, terms))
    return price


def price_of(budget: Money, terms: PlatformTerms, *, pledge: Money | None = None) -> Quote:
    """Return the price of a budget of any size, when nothing has to be charged for it."""
    fee = budget.share(basis_points=terms.brand_fee_bps)
    return Quote(
        budget=budget,
        platform_fee=fee,
        fee_tax=fee.share(basis_points=terms.fee_tax_bps),
        processor_fee=Money(0, budget.currency),
        pledge=pledge or Money(0, budget.currency),
    )


def largest_budget(money: Money, terms: PlatformTerms) -> Money:
    """Return the most budget that so much money pays for, its platform fee and tax included."""
    one = Money(step(money.currency), money.currency)
    whole = BPS_WHOLE * BPS_WHOLE
    taxed = terms.brand_fee_bps * (BPS_WHOLE + terms.fee_tax_bps)
    guess = money.minor * whole // (whole + taxed)
    budget = Money(guess - guess % one.minor, money.currency)
    while price_of(budget + one, terms).total <= money:
        budget += one
    while budget.minor > 0 and price_of(budget, terms).total > money:
        budget -= one
    return budget


def unearned_fee(*, fee_left: Money, stays: Money) -> Money:
    """Return how much of the platform fee goes back with budget that goes back.

    fee_left: taken from the brand and not yet earned. stays: the platform fee on budget that
    remains in the campaign, and on what creators are still promised.
    """
    return max(fee_left - stays, Money(0, fee_left.currency))
