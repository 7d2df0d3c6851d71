"""Two owners, or two of staff, leave at the same moment; one of them stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts import service as accounts
from marketplace.accounts.models import Brand, BrandMember, User
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Conflict
from marketplace.payouts import service as payouts
from marketplace.store.outbox import OutboxMessage
from tests.factories.accounts import NOON, make_brand, make_member, make_user


@pytest.fixture
def owners(engine: Engine) -> Iterator[tuple[Actor, Actor]]:
    """Two owners of one brand, committed; gone after the test."""
    with Session(engine, expire_on_commit=False) as session:
        brand = make_brand(session)
        pair = tuple(make_member(session, brand=brand, role=Role.OWNER) for _ in range(2))
        session.commit()
    yield pair
    with Session(engine) as session:
        session.execute(delete(BrandMember).where(BrandMember.brand_id == brand.id))
        session.execute(delete(Brand).where(Brand.id == brand.id))
        session.execute(delete(User).where(User.id.in_([who.user_id for who in pair])))
        session.commit()


def demote(session: Session, actor: Actor, other: Actor) -> None:
    (brand_id,) = actor.brands
    accounts.change_role(
        session, actor=actor, brand_id=brand_id, user_id=other.user_id, role=Role.VIEWER
    )


def leave(session: Session, actor: Actor, _other: Actor) -> None:
    (brand_id,) = actor.brands
    accounts.remove_member(session, actor=actor, brand_id=brand_id, user_id=actor.user_id)


def at_once(
    engine: Engine, pair: tuple[Actor, Actor], act: Callable[[Session, Actor, Actor], None]
) -> list[str]:
    """Let both act, and return what came of it: done, refused, or both."""
    together = Barrier(2)

    def try_it(actor: Actor, other: Actor) -> str:
        with Session(engine) as session:
            together.wait(timeout=120)
            try:
                act(session, actor, other)
                session.commit()
            except Conflict:
                return "refused"
        return "done"

    first, second = pair
    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(try_it, first, second), pool.submit(try_it, second, first)]
        return sorted(each.result(timeout=120) for each in tries)


@pytest.mark.parametrize("act", [demote, leave])
def test_a_brand_never_loses_its_last_owner(
    engine: Engine, owners: tuple[Actor, Actor], act: Callable[[Session, Actor, Actor], None]
) -> None:
    assert at_once(engine, owners, act) == ["done", "refused"]
    (brand_id,) = owners[0].brands
    with Session(engine) as session:
        assert len(queries.people_who(session, brand_id, {Role.OWNER})) == 1


@pytest.fixture
def staff(engine: Engine) -> Iterator[tuple[Actor, Actor]]:
    """All who are staff, committed; gone after the test."""
    with Session(engine, expire_on_commit=False) as session:
        people = [make_user(session, is_staff=True) for _ in range(2)]
        session.commit()
    yield tuple(Actor(user_id=each.id, is_staff=True) for each in people)
    with Session(engine) as session:
        session.execute(delete(User).where(User.id.in_([each.id for each in people])))
        session.execute(delete(OutboxMessage).where(OutboxMessage.name == "AccountClosed"))
        session.commit()


def close(session: Session, actor: Actor, _other: Actor) -> None:
    payouts.close_account(session, actor=actor, now=NOON)


def test_an_installation_never_loses_its_last_staff(
    engine: Engine, staff: tuple[Actor, Actor]
) -> None:
    assert at_once(engine, staff, close) == ["done", "refused"]
    with Session(engine) as session:
        assert len(queries.staff_ids(session)) == 1
