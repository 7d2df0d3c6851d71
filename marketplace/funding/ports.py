"""What funding asks of a payment processor, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from marketplace.funding.rules import ChargebackState
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """Money that was really taken, as the processor tells it now.

    amount: what was charged. processor_fee: what the processor keeps of it. method: how it was
    paid, by the processor's name. funding_id: ours, as we sent it along with the payment.
    settled: what arrived for it, before the processor's fee, where that is in another currency; the
    fee is in that currency too. exchange_rate: as the processor says it, to be read by people.
    """

    charge_id: str
    payment_intent_id: str
    balance_transaction_id: str
    amount: Money
    processor_fee: Money
    charged_at: datetime
    available_on: datetime
    method: str
    funding_id: UUID | None
    settled: Money | None = None
    exchange_rate: str = ""


class CheckoutState(StrEnum):
    OPEN = "open"
    CLEARING = "clearing"
    """A bank debit was ordered, and the bank has not said yet."""
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """A checkout as it stands now.

    funding_id: ours, as we sent it along; None when it is not one of ours. livemode: real money.
    method, ordered_at: of the payment, once there is one. problem: the code of what the bank said
    no with.
    """

    session_id: str
    funding_id: UUID | None
    state: CheckoutState
    charge: ChargeFacts | None
    livemode: bool = False
    method: str | None = None
    ordered_at: datetime | None = None
    problem: str = ""


class RefundStatus(StrEnum):
    UNDER_WAY = "under_way"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund as it stands now; refund_id is the processor's.

    left: what has left our balance for it, whatever came of it since; None while nothing has.
    came_back: what is there again after it failed. Both in the currency that moved, which is
    another one where the charge was changed. problem: a code.
    """

    refund_id: str
    status: RefundStatus
    left: Money | None
    came_back: Money | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Money a chargeback moved. amount: positive; fee: signed, positive when it was charged."""

    amount: Money
    fee: Money
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class ChargebackFacts:
    """A chargeback as it stands now, in our words.

    dispute_id, charge_id: the processor's. withdrawn, reinstated: None while it has not moved.
    evidence_due_by: None when nothing can be said to it.
    """

    dispute_id: str
    charge_id: str
    amount: Money
    state: ChargebackState
    reason: str
    opened_at: datetime
    evidence_due_by: datetime | None
    withdrawn: Taken | None
    reinstated: Taken | None
    livemode: bool


@dataclass(frozen=True, slots=True)
class WarningFacts:
    """An early fraud warning as it stands now. actionable: something can still be done about it."""

    warning_id: str
    charge_id: str
    kind: str
    warned_at: datetime
    actionable: bool
    livemode: bool


class ChargeGateway(Protocol):
    """Reads of money coming in. Raises ``ProcessorUnavailable`` when nobody answers."""

    def checkout(self, session_id: str) -> CheckoutFacts:
        """Return a checkout as it stands now."""
        ...

    def refund(self, refund_id: str) -> RefundFacts:
        """Return a refund as it stands now."""
        ...
