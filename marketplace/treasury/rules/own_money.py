"""Our own money between the processor and our bank, and how much of it is ours. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.kernel.statechart import Statechart
from marketplace.ledger.rules import Code


class Direction(StrEnum):
    """Which way money goes between the processor and our bank."""

    TO_BANK = "to_bank"
    """A payout of the platform's own money."""
    FROM_BANK = "from_bank"
    """A top-up of our balance at the processor."""


class BankMoveState(StrEnum):
    """How far it has come."""

    REQUESTED = "requested"
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    REFUSED = "refused"
    """The processor did not take it; nothing moved."""
    FAILED = "failed"
    """A bank refused it or took it back; the money is where it came from."""
    CANCELLED = "cancelled"


class BankMoveEvent(StrEnum):
    """What moves it."""

    SEND = "send"
    REFUSE = "refuse"
    ARRIVE = "arrive"
    FAIL = "fail"
    CANCEL = "cancel"


S, E = BankMoveState, BankMoveEvent

BANK_MOVE: Final = Statechart(
    "bank move",
    {
        (S.REQUESTED, E.SEND): S.UNDER_WAY,
        (S.REQUESTED, E.REFUSE): S.REFUSED,
        (S.UNDER_WAY, E.ARRIVE): S.ARRIVED,
        (S.UNDER_WAY, E.FAIL): S.FAILED,
        (S.UNDER_WAY, E.CANCEL): S.CANCELLED,
        (S.ARRIVED, E.FAIL): S.FAILED,  # banks can change their mind
    },
)


class RemoteState(StrEnum):
    """How a payout or top-up stands at the processor."""

    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    FAILED = "failed"
    """Refused by a bank, before or after it had arrived."""
    CANCELLED = "cancelled"


EVENT_OF: Final[Mapping[RemoteState, BankMoveEvent]] = {
    RemoteState.ARRIVED: E.ARRIVE,
    RemoteState.FAILED: E.FAIL,
    RemoteState.CANCELLED: E.CANCEL,
}

ALL_THERE_IS: Final = (
    (Code.PROCESSOR_BALANCE, 1, "On our balance at the processor"),
    (Code.PROCESSOR_RESERVE, 1, "Kept back by the processor as a reserve"),
    (Code.BANK_CLIENT_MONEY, 1, "Client money at the bank"),
    (Code.CHARGEBACK_OPEN, 1, "Taken by chargebacks, outcome open"),
    (Code.BRAND_FUNDS, -1, "Brands’ wallets"),
    (Code.CAMPAIGN_FUNDS, -1, "Campaigns, not promised"),
    (Code.CAMPAIGN_FROZEN, -1, "Campaigns, frozen"),
    (Code.COMMITTED, -1, "Promised to creators"),
    (Code.PRIZE_POOL, -1, "Prizes of challenges, not awarded yet"),
    (Code.CREATOR_PENDING, -1, "Creators, in the hold window"),
    (Code.CREATOR_PAYABLE, -1, "Creators, payable"),
    (Code.PAYOUT_IN_FLIGHT, -1, "Payouts to creators under way"),
    (Code.REFUND_IN_FLIGHT, -1, "Refunds to brands under way"),
    (Code.TAX_WITHHELD, -1, "Tax kept back"),
    (Code.SALES_TAX, -1, "Sales tax"),
    (Code.PLEDGED, -1, "Pledged to causes, not owed yet"),
    (Code.OWED_TO_CAUSE, -1, "Owed to causes"),
    (Code.EXCHANGE_CLEARING, -1, "Paid in one currency, arrived in another"),
    (Code.FEE_UNEARNED, -1, "Our fee that is not earned yet, and is given back with unspent money"),
)
"""What the platform's own money is made of: account, sign, words."""
ON_THE_WAY: Final = "Payouts to our bank that were asked for and are not sent yet"
NOBODYS: Final = "Money in suspense: it may belong to somebody"


@dataclass(frozen=True, slots=True)
class OwnMoney:
    """How much of what is at the processor is ours, in one currency, with its parts.

    parts: in words, signed; they add up to ``ours``. at_processor: what could leave at all.
    """

    parts: tuple[tuple[str, Money], ...]
    at_processor: Money

    @property
    def ours(self) -> Money:
        """What is left when everybody else has theirs; below zero when something is missing."""
        return sum((part for _, part in self.parts), Money(0, self.at_processor.currency))

    @property
    def may_go_out(self) -> Money:
        """The most that may be paid out to our bank: never a cent of somebody else's."""
        return max(min(self.ours, self.at_processor), Money(0, self.at_processor.currency))


def own_money(balances: Mapping[Code, Money], *, asked: Money, currency: str) -> OwnMoney:
    """Work out what is ours.

    balances: on their own side, what is missing counts as nothing. asked: payouts that were asked
    for and have not left yet.
    """
    nothing = Money(0, currency)
    parts = [
        (words, balance if sign > 0 else -balance)
        for code, sign, words in ALL_THERE_IS
        if (balance := balances.get(code, nothing))
    ]
    # Suspense grows by debit: below zero it is money that came in and nobody knows.
    suspense = balances.get(Code.SUSPENSE, nothing)
    if suspense < nothing:
        parts.append((NOBODYS, suspense))
    if asked:
        parts.append((ON_THE_WAY, -asked))
    return OwnMoney(
        parts=tuple(parts), at_processor=balances.get(Code.PROCESSOR_BALANCE, nothing) - asked
    )


def check_payout(amount: Money, *, own: OwnMoney) -> None:
    """Raise InvalidInput for a payout that would take a cent of somebody else's money."""
    if amount > own.may_go_out:
        raise InvalidInput(
            {
                "amount": Sentence("At most {most} is ours and may go out.", most=own.may_go_out)
                if own.may_go_out
                else f"Nothing of what is there in {amount.currency} is ours now."
            }
        )


LIES_TOO_LONG: Final = (60, 75, 85)
"""After how many days money that lies with us is told of; outside the United States and Thailand
Stripe wants it paid on within 90."""


def days_class(since: datetime, *, now: datetime) -> int | None:
    """Return the last limit that money has passed that came at this moment; None below all."""
    passed = [limit for limit in LIES_TOO_LONG if now - since >= timedelta(days=limit)]
    return passed[-1] if passed else None
