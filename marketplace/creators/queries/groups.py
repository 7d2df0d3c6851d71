"""Who wants to be found by a group; and one's own groups, for oneself."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.creators.models import Creator, GroupDeclaration
from marketplace.creators.rules.groups import Group
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotPermitted


def own_groups(session: Session, actor: Actor) -> list[Group]:
    """The groups by which the actor is found; there is no such question about anybody else."""
    if actor.creator_id is None:
        raise NotPermitted("read the groups of a creator")
    rows = session.scalars(
        select(GroupDeclaration.name).where(GroupDeclaration.creator_id == actor.creator_id)
    )
    return sorted(rows)


def ids_found_by(session: Session, groups: Collection[Group]) -> frozenset[UUID]:
    """Everybody who has asked to be found by any of some groups, without saying by which."""
    return frozenset(
        session.scalars(
            select(GroupDeclaration.creator_id).where(GroupDeclaration.name.in_(groups))
        )
    )


def found_by(group: Group) -> ColumnElement[bool]:
    """The condition on a creator to be found by a group: their declaration, nothing else."""
    return Creator.id.in_(select(GroupDeclaration.creator_id).where(GroupDeclaration.name == group))
