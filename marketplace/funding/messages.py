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
class ChargeSettled(Message):
    """A funding was paid and is in the campaign."""

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
class RefundEnded(Message):
    """A refund was paid back, or failed."""

    refund_id: UUID
