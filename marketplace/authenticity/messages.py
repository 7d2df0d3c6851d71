"""News of the authenticity room. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class ViewsQuestioned(Message):
    """Views of a post do not count for now; its creator may object."""

    assessment_id: UUID


@dataclass(frozen=True, slots=True)
class ViewsAppealed(Message):
    """A creator says that the views in question are people's."""

    assessment_id: UUID


@dataclass(frozen=True, slots=True)
class ViewsDecided(Message):
    """The last word on views in question is said, by staff or by time."""

    assessment_id: UUID
