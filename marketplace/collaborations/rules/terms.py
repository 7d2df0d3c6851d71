"""The terms of an offer and its money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Protocol

from marketplace.campaigns.rules import (
    AHEAD_MOST,
    DELIVERABLES_MOST,
    ROUNDS_MOST,
    USAGE_DAYS_MOST,
    UsageMedia,
)
from marketplace.collaborations.rules.bonus import Bonus, bonus_problems
from marketplace.collaborations.rules.exclusivity import Exclusive, exclusive_problems
from marketplace.collaborations.rules.resting import FreeMoney, left_in_words
from marketplace.kernel.currencies import step
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.terms.rules import Shares

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
    means for ever. bonus: for views, beside the fee. exclusive: what is left to the brand alone.
    """

    fee: Money
    deliverables: tuple[DueDeliverable, ...]
    usage_media: str
    usage_days: int | None
    revision_rounds: int
    note: str = ""
    bonus: Bonus | None = None
    exclusive: Exclusive | None = None

    @property
    def most(self) -> Money:
        """What it costs at most before the platform fee: the fee and all of the bonus."""
        return self.fee if self.bonus is None else self.fee + self.bonus.cap


@dataclass(frozen=True, slots=True)
class OfferMoney:
    """Who pays and who receives what under an offer, to the minor unit.

    brand_pays = fee + brand_fee + brand_tax; creator_receives = fee - creator_share - withheld.
    """

    fee: Money
    brand_fee: Money
    brand_tax: Money
    creator_share: Money
    withheld: Money

    @property
    def columns(self) -> tuple[Money, Money, Money, Money, Money]:
        """The five amounts that the others follow from, in their order."""
        return self.fee, self.brand_fee, self.brand_tax, self.creator_share, self.withheld

    @property
    def brand_pays(self) -> Money:
        """The fee, the platform fee on top, and the tax on that."""
        return self.fee + self.brand_fee + self.brand_tax

    @property
    def net(self) -> Money:
        """What of the fee is the creator's, before tax kept back."""
        return self.fee - self.creator_share

    @property
    def creator_receives(self) -> Money:
        """What is left of the fee, and reaches the creator."""
        return self.net - self.withheld


class Priced(Protocol):
    """What an offer must know for its money to be worked out."""

    @property
    def fee(self) -> Money: ...
    @property
    def shares(self) -> Shares: ...
    @property
    def deliverables(self) -> list[dict[str, Any]]: ...


def offer_money(offer: Priced) -> OfferMoney:
    """Return an offer's money: what is shown before anybody agrees."""
    return money_of(offer.fee, offer.shares)


def parts_of_offer(offer: Priced) -> list[OfferMoney]:
    """Return the money of each deliverable: what is booked when it is earned, in their order."""
    fees = [Money(each["fee_minor"], offer.fee.currency) for each in offer.deliverables]
    return parts_of(fees, offer.shares)


def bonus_money(offer: Priced) -> OfferMoney | None:
    """Return the money of an offer's bonus when every post reaches its cap; None without one."""
    caps = [
        Money(cap, offer.fee.currency)
        for each in offer.deliverables
        if (cap := each.get("bonus_cap_minor"))
    ]
    return money_of_caps(caps, offer.shares) if caps else None


def money_of_caps(caps: Sequence[Money], shares: Shares) -> OfferMoney:
    """Return the money of posts that reach these caps; at least one.

    Each post's bonus is booked for itself, so each has shares of its own.
    """
    columns = zip(*(money_of(cap, shares).columns for cap in caps), strict=True)
    return OfferMoney(*(sum(column[1:], column[0]) for column in columns))


def money_of(fee: Money, shares: Shares) -> OfferMoney:
    """Return the money of a fee: each share is taken once, of the whole."""
    brand_fee = fee.share(basis_points=shares.brand)
    creator_share = fee.share(basis_points=shares.creator)
    return OfferMoney(
        fee=fee,
        brand_fee=brand_fee,
        brand_tax=brand_fee.share(basis_points=shares.brand_tax),
        creator_share=creator_share,
        withheld=(fee - creator_share).share(basis_points=shares.withheld),
    )


