"""Where a pledge's money is, step by step; brand and finance read the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.causes.rules.pledges import PledgeState
from marketplace.kernel.money import Money


class PledgeStage(StrEnum):
    """The steps of a pledge, in their order."""

    PROMISED = "promised"
    SET_ASIDE = "set_aside"
    OWED = "owed"
    PAID = "paid"


class PledgeWait(StrEnum):
    """What a pledge waits for, which also says for whom."""

    PAYMENT = "payment"
    """The brand has to pay what is missing."""
    PUBLISHING = "publishing"
    """The brand has to publish its campaign."""
    ENDING = "ending"
    """Nobody: it grows, or becomes owed, by itself."""
    BANK = "bank"
    """A bank looks at a payment of the brand's, or the brand owes for one that was taken back."""
    TRANSFER = "transfer"
    """Staff have to send what is owed."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class PledgeMoney:
    """Where the money of a pledge is. returned: went back to the brand's wallet.

    set_aside: ever; owed: ever became the organisation's; paid: of that, what was sent to it.
    """

    amount: Money
    set_aside: Money
    owed: Money
    paid: Money
    returned: Money

    @property
    def kept(self) -> Money:
        """What was set aside and did not go back."""
        return self.set_aside - self.returned

    @property
    def missing(self) -> Money:
        """What the brand still has to pay for all of it to be there."""
        return max(self.amount - self.kept, Money(0, self.amount.currency))

    @property
    def waiting(self) -> Money:
        """What is set aside and not owed yet."""
        return self.kept - self.owed

    @property
    def to_send(self) -> Money:
        """What is the organisation's and was not sent yet."""
        return self.owed - self.paid


@dataclass(frozen=True, slots=True)
class PledgeLink:
    """One step. state: done, now or next."""

    stage: PledgeStage
    state: str


@dataclass(frozen=True, slots=True)
class PledgeChain:
    """All steps, what the pledge waits for, and until when; None where nobody has a date."""

    links: Sequence[PledgeLink]
    waits_for: PledgeWait
    by: date | None


def pledge_chain(
    state: PledgeState, money: PledgeMoney, *, settles_on: date, held: bool = False
) -> PledgeChain:
    """Return where a pledge's money is; the first step that is not done is the present one.

    settles_on: from when it can be final. held: nothing more is owed for now, because of a
    payment that is in doubt. A pledge that was taken off has no chain to speak of.
    """
    over = state is PledgeState.SETTLED
    done = {
        PledgeStage.PROMISED: state is not PledgeState.DRAFTED,
        PledgeStage.SET_ASIDE: over or not money.missing,
        PledgeStage.OWED: over,
        PledgeStage.PAID: over and not money.to_send,
    }
    present = next((stage for stage in PledgeStage if not done[stage]), None)
    waits_for = PledgeWait.BANK if held and not over else _wait(state, money)
    return PledgeChain(
        links=[
            PledgeLink(stage, "done" if done[stage] else "now" if stage is present else "next")
            for stage in PledgeStage
        ],
        waits_for=waits_for,
        by=settles_on if waits_for is PledgeWait.ENDING else None,
    )


def _wait(state: PledgeState, money: PledgeMoney) -> PledgeWait:
    match state:
        case PledgeState.SETTLED:
            return PledgeWait.TRANSFER if money.to_send else PledgeWait.NOTHING
        case PledgeState.DRAFTED | PledgeState.PROMISED if money.missing:
            return PledgeWait.PAYMENT
        case PledgeState.DRAFTED:
            return PledgeWait.PUBLISHING
        case PledgeState.PROMISED:
            return PledgeWait.ENDING
    return PledgeWait.NOTHING


def spread_payments(owed: Sequence[Money], paid: Money) -> list[Money]:
    """Divide what an organisation was sent over what it was owed, the oldest first."""
    parts = []
    for each in owed:
        part = min(each, paid)
        parts.append(part)
        paid -= part
    return parts
