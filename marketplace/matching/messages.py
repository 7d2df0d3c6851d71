"""News of the matching room. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class PlanBoundAsked(Message):
    """Somebody wants to know more closely how far a plan is from the best possible."""

    bound_id: UUID


@dataclass(frozen=True, slots=True)
class RulesKept(Message):
    """A brand asks something else of every creator of a campaign from now on."""

    campaign_id: UUID
