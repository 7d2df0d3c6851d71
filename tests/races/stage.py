"""A deliverable with its people, committed, and rivals that start together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, BrandMember
from marketplace.creators.models import Creator, CreatorSource
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Conflict, InvalidInput, InvalidTransition
from marketplace.kernel.ids import new_id
from tests.conftest import make_person
from tests.factories.campaigns import NOON
from tests.factories.deliverables import make_deliverable

Act = Callable[[Session], object]


@dataclass(frozen=True, slots=True)
class Stage:
    """A deliverable with everybody who may do something about it."""

    deliverable_id: UUID
    alice: Actor
    ben: Actor
    bea: Actor


def set_up(engine: Engine, state: DeliverableState) -> Stage:
    with Session(engine) as session:
        brand = Brand(id=new_id(), name="Acme Kitchen", country="US", created_at=NOON)
        session.add(brand)
        session.flush()
        members = []
        for name, role in (("alice", Role.OWNER), ("ben", Role.MANAGER)):
            user = make_person(session, name)
            session.add(BrandMember(brand_id=brand.id, user_id=user.id, role=role, joined_at=NOON))
            members.append(Actor(user_id=user.id, brands={brand.id: role}))
        person = make_person(session, "bea")
        creator = Creator(
            id=new_id(),
            user_id=person.id,
            display_name="Bea",
            source=CreatorSource.SIGNED_UP,
            topics=[],
            created_at=NOON,
        )
        session.add(creator)
        session.flush()
        bea = Actor(user_id=person.id, creator_id=creator.id)
        owed = make_deliverable(session, brand=brand, by=members[0], creator=bea, state=state)
        session.commit()
        return Stage(owed.id, members[0], members[1], bea)


def at_once(engine: Engine, acts: Sequence[Act]) -> list[str]:
    """Do all of them in threads that start together; return what each was told."""
    start = Barrier(len(acts))

    def attempt(act: Act) -> str:
        with Session(engine) as session:
            start.wait(timeout=120)
            try:
                act(session)
                session.commit()
            except Conflict:
                return "conflict"
            except (InvalidInput, InvalidTransition):  # it came late and read the other's work
                return "conflict"
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(attempt, acts))
