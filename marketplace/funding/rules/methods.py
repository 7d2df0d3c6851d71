"""What each way of paying brings with it: how long it takes, and how it can go back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from marketplace.kernel.money import Money

CARD: Final = "card"
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Method:
    """A way of paying, by the processor's name for it.

    name: in words. clears_in: banking days until its bank has said yes or no, at most; 0: at once.
    refund_within: days after the payment in which the processor takes a refund of it.
    source: who says so.
    """

    name: str
    clears_in: int
    refund_within: timedelta
    source: str


METHODS: Final[Mapping[str, Method]] = {
    CARD: Method(
        "card",
        clears_in=0,
        refund_within=timedelta(days=365),
        source="our own rule: Stripe names no limit, but a card is rarely the same after a year",
    ),
    "us_bank_account": Method(
        "bank debit",
        clears_in=4,
        refund_within=timedelta(days=180),
        source="docs.stripe.com/payments/ach-direct-debit;"
        " support.stripe.com/questions/refunds-for-ach-direct-debit-payments",
    ),
}
_OTHER: Final = Method(
    "bank debit",
    clears_in=6,
    refund_within=timedelta(days=180),
    source="our own rule for methods not listed here: the shortest window of those that are",
)


def method_of(kind: str) -> Method:
    """Return what is known of a way of paying."""
    return METHODS.get(kind, _OTHER)


def clears_by(ordered_on: date, kind: str) -> date:
    """Return the day by which a debit has usually cleared; banks do not work at weekends."""
    day, left = ordered_on, method_of(kind).clears_in
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


class Way(StrEnum):
    """How a refund goes back."""

    AS_IT_CAME = "as_it_came"
    BANK_TRANSFER = "bank_transfer"


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of a charge that may still go back, and how the charge was paid.

    came_back: an earlier refund of it was refused or returned; the next goes by bank transfer.
    """

    charge_id: UUID
    left: Money
    method: str
    charged_at: datetime
    came_back: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a refund. charge_id: None for money that came by no charge we know."""

    charge_id: UUID | None
    amount: Money
    way: Way


def way_back(lot: Lot, *, now: datetime) -> Way:
    """Return how a charge goes back: the way it came while its method allows that."""
    too_old = now - lot.charged_at > method_of(lot.method).refund_within
    return Way.BANK_TRANSFER if too_old or lot.came_back else Way.AS_IT_CAME


def spread_refund(amount: Money, lots: Sequence[Lot], *, now: datetime) -> list[Part]:
    """Divide a refund over the charges the money came from, in the order given (oldest first).

    Parts above zero only. What the charges do not carry goes by bank transfer.
    """
    parts: list[Part] = []
    rest = amount
    for lot in lots:
        part = min(rest, lot.left)
        if part.minor > 0:
            parts.append(Part(lot.charge_id, part, way_back(lot, now=now)))
            rest -= part
    if rest:
        parts.append(Part(None, rest, Way.BANK_TRANSFER))
    return parts


REFUND_PROBLEMS: Final[Mapping[str, str]] = {
    "expired_or_canceled_card": "The card has expired or was cancelled.",
    "lost_or_stolen_card": "The card was reported lost or stolen.",
    "insufficient_funds": "The payment service did not have the money at that moment.",
    "declined": "The bank declined it.",
    "merchant_request": "It was cancelled on request.",
    "charge_for_pending_refund_disputed": "The payment was disputed meanwhile.",
}
DEBIT_PROBLEMS: Final[Mapping[str, str]] = {
    "insufficient_funds": "The account did not hold enough money.",
    "account_closed": "The account is closed.",
    "no_account": "There is no such account.",
    "debit_not_authorized": "The bank says the debit was not allowed.",
}


def refund_problem(code: str) -> str:
    """Return why a refund did not go through, as a sentence for the brand."""
    return REFUND_PROBLEMS.get(code, "The bank did not say why.")


def debit_problem(code: str) -> str:
    """Return why a bank debit did not go through, as a sentence for the brand."""
    return DEBIT_PROBLEMS.get(code, "The bank did not say why.")
