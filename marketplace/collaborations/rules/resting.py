"""What a campaign got back rests in it while a creator may still dispute that. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.ledger.rules import Free


class RestReason(StrEnum):
    """Why money rests: what may still be disputed."""

    CALLED_OFF = "called_off"
    """Work that the brand alone has called off."""
    BONUS = "bonus"
    """What was not earned of a bonus."""
    PRIZES = "prizes"
    """Prizes of a challenge that nobody won, or that went back."""


_DISPUTED: Final[Mapping[RestReason, str]] = {
    RestReason.CALLED_OFF: "work that was called off",
    RestReason.BONUS: "the views of a bonus",
    RestReason.PRIZES: "the prizes of a challenge",
}


@dataclass(frozen=True, slots=True)
class Rest:
    """An amount that rests, why, and from when it is free. until: aware."""

    why: RestReason
    amount: Money
    until: datetime


@dataclass(frozen=True, slots=True)
class FreeMoney:
    """What a campaign has and nobody was promised. rests: of it, the soonest free first.

    All that is ``Free`` is told here, and nowhere else is any made.
    """

    funds: Money
    rests: Sequence[Rest] = ()

    @property
    def resting(self) -> Money:
        """What of it can be neither promised nor sent back yet."""
        return sum((each.amount for each in self.rests), Money(0, self.funds.currency))

    @property
    def free(self) -> Free:
        """What may be promised, or sent back, now."""
        return Free(self.funds - self.resting)

    def free_for(self, own: Money) -> Free:
        """What a dispute may take for which so much of what rests was kept, as far as it is there.

        What rests for somebody else is left alone.
        """
        return Free(min(own + self.free, self.funds))

    def moved(self, amount: Money) -> FreeMoney:
        """The same after so much came to the campaign, or went from it when it is below nothing."""
        return replace(self, funds=self.funds + amount)


def free_of(funds: Money, rests: Sequence[Rest]) -> FreeMoney:
    """Return how much of a campaign's funds is free. rests: the soonest free first.

    No more rests than there is: a chargeback takes what rests as well.
    """
    there, found = funds, []
    for each in rests:
        amount = min(each.amount, there)
        there -= amount
        if amount:
            found.append(Rest(each.why, amount, each.until))
    return FreeMoney(funds, tuple(found))


def left_in_words(left: FreeMoney) -> Sentence:
    """Return what a campaign can promise: ``USD 600.00 left``, and how much beside it rests."""
    if not left.rests:
        return Sentence("{free} left", free=left.free)
    return Sentence("{free} left ({rests})", free=left.free, rests=resting_sentence(left.rests))


def resting_sentence(rests: Sequence[Rest]) -> Sentence:
    """Return how much rests in a campaign, until when and why; for at least one, without a stop."""
    last = max(each.until for each in rests)
    total = sum((each.amount for each in rests[1:]), rests[0].amount)
    latest = " at the latest" if any(each.until < last for each in rests) else ""
    reasons = {each.why for each in rests}
    whys = " and ".join(words for why, words in _DISPUTED.items() if why in reasons)
    return Sentence(
        "{total} rests in the campaign until {last}{latest}, as creators may dispute {whys} until"
        " then",
        total=total,
        last=last,
        latest=latest,
        whys=whys,
    )
