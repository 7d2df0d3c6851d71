"""What a challenge promises: a pool, and how it is divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from marketplace.challenges.rules.life import Days
from marketplace.collaborations.rules import money_of
from marketplace.kernel.currencies import step
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.terms.rules import Shares

LONGEST: Final = timedelta(days=60)
"""Posts are read for 90 days; a challenge is over well within them."""
PLACES_MOST: Final = 500
"""How many places can have a prize."""
BANDS_MOST: Final = 10
VIEWS_MOST: Final = 10**9


class Split(StrEnum):
    """How the pool is divided."""

    RANK = "rank"
    """Each place has a prize of its own."""
    VIEWS = "views"
    """In proportion to the views counted."""


@dataclass(frozen=True, slots=True)
class Prize:
    """What each of some places in a row wins. first, last: places from 1 on, both included."""

    first: int
    last: int
    amount: Money

    @property
    def total(self) -> Money:
        """What all of these places win together."""
        return Money(self.amount.minor * (self.last - self.first + 1), self.amount.currency)

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept in a row of JSON."""
        return {"first": self.first, "last": self.last, "minor": self.amount.minor}


@dataclass(frozen=True, slots=True)
class Promise:
    """What a challenge pays.

    pool: set aside before it opens. prizes: by place, in their order; none by views. cap: the most
    that one creator can win by views. least_views: who has fewer wins nothing; at least 1.
    """

    pool: Money
    split: Split
    prizes: Sequence[Prize] = ()
    cap: Money | None = None
    least_views: int = 1

    @property
    def most(self) -> Money:
        """The most that one entry can win."""
        if self.split is Split.RANK:
            return self.prize_of(1)
        return self.pool if self.cap is None else self.cap

    def prize_of(self, place: int) -> Money:
        """Return what a place wins; nothing for one without a prize."""
        for each in self.prizes:
            if each.first <= place <= each.last:
                return each.amount
        return Money(0, self.pool.currency)


def prizes_of(kept: Sequence[Mapping[str, Any]], currency: str) -> tuple[Prize, ...]:
    """Return prizes from how they are kept in rows of JSON."""
    return tuple(
        Prize(each["first"], each["last"], Money(each["minor"], currency)) for each in kept
    )


def promise_problems(promise: Promise, *, budget: Money, shares: Shares) -> dict[str, str]:
    """Return what is wrong with a promise: field -> a plain sentence; empty when it may be made.

    shares: the shares that will be taken of each prize.
    """
    currency = budget.currency
    amounts = [promise.pool, *(each.amount for each in promise.prizes)]
    amounts += [promise.cap] if promise.cap is not None else []
    if any(each.currency != currency for each in amounts):
        return {"pool": f"Prizes are in the campaign’s currency, {currency}."}
    problems: dict[str, str] = {}
    if promise.pool.minor <= 0:
        problems["pool"] = "The prize pool must be more than 0."
    elif promise.pool > budget:
        problems["pool"] = Sentence(
            "The pool is more than the campaign’s budget of {budget}.", budget=budget
        )
    elif promise.pool.minor % step(currency):
        problems["pool"] = f"Amounts in {currency} end in 0: cards carry no finer ones."
    if not 1 <= promise.least_views <= VIEWS_MOST:
        problems["least_views"] = "Ask for at least 1 view: a post that nobody saw wins nothing."
    if "pool" in problems:  # everything else is measured by it
        return problems
    by_split = _place_problems if promise.split is Split.RANK else _cap_problems
    return problems | by_split(promise, shares)


def day_problems(days: Days, *, now: datetime) -> dict[str, str]:
    """Return which days contradict each other, or are over: field -> a plain sentence.

    Empty when none do. A day that is still today somewhere is over here once it is in UTC.
    """
    if days.entries_until < days.opens_on:
        return {"entries_until": "Entries end before the challenge opens."}
    if days.counting_ends_on < days.entries_until:
        return {
            "entries_until": "Views stop counting before entries end: choose an earlier day, or a"
            " later last day of the campaign."
        }
    if days.counting_ends_on - days.opens_on > LONGEST:
        return {
            "entries_until": f"A challenge lasts {LONGEST.days} days at most, from its first day"
            " to its last."
        }
    if days.entries_end_at <= now:
        return {"entries_until": "This day is over in UTC: choose a later one."}
    return {}


def _place_problems(promise: Promise, shares: Shares) -> dict[str, str]:
    if promise.cap is not None:
        return {"cap": "A cap is for prizes by views; a place has its own prize."}
    if not promise.prizes:
        return {"prizes": "Name at least one prize."}
    if len(promise.prizes) > BANDS_MOST:
        return {"prizes": f"Keep this to {BANDS_MOST} lines."}
    currency = promise.pool.currency
    expected, above = 1, None
    for each in promise.prizes:
        if each.first != expected or each.last < each.first:
            return {"prizes": f"Places follow one another: the next line begins with {expected}."}
        if each.last > PLACES_MOST:
            return {"prizes": f"At most {PLACES_MOST} places can have a prize."}
        if each.amount.minor % step(currency):
            return {"prizes": f"Amounts in {currency} end in 0: cards carry no finer ones."}
        if money_of(each.amount, shares).creator_receives.minor <= 0:
            return {"prizes": "A prize is too small: nothing would be left of it for its winner."}
        if above is not None and each.amount > above:
            return {"prizes": "A later place cannot win more than an earlier one."}
        expected, above = each.last + 1, each.amount
    total = sum((each.total for each in promise.prizes), Money(0, currency))
    if total > promise.pool:
        return {
            "prizes": Sentence(
                "The prizes add up to {total}, more than the pool of {pool}.",
                total=total,
                pool=promise.pool,
            )
        }
    return {}


def _cap_problems(promise: Promise, shares: Shares) -> dict[str, str]:
    if promise.prizes:
        return {"prizes": "By views there are no places with prizes of their own."}
    cap = promise.cap
    if cap is None:
        return {}
    if cap > promise.pool:
        return {"cap": "The most that one creator can win is more than the whole pool."}
    if cap.minor % step(cap.currency):
        return {"cap": f"Amounts in {cap.currency} end in 0: cards carry no finer ones."}
    if money_of(cap, shares).creator_receives.minor <= 0:
        return {"cap": "The cap is too small: nothing would be left of it for a winner."}
    return {}
