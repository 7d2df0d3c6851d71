"""News of the causes room. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class PledgeSettled(Message):
    """A pledge is final: what it came to is the organisation's, the rest the brand's again."""

    pledge_id: UUID
