"""The lives of fundings and refunds. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from marketplace.kernel.statechart import Statechart


class FundingState(StrEnum):
    """Where a funding stands."""

    REQUESTED = "requested"
    CHECKOUT_OPEN = "checkout_open"
    CLEARING = "clearing"
    """A bank debit was ordered; the bank has days to say whether the money comes."""
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


class FundingEvent(StrEnum):
    """What moves a funding."""

    OPEN_CHECKOUT = "open_checkout"
    ORDER_DEBIT = "order_debit"
    PAY = "pay"
    EXPIRE = "expire"
    FAIL = "fail"


class RefundState(StrEnum):
    """Where a refund stands."""

    ASKED = "asked"
    BANK_TRANSFER_DUE = "bank_transfer_due"
    """It cannot go back the way it came: finance staff send it from the bank."""
    PAID = "paid"
    FAILED = "failed"
    """It never went out, or was stopped on its way."""
    CAME_BACK = "came_back"
    """It had been paid, and the bank sent it back."""


class RefundEvent(StrEnum):
    """What moves a refund."""

    PAY = "pay"
    FAIL = "fail"


F, E = FundingState, FundingEvent

LIFE: Final = Statechart(
    "funding",
    {
        (F.REQUESTED, E.OPEN_CHECKOUT): F.CHECKOUT_OPEN,
        (F.REQUESTED, E.FAIL): F.FAILED,
        (F.REQUESTED, E.PAY): F.PAID,
        (F.CHECKOUT_OPEN, E.ORDER_DEBIT): F.CLEARING,
        (F.CHECKOUT_OPEN, E.PAY): F.PAID,
        (F.CHECKOUT_OPEN, E.EXPIRE): F.EXPIRED,
        (F.CHECKOUT_OPEN, E.FAIL): F.FAILED,
        (F.CLEARING, E.PAY): F.PAID,
        (F.CLEARING, E.FAIL): F.FAILED,
        # Money that came in although we had given up on it is still the brand's money.
        (F.EXPIRED, E.PAY): F.PAID,
        (F.FAILED, E.PAY): F.PAID,
    },
)

R, B = RefundState, RefundEvent

REFUND_LIFE: Final = Statechart(
    "refund",
    {
        (R.ASKED, B.PAY): R.PAID,
        (R.ASKED, B.FAIL): R.FAILED,
        (R.BANK_TRANSFER_DUE, B.PAY): R.PAID,
        (R.BANK_TRANSFER_DUE, B.FAIL): R.FAILED,
        (R.PAID, B.FAIL): R.CAME_BACK,
    },
)
