"""What creators tell the rooms above. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class ChannelConnected(Message):
    """A creator has shown that a channel is theirs: read its videos."""

    channel_id: UUID


@dataclass(frozen=True, slots=True)
class ChannelReadDue(Message):
    """A channel's figures are old: read them again."""

    channel_id: UUID
