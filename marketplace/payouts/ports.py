"""What payouts ask of a payment processor, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.payouts.rules.accounts import BankState, Requirement
from marketplace.processor.ports import Answer, Instruction


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A creator's account at the processor as it stands now.

    requirements: what is asked of the creator. under_review: nothing is, the processor checks what
    it was given. gone: we may not use the account any more; it was closed or disconnected.
    """

    account_id: str
    transfers_active: bool
    requirements: tuple[Requirement, ...] = ()
    under_review: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """A transfer at the processor. call_id: our call that made it, if it is ours."""

    transfer_id: str
    call_id: UUID | None
    amount: Money
    balance_transaction_id: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ReversalFacts:
    """One part that was taken back of a transfer. call_id: our call for it, if it is ours."""

    reversal_id: str
    call_id: UUID | None


class TransferGateway(Protocol):
    """Reads of transfers. Raises ``ProcessorUnavailable`` when nobody answers."""

    def transfer(self, transfer_id: str) -> TransferFacts:
        """Return a transfer as it stands now."""
        ...

    def has_transfer(self, transfer_id: str) -> bool:
        """Tell whether there is such a transfer."""
        ...

    def transfers(self, *, from_at: datetime, until_at: datetime) -> Iterator[TransferFacts]:
        """Every transfer made in [from_at, until_at), newest first."""
        ...


@dataclass(frozen=True, slots=True)
class BankPayoutFacts:
    """A payment from a creator's account at the processor to their bank, as it stands now.

    arrives_on: when it is expected at the bank. failure_code: the processor's, when it failed.
    """

    payout_id: str
    account_id: str
    amount: Money
    state: BankState
    arrives_on: date
    made_at: datetime
    failure_code: str = ""


class AccountGateway(Protocol):
    """Creators' accounts. All but ``make`` raise ``ProcessorUnavailable`` when nobody answers."""

    def make(self, instruction: Instruction) -> Answer:
        """Make an account that can be sent transfers; may raise, the caller sorts what."""
        ...

    def account(self, account_id: str) -> AccountFacts:
        """Return an account as it stands now."""
        ...

    def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> str:
        """Make a fresh single-use link to the processor's own form; never store or mail it."""
        ...

    def bank_payout(self, payout_id: str, *, account_id: str) -> BankPayoutFacts:
        """Return a payment to a creator's bank as it stands now."""
        ...
