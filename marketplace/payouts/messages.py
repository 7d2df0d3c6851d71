"""News of the payouts room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class FeeEarned(Message):
    """An accepted deliverable has earned its fee; the hold window runs."""

    earning_id: UUID


@dataclass(frozen=True, slots=True)
class PayoutsWanted(Message):
    """Something became payable or possible for this creator: look whether to pay."""

    creator_id: UUID


@dataclass(frozen=True, slots=True)
class PayoutsFrozen(Message):
    """The payouts of a creator were stopped."""

    freeze_id: UUID


@dataclass(frozen=True, slots=True)
class PayoutsUnfrozen(Message):
    """Payouts of a creator go on."""

    freeze_id: UUID


@dataclass(frozen=True, slots=True)
class PayoutSettled(Message):
    """The money is in the creator's account at the processor."""

    payout_id: UUID


@dataclass(frozen=True, slots=True)
class PayoutFailed(Message):
    """The processor refused for good; the money is payable again."""

    payout_id: UUID


@dataclass(frozen=True, slots=True)
class PayoutAccountChanged(Message):
    """A creator's account at the processor may have changed: look."""

    payout_account_id: UUID


@dataclass(frozen=True, slots=True)
class AccountEventsDue(Message):
    """What the processor tells of a creator's account may not have reached us: ask for it."""

    payout_account_id: UUID


@dataclass(frozen=True, slots=True)
class BonusCorrected(Message):
    """The views of a bonus were too high before. owed_minor: of it what had been sent already."""

    measurement_id: UUID
    owed_minor: int


@dataclass(frozen=True, slots=True)
class BonusesWaiting(Message):
    """More bonuses are due than one batch takes: another worker can help."""

    asked_at: str


@dataclass(frozen=True, slots=True)
class BonusEnded(Message):
    """Nothing more is counted: what is booked of a bonus stays."""

    bonus_id: UUID


@dataclass(frozen=True, slots=True)
class PayoutAccountReady(Message):
    """A creator's account can take transfers, for the first time or again."""

    payout_account_id: UUID
    change_id: UUID
    """Names this change, so that each is told once."""


@dataclass(frozen=True, slots=True)
class PayoutAccountPaused(Message):
    """A creator's account could take transfers and cannot any more."""

    payout_account_id: UUID
    change_id: UUID
    """Names this change, so that each is told once."""


@dataclass(frozen=True, slots=True)
class PayoutAccountClosed(Message):
    """A creator's account was refused, closed or disconnected; another may be opened."""

    payout_account_id: UUID


@dataclass(frozen=True, slots=True)
class BankPayoutFailed(Message):
    """A creator's bank sent money back to their account at the processor."""

    bank_payout_id: UUID


@dataclass(frozen=True, slots=True)
class ClawbackOpened(Message):
    """A creator has to give something back."""

    case_id: UUID


@dataclass(frozen=True, slots=True)
class ClawbackSettled(Message):
    """Nothing is left of what a creator had to give back."""

    case_id: UUID


@dataclass(frozen=True, slots=True)
class ReversalEnded(Message):
    """What was to be taken back of a payout has come, or was refused."""

    reversal_id: UUID


@dataclass(frozen=True, slots=True)
class DisputeMoved(Message):
    """Something was said, agreed or decided in a dispute, or it was opened."""

    step_id: UUID


@dataclass(frozen=True, slots=True)
class DisputeRunsOut(Message):
    """The time of whoever has the next word in a dispute is nearly over."""

    dispute_id: UUID
    due_at: str
    """Which time, in ISO format: each is reminded of once."""
