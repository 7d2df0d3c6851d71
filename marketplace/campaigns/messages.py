"""What campaigns tell the rooms above. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class CampaignPublished(Message):
    """A campaign is open to creators."""

    campaign_id: UUID


@dataclass(frozen=True, slots=True)
class BriefAmended(Message):
    """A campaign has a new version of its brief; whoever has not agreed yet should know."""

    campaign_id: UUID
    brief_id: UUID


@dataclass(frozen=True, slots=True)
class CategorySaid(Message):
    """A published campaign has said what it is for: who is bound in that category is so for it."""

    campaign_id: UUID


@dataclass(frozen=True, slots=True)
class CampaignClosed(Message):
    """A campaign takes nobody any more: what is still open around it ends."""

    campaign_id: UUID