def parts_of(fees: Sequence[Money], shares: Shares) -> list[OfferMoney]:
    """Divide the money of a whole fee over its parts; at least one, all in one currency.

    The parts of each share add up to the share of the whole, which rounding part by part would not.
    """
    whole = money_of(sum(fees, Money(0, fees[0].currency)), shares)
    brand_fees = _divide(whole.brand_fee, fees)
    creator_shares = _divide(whole.creator_share, fees)
    left = [fee - share for fee, share in zip(fees, creator_shares, strict=True)]
    columns = (
        fees,
        brand_fees,
        _divide(whole.brand_tax, brand_fees),
        creator_shares,
        _divide(whole.withheld, left),
    )
    return [OfferMoney(*row) for row in zip(*columns, strict=True)]


def _divide(whole: Money, by: Sequence[Money]) -> list[Money]:
    weights = [each.minor for each in by]
    return whole.split(weights) if any(weights) else [whole] * len(by)


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


def terms_problems(terms: Terms, *, budget: Money, shares: Shares, today: date) -> dict[str, str]:
    """Return what is wrong with proposed terms: field -> a plain sentence; empty when fine.

    shares: the shares that will be taken of the fee.
    """
    return (
        _fee_problems(terms, budget, shares)
        | bonus_problems(terms.bonus, currency=budget.currency, count=len(terms.deliverables))
        | _date_problems(terms, today)
        | _rights_problems(terms)
        | exclusive_problems(terms.exclusive, today=today)
        | text_problems("note", terms.note, most=MESSAGE_MOST)
    )


def text_problems(field: str, text: str, *, most: int) -> dict[str, str]:
    """Return the problem of a text that is too long, under its field's name."""
    return {field: f"Keep this to {most:,} characters."} if len(text) > most else {}


def too_little_money(*, left: FreeMoney, needed: Money, frozen: Money) -> Sentence:
    """Return the refusal of an offer that the campaign's money does not carry.

    frozen: what the campaign has besides, and waits for a bank's word about a payment.
    """
    todo = "the brand must add funds first"
    if frozen:
        todo = Sentence(
            "{frozen} is frozen while a bank looks at a payment of the brand: it can wait for the"
            " bank, or add funds",
            frozen=frozen,
        )
    return Sentence(
        "The campaign has {left} and this offer needs {needed}; {todo}",
        left=left_in_words(left),
        needed=needed,
        todo=todo,
    )


def _fee_problems(terms: Terms, budget: Money, shares: Shares) -> dict[str, str]:
    if terms.fee.currency != budget.currency:
        return {"fee": f"The fee is in the campaign’s currency, {budget.currency}."}
    if terms.fee.minor <= 0:
        return {"fee": "The fee must be more than 0."}
    least = step(budget.currency)
    if terms.fee.minor % least:
        return {"fee": f"Amounts in {budget.currency} end in 0: cards carry no finer ones."}
    count = max(len(terms.deliverables), 1)
    if terms.fee.minor < count * least:
        return {"fee": "The fee is too small to divide over the deliverables."}
    parts = parts_of(split_fee(terms.fee, count=count), shares)
    if any(part.creator_receives.minor <= 0 for part in parts):
        return {"fee": "The fee is too small: nothing would be left of it for the creator."}
    if terms.fee > budget:
        return {
            "fee": Sentence(
                "The fee is more than the campaign’s budget of {budget}.", budget=budget
            )
        }
    if (
        terms.bonus is not None
        and terms.bonus.cap.currency == budget.currency
        and terms.most > budget
    ):
        return {
            "bonus_cap": Sentence(
                "Fee and bonus together are more than the campaign’s budget of {budget}.",
                budget=budget,
            )
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
    if any(each.publish_by_on > today + AHEAD_MOST for each in owed):
        return {"publish_by_on": "The post is due more than two years from now."}
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
