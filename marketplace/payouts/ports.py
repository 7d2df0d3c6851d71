"""What payouts ask of a payment processor, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A creator's account at the processor as it stands now.

    requirements: what is still asked of the creator, in the processor's own words.
    """

    account_id: str
    transfers_active: bool
    requirements: tuple[str, ...]


class TransferGateway(Protocol):
    """Reads of creators' accounts. Raises ``ProcessorUnavailable`` when nobody answers."""

    def account(self, account_id: str) -> AccountFacts:
        """Return an account as it stands now."""
        ...

    def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> str:
        """Make a fresh single-use link to the processor's own form; never store or mail it."""
        ...
