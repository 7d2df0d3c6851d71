"""The lives of earnings and payouts, and when money may move. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.kernel.currencies import exponent
from marketplace.kernel.money import Money
from marketplace.kernel.statechart import Statechart


class EarningState(StrEnum):
    """How far an earned fee has come."""

    PENDING = "pending"
    """In the hold window."""
    PAYABLE = "payable"
    PAYING = "paying"
    PAID = "paid"


class PayoutState(StrEnum):
    """Where a payout stands. How far its sending has come is the processor call's to tell."""

    RESERVED = "reserved"
    SETTLED = "settled"
    RETURNED = "returned"
    """Refused for good: the reservation went back to payable."""


class PayoutEvent(StrEnum):
    """What moves a payout."""

    RESERVE = "reserve"
    SETTLE = "settle"
    RETURN = "return"


S, E = PayoutState, PayoutEvent

LIFE: Final = Statechart(
    "payout",
    {(S.RESERVED, E.SETTLE): S.SETTLED, (S.RESERVED, E.RETURN): S.RETURNED},
)

SMALLEST_PAYOUT_UNITS: Final = 10
"""In whole units of the currency; less waits until more has come together."""


def smallest_payout(currency: str) -> Money:
    """Return the least amount that is sent in this currency."""
    return Money(SMALLEST_PAYOUT_UNITS * 10 ** exponent(currency), currency)


PAUSE_AFTER_REFUSAL: Final = timedelta(hours=1)
"""How long nothing is sent to a creator after a refusal; without it a refusal that stays would
be asked for again and again, as fast as the queue runs."""


def may_pay_again(*, refused_at: datetime | None, now: datetime) -> bool:
    """True when no refusal is so fresh that the next one would only repeat it."""
    return refused_at is None or now - refused_at >= PAUSE_AFTER_REFUSAL


@dataclass(frozen=True, slots=True)
class Shares:
    """How a creator's fee divides when it is earned.

    fee: as agreed. platform: the platform's part of it. net: what the creator receives.
    on_top: the platform fee that the brand has paid besides, and that is earned with it.
    """

    fee: Money
    platform: Money
    net: Money
    on_top: Money


def shares_of(
    fee: Money, *, creator_fee_bps: int, brand_fee_bps: int, brand_fee_left: Money
) -> Shares:
    """Divide a fee; the part on top is never more than what is left of what the brand paid."""
    platform = fee.share(basis_points=creator_fee_bps)
    on_top = fee.share(basis_points=brand_fee_bps)
    return Shares(
        fee=fee,
        platform=platform,
        net=fee - platform,
        on_top=min(on_top, brand_fee_left),
    )


class Waiting(StrEnum):
    """Why money has not moved yet; each has one true sentence and at most one act."""

    HOLD = "hold"
    NO_ACCOUNT = "no_account"
    ACCOUNT_NOT_READY = "account_not_ready"
    BELOW_MINIMUM = "below_minimum"
    NEXT_RUN = "next_run"
    SENDING = "sending"
    UNCLEAR = "unclear"
    PERSON = "person"
    """A person of the platform has to look at it."""
    NOTHING = "nothing"
    """It has arrived."""


def waiting_for(
    state: EarningState,
    *,
    has_account: bool,
    transfers_active: bool,
    enough: bool,
    unclear: bool = False,
    stuck: bool = False,
) -> Waiting:
    """Say what an earning waits for; the same answer for creator, brand and finance.

    enough: what is payable together reaches the smallest payout.
    unclear: an answer of the processor is missing. stuck: a person must decide.
    """
    match state:
        case EarningState.PENDING:
            return Waiting.HOLD
        case EarningState.PAID:
            return Waiting.NOTHING
        case EarningState.PAYING:
            if stuck:
                return Waiting.PERSON
            return Waiting.UNCLEAR if unclear else Waiting.SENDING
        case EarningState.PAYABLE:
            if not has_account:
                return Waiting.NO_ACCOUNT
            if not transfers_active:
                return Waiting.ACCOUNT_NOT_READY
            return Waiting.NEXT_RUN if enough else Waiting.BELOW_MINIMUM


PAYOUT_COUNTRIES: Final = (
    "AT", "AU", "BE", "CA", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "JP", "NL", "NO",
    "NZ", "PL", "PT", "SE", "US",
)  # fmt: skip
"""Where creators can be paid."""
