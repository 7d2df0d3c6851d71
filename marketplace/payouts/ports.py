"""What payouts ask of a payment processor, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A creator's account at the processor as it stands now.

    requirements: what is still asked of the creator, in the processor's own words.
    """

    account_id: str
    transfers_active: bool
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """A transfer at the processor. call_id: our call that made it, if it is ours."""

    transfer_id: str
    call_id: UUID | None
    amount: Money
    balance_transaction_id: str
    made_at: datetime


class TransferGateway(Protocol):
    """Reads of accounts and transfers. Raises ``ProcessorUnavailable`` when nobody answers."""

    def transfer(self, transfer_id: str) -> TransferFacts:
        """Return a transfer as it stands now."""
        ...

    def transfers(self, *, from_at: datetime, until_at: datetime) -> Iterator[TransferFacts]:
        """Every transfer made in [from_at, until_at), newest first."""
        ...

    def account(self, account_id: str) -> AccountFacts:
        """Return an account as it stands now."""
        ...

    def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> str:
        """Make a fresh single-use link to the processor's own form; never store or mail it."""
        ...
