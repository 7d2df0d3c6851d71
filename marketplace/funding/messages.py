"""News of the funding room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class CheckoutDue(Message):
    """An open checkout may have been paid: look."""

    funding_id: UUID


@dataclass(frozen=True, slots=True)
class DebitOrdered(Message):
    """A bank was told to send the money of a funding; it takes days."""

    funding_id: UUID


@dataclass(frozen=True, slots=True)
class ChargeSettled(Message):
    """A funding was paid and is in the campaign."""

    funding_id: UUID


@dataclass(frozen=True, slots=True)
class ChargeSetAside(Message):
    """A charge is not what was asked for; its money is in suspense until somebody has looked."""

    funding_id: UUID


@dataclass(frozen=True, slots=True)
class FundingFailed(Message):
    """A funding did not come through."""

    funding_id: UUID


@dataclass(frozen=True, slots=True)
class RefundDue(Message):
    """A refund is under way at the processor: look how it stands."""

    refund_id: UUID


@dataclass(frozen=True, slots=True)
class BankTransferDue(Message):
    """A refund cannot go back the way it came: finance staff send it from the bank."""

    refund_id: UUID


@dataclass(frozen=True, slots=True)
class RefundEnded(Message):
    """A refund was paid back, failed, or came back."""

    refund_id: UUID


@dataclass(frozen=True, slots=True)
class ChargebackDue(Message):
    """Something was said to a chargeback: look how it stands. dispute_id: the processor's."""

    dispute_id: str


@dataclass(frozen=True, slots=True)
class ChargebackTurned(Message):
    """A chargeback was opened, or has come a stage further."""

    chargeback_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class FraudWarningTurned(Message):
    """A card's issuer warned of fraud, or the warning is over."""

    warning_id: UUID
    state: str
