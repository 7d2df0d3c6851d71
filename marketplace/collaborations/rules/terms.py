"""The terms of an offer and its money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Protocol

from marketplace.campaigns.rules import (
    DELIVERABLES_MOST,
    ROUNDS_MOST,
    USAGE_DAYS_MOST,
    UsageMedia,
)
from marketplace.collaborations.rules.bonus import Bonus, bonus_problems
from marketplace.kernel.currencies import exponent
from marketplace.kernel.money import Money

BRAND_FEE_BPS: Final = 1_000
"""The platform fee on top of creators' fees, paid by the brand when it funds."""
CREATOR_FEE_BPS: Final = 500
"""The platform's share of a creator's fee."""
HOLD_DAYS: Final = 7
"""From acceptance of a deliverable until its fee is payable."""
OFFER_DAYS: Final = 7
"""How long an offer waits for its answer."""
REPLY_DAYS: Final = 10
"""How long a brand may take to answer an application."""
REVIEW_DAYS: Final = 5
"""How long a brand may take to review a draft."""
ACCEPT_DAYS: Final = 5
"""How long a brand may object to a live post."""

MESSAGE_MOST: Final = 1_000
PITCH_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class DueDeliverable:
    """One thing owed under an offer, without its part of the fee."""

    format: str
    description: str
    draft_due_on: date
    publish_by_on: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What one side proposes.

    fee: the whole, before the platform's share. usage_days: from the last day to publish; None
    means for ever. bonus: for views, beside the fee.
    """

    fee: Money
    deliverables: tuple[DueDeliverable, ...]
    usage_media: str
    usage_days: int | None
    revision_rounds: int
    note: str = ""
    bonus: Bonus | None = None

    @property
    def most(self) -> Money:
        """What it costs at most before the platform fee: the fee and all of the bonus."""
        return self.fee if self.bonus is None else self.fee + self.bonus.cap


@dataclass(frozen=True, slots=True)
class OfferMoney:
    """Who pays and who receives what under an offer, to the minor unit.

    brand_pays = fee + brand_fee; creator_receives = fee - creator_share.
    """

    fee: Money
    brand_fee: Money
    brand_pays: Money
    creator_share: Money
    creator_receives: Money


class Priced(Protocol):
    """What an offer must know for its money to be worked out."""

    @property
    def fee(self) -> Money: ...
    @property
    def creator_fee_bps(self) -> int: ...
    @property
    def brand_fee_bps(self) -> int: ...
    @property
    def deliverables(self) -> list[dict[str, Any]]: ...


def offer_money(offer: Priced) -> OfferMoney:
    """Return an offer's money: shares are taken deliverable by deliverable, as they will be earned.

    So the sum shown before anybody agrees is the sum of what is booked later.
    """
    currency = offer.fee.currency
    fees = [Money(each["fee_minor"], currency) for each in offer.deliverables]
    return money_of(fees, creator_fee_bps=offer.creator_fee_bps, brand_fee_bps=offer.brand_fee_bps)


def bonus_money(offer: Priced) -> OfferMoney | None:
    """Return the money of an offer's bonus when every post reaches its cap; None without one."""
    caps = [
        Money(cap, offer.fee.currency)
        for each in offer.deliverables
        if (cap := each.get("bonus_cap_minor"))
    ]
    if not caps:
        return None
    return money_of(caps, creator_fee_bps=offer.creator_fee_bps, brand_fee_bps=offer.brand_fee_bps)


def money_of(fees: Sequence[Money], *, creator_fee_bps: int, brand_fee_bps: int) -> OfferMoney:
    """Return the money of deliverables with these fees; at least one, all in one currency."""
    nothing = Money(0, fees[0].currency)
    fee = sum(fees, nothing)
    brand_fee = sum((each.share(basis_points=brand_fee_bps) for each in fees), nothing)
    creator_share = sum((each.share(basis_points=creator_fee_bps) for each in fees), nothing)
    return OfferMoney(
        fee=fee,
        brand_fee=brand_fee,
        brand_pays=fee + brand_fee,
        creator_share=creator_share,
        creator_receives=fee - creator_share,
    )


