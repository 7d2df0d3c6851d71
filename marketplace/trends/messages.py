"""News of the trends room. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class TrendMissed(Message):
    """A published campaign is likely to be live only after its trend is over."""

    campaign_id: UUID
