"""A creator says by which groups they want to be found, and takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.creators.models import GroupDeclaration
from marketplace.creators.rules.groups import Group, group_problem
from marketplace.creators.service.profile import own_creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput


def declare_groups(session: Session, *, actor: Actor, groups: Sequence[str], now: datetime) -> None:
    """Have the actor's own profile found by exactly these groups; by none for an empty list.

    What is taken away is deleted, and no trace of it is kept. The second time nothing changes.
    Raises NotPermitted, InvalidInput.
    """
    creator_id = own_creator(actor, "say how this creator is found")
    if problem := group_problem(groups):
        raise InvalidInput({"groups": problem})
    chosen = [Group(each) for each in dict.fromkeys(groups)]
    session.execute(
        delete(GroupDeclaration).where(
            GroupDeclaration.creator_id == creator_id, GroupDeclaration.name.not_in(chosen)
        )
    )
    if chosen:
        session.execute(
            insert(GroupDeclaration)
            .values(
                [{"creator_id": creator_id, "name": each, "declared_at": now} for each in chosen]
            )
            .on_conflict_do_nothing()
        )
