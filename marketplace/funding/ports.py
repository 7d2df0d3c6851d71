"""What funding asks of a payment processor, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """Money that was really taken, as the processor tells it now.

    amount: what the card was charged. processor_fee: what the processor keeps of it.
    """

    charge_id: str
    payment_intent_id: str
    balance_transaction_id: str
    amount: Money
    processor_fee: Money
    charged_at: datetime
    available_on: datetime


class CheckoutState(StrEnum):
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """A checkout as it stands now.

    funding_id: ours, as we sent it along; None when it is not one of ours.
    """

    session_id: str
    funding_id: UUID | None
    state: CheckoutState
    charge: ChargeFacts | None


class RefundStatus(StrEnum):
    UNDER_WAY = "under_way"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund as it stands now; refund_id is the processor's."""

    refund_id: str
    status: RefundStatus
    problem: str


class ChargeGateway(Protocol):
    """Reads of money coming in. Raises ``ProcessorUnavailable`` when nobody answers."""

    def checkout(self, session_id: str) -> CheckoutFacts:
        """Return a checkout as it stands now."""
        ...

    def refund(self, refund_id: str) -> RefundFacts:
        """Return a refund as it stands now."""
        ...
