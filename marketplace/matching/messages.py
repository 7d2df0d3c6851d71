"""What matching tells the rooms above. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class MatchesReady(Message):
    """A version of a campaign's brief has its first matches: look at them."""

    campaign_id: UUID
