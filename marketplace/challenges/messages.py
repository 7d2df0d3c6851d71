"""News of the challenges room. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class ChallengeJoined(Message):
    """A creator has joined a challenge."""

    entry_id: UUID


@dataclass(frozen=True, slots=True)
class ChallengeAwarded(Message):
    """The prizes of a challenge are booked; everybody who took part is told."""

    challenge_id: UUID
