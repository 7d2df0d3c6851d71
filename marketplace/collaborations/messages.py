"""What collaborations tell the rooms above. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class OfferAccepted(Message):
    """Both sides agreed: the collaboration exists, its deliverables are owed from now on."""

    collaboration_id: UUID
