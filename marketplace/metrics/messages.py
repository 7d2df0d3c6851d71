"""News of the metrics room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class ReadingsDue(Message):
    """Posts of this channel are to be read."""

    channel_id: UUID


@dataclass(frozen=True, slots=True)
class PostNotVisible(Message):
    """A live post was not there twice in a row."""

    post_id: UUID
