"""What a pledge may be, what it is worth, when it is final, and its life. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.currencies import step
from marketplace.kernel.days import over_everywhere, today_somewhere
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.kernel.statechart import Statechart

PER_VIEWS: Final = 1_000
"""A rate is for so many views, as the views bonus of a creator is."""
COUNTED_FOR: Final = timedelta(days=30)
"""How long after the end of a campaign the views of its posts still count."""
LARGEST_SHARE: Final = 10
"""More than so many times the budget is taken for a slip of the hand."""


class PledgeKind(StrEnum):
    """How a pledge grows."""

    FIXED = "fixed"
    VIEWS = "views"


class PledgeState(StrEnum):
    """Where a pledge stands."""

    DRAFTED = "drafted"
    """Its campaign is a draft: it may still be changed, or taken off."""
    PROMISED = "promised"
    """Its campaign was published: it cannot be made smaller any more."""
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class PledgeEvent(StrEnum):
    """What moves a pledge."""

    ADD = "add"
    CHANGE = "change"
    SET_ASIDE = "set_aside"
    RETURN = "return"
    PROMISE = "promise"
    COUNT = "count"
    """Views made more of it the organisation's."""
    SETTLE = "settle"
    WITHDRAW = "withdraw"


S, E = PledgeState, PledgeEvent

LIFE: Final = Statechart(
    "pledge",
    {
        (S.DRAFTED, E.CHANGE): S.DRAFTED,
        (S.DRAFTED, E.SET_ASIDE): S.DRAFTED,
        (S.DRAFTED, E.RETURN): S.DRAFTED,
        (S.DRAFTED, E.WITHDRAW): S.WITHDRAWN,
        (S.DRAFTED, E.PROMISE): S.PROMISED,
        (S.PROMISED, E.SET_ASIDE): S.PROMISED,
        (S.PROMISED, E.COUNT): S.PROMISED,
        (S.PROMISED, E.RETURN): S.PROMISED,
        (S.PROMISED, E.SETTLE): S.SETTLED,
    },
)
OVER: Final = frozenset({S.SETTLED, S.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class PledgeTerms:
    """What a brand promises. amount: all of a fixed pledge, or the ceiling of one by views.

    rate: for each 1,000 views; None for a fixed pledge.
    """

    kind: PledgeKind
    amount: Money
    rate: Money | None = None


def pledge_problems(terms: PledgeTerms, *, budget: Money) -> dict[str, str]:
    """Return what is wrong with a pledge, by field; empty when nothing is."""
    if terms.amount.currency != budget.currency:
        return {"amount": f"A pledge is in the campaign’s currency, {budget.currency}."}
    problems: dict[str, str] = {}
    if terms.amount.minor <= 0:
        problems["amount"] = "Pledge more than 0."
    elif terms.amount.minor > budget.minor * LARGEST_SHARE:
        most = Money(budget.minor * LARGEST_SHARE, budget.currency)
        problems["amount"] = Sentence(
            "At most {most}, {times} times the budget.", most=most, times=LARGEST_SHARE
        )
    if terms.kind is PledgeKind.FIXED:
        return problems
    if terms.rate is None or terms.rate.minor <= 0:
        problems["rate"] = "Enter what 1,000 views are worth."
    elif terms.rate.currency != budget.currency:
        problems["rate"] = f"A pledge is in the campaign’s currency, {budget.currency}."
    elif terms.rate > terms.amount:
        problems["rate"] = "1,000 views are worth more than the ceiling."
    return problems


def worth_of(terms: PledgeTerms, *, views: int, ended: bool) -> Money:
    """Return what of a pledge is the organisation's by now, rounded down to the currency's step.

    views: all that count, so that a division leaves nothing over from step to step. ended: the
    campaign is over, which is when all of a fixed pledge is owed.
    """
    if terms.rate is None:
        return terms.amount if ended else Money(0, terms.amount.currency)
    least = step(terms.amount.currency)
    steps = max(views, 0) * terms.rate.minor // (PER_VIEWS * least)
    return min(Money(steps * least, terms.amount.currency), terms.amount)


def has_ended(
    *, state: CampaignState, ends_on: date, closed_at: datetime | None, now: datetime
) -> bool:
    """True once a published campaign was closed, or its last day is over everywhere."""
    if state is CampaignState.DRAFT:
        return False
    return closed_at is not None or ends_on < today_somewhere(now)


def settles_on(terms: PledgeTerms, *, ends_on: date, closed_at: datetime | None) -> date:
    """Return the last day of a pledge: the end of its campaign, or the last day views count."""
    end = min(ends_on, closed_at.date()) if closed_at is not None else ends_on
    return end if terms.rate is None else end + COUNTED_FOR


def counts_until(terms: PledgeTerms, *, ends_on: date, closed_at: datetime | None) -> datetime:
    """Return the moment from which no view counts any more, however long work goes on."""
    return over_everywhere(settles_on(terms, ends_on=ends_on, closed_at=closed_at))


def may_settle(
    terms: PledgeTerms,
    *,
    ends_on: date,
    closed_at: datetime | None,
    work_is_open: bool,
    views_in_question: bool,
    now: datetime,
) -> bool:
    """True when nothing can be added to what is owed: for views also when all work is done.

    The campaign has ended; see ``has_ended``. work_is_open: a creator's collaboration goes on.
    views_in_question: somebody has yet to say whether views of a post count.
    """
    if terms.rate is None:
        return True
    last = settles_on(terms, ends_on=ends_on, closed_at=closed_at)
    return not (work_is_open or views_in_question) and last < today_somewhere(now)