def split_fee(fee: Money, *, count: int) -> list[Money]:
    """Divide a fee over so many deliverables equally; the parts always sum to the fee."""
    return fee.split([1] * count)


def usage_until(deliverables: Sequence[DueDeliverable], *, usage_days: int | None) -> date | None:
    """Return the last day of the usage grant, or None for one without end.

    Counted from the last day to publish, so that both sides see a date before they agree.
    """
    if usage_days is None:
        return None
    return max(each.publish_by_on for each in deliverables) + timedelta(days=usage_days)


def terms_problems(terms: Terms, *, budget: Money, today: date) -> dict[str, str]:
    """Return what is wrong with proposed terms: field -> a plain sentence; empty when fine."""
    return (
        _fee_problems(terms, budget)
        | bonus_problems(terms.bonus, currency=budget.currency, count=len(terms.deliverables))
        | _date_problems(terms, today)
        | _rights_problems(terms)
        | text_problems("note", terms.note, most=MESSAGE_MOST)
    )


def text_problems(field: str, text: str, *, most: int) -> dict[str, str]:
    """Return the problem of a text that is too long, under its field's name."""
    return {field: f"Keep this to {most:,} characters."} if len(text) > most else {}


def in_words(money: Money) -> str:
    """Return an amount for a sentence: ``USD 1250.00``."""
    number = Decimal(money.minor).scaleb(-exponent(money.currency))
    return f"{money.currency} {number:f}"


def too_little_money(*, left: Money, needed: Money) -> str:
    """Return the refusal of an offer that the campaign's money does not carry."""
    return (
        f"The campaign has {in_words(left)} left and this offer needs {in_words(needed)}; "
        "the brand must add funds first"
    )


def _fee_problems(terms: Terms, budget: Money) -> dict[str, str]:
    if terms.fee.currency != budget.currency:
        return {"fee": f"The fee is in the campaign's currency, {budget.currency}."}
    if terms.fee.minor <= 0:
        return {"fee": "The fee must be more than 0."}
    if terms.fee.minor < len(terms.deliverables):
        return {"fee": "The fee is too small to divide over the deliverables."}
    if terms.fee > budget:
        return {"fee": f"The fee is more than the campaign's budget of {in_words(budget)}."}
    if (
        terms.bonus is not None
        and terms.bonus.cap.currency == budget.currency
        and terms.most > budget
    ):
        return {
            "bonus_cap": f"Fee and bonus together are more than the campaign's budget of"
            f" {in_words(budget)}."
        }
    return {}


def _date_problems(terms: Terms, today: date) -> dict[str, str]:
    owed = terms.deliverables
    if not owed:
        return {"deliverables": "An offer asks for at least one deliverable."}
    if len(owed) > DELIVERABLES_MOST:
        return {"deliverables": f"One creator can owe {DELIVERABLES_MOST} deliverables at most."}
    if any(each.draft_due_on < today for each in owed):
        return {"draft_due_on": "The draft is due in the past: choose a later day."}
    if any(each.publish_by_on < each.draft_due_on for each in owed):
        return {"publish_by_on": "The post is due before its draft."}
    return {}


def _rights_problems(terms: Terms) -> dict[str, str]:
    problems: dict[str, str] = {}
    if terms.usage_media not in list(UsageMedia):
        problems["usage_media"] = "Choose where the brand may show the videos."
    if terms.usage_days is not None and not 1 <= terms.usage_days <= USAGE_DAYS_MOST:
        problems["usage_days"] = f"Between 1 and {USAGE_DAYS_MOST:,} days, or for ever."
    if not 0 <= terms.revision_rounds <= ROUNDS_MOST:
        problems["revision_rounds"] = f"Between 0 and {ROUNDS_MOST} rounds."
    return problems
