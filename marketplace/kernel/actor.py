"""Who is acting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID


class Role(StrEnum):
    """What a member may do for a brand."""

    OWNER = "owner"
    MANAGER = "manager"
    FINANCE = "finance"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with what they may act for, or the system itself.

    user_id: None for the system.
    brands: brand id -> the person's role there.
    creator_id: the creator this person is, if any.
    is_staff: works for the operator of this installation.
    """

    user_id: UUID | None = None
    brands: Mapping[UUID, Role] = field(default_factory=dict)
    creator_id: UUID | None = None
    is_staff: bool = False
    is_system: bool = False

    def may_edit(self, brand_id: UUID) -> bool:
        """True when the person may run campaigns for the brand."""
        return self.brands.get(brand_id) in {Role.OWNER, Role.MANAGER}

    def may_pay(self, brand_id: UUID) -> bool:
        """True when the person may move the brand's money."""
        return self.brands.get(brand_id) in {Role.OWNER, Role.FINANCE}

    def belongs_to(self, brand_id: UUID) -> bool:
        """True when the person is a member of the brand in any role."""
        return brand_id in self.brands


SYSTEM: Final = Actor(is_system=True)
NOBODY: Final = Actor()
