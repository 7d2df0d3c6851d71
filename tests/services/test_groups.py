"""A creator is found by a group while they say so themselves, and by nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import Creator, GroupDeclaration
from marketplace.creators.queries import MarketFilters
from marketplace.creators.rules.groups import GROUP_WORDS, Group
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.creators import make_channel


@pytest.fixture
def market(session: Session, bea: Actor, carl: Actor) -> None:
    """Bea and Carl, whose words say more about them than they have declared."""
    for actor in (bea, carl):
        assert actor.creator_id is not None
        make_channel(session, creator_id=actor.creator_id)
        session.get_one(Creator, actor.creator_id).bio = "A veteran on a farm, over 50."
    session.flush()


def declare(session: Session, actor: Actor, *groups: str) -> None:
    creators.declare_groups(session, actor=actor, groups=groups, now=NOON)
    session.flush()


def found(session: Session, group: Group | None) -> set[str]:
    page = queries.market(session, filters=MarketFilters(group=group))
    return {channel.creator.display_name for channel in page.rows}


def test_nobody_is_found_by_a_group_before_they_say_so(session: Session, market: None) -> None:
    assert found(session, None) == {"Bea", "Carl"}
    assert [group for group in Group if found(session, group)] == []


def test_who_declares_a_group_is_found_by_it_and_by_no_other(
    session: Session, market: None, bea: Actor, carl: Actor
) -> None:
    for _ in range(2):
        declare(session, bea, "rural", "over_50", "rural")
    declare(session, carl, "veterans")

    assert queries.own_groups(session, bea) == [Group.OVER_50, Group.RURAL]
    assert {group: found(session, group) for group in Group if found(session, group)} == {
        Group.OVER_50: {"Bea"},
        Group.RURAL: {"Bea"},
        Group.VETERANS: {"Carl"},
    }
    for group in Group:
        ids = queries.ids_found_by(session, [group])
        names = [queries.creator_by_id(session, each).display_name for each in ids]
        assert set(names) == found(session, group)
    assert found(session, None) == {"Bea", "Carl"}


def test_what_is_taken_back_is_gone_at_once_and_leaves_no_trace(
    session: Session, market: None, bea: Actor
) -> None:
    declare(session, bea, "rural", "over_50")
    declare(session, bea, "over_50")
    assert found(session, Group.RURAL) == set()
    declare(session, bea)

    assert queries.own_groups(session, bea) == []
    assert session.scalar(select(func.count()).select_from(GroupDeclaration)) == 0
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_a_group_that_is_not_on_the_list_is_refused(
    session: Session, market: None, bea: Actor
) -> None:
    declare(session, bea, "rural")

    with pytest.raises(InvalidInput) as refusal:
        declare(session, bea, "over_50", "left_handed")

    assert refusal.value.problems == {"groups": "Choose groups from the list."}
    assert queries.own_groups(session, bea) == [Group.RURAL]


def test_nobody_declares_or_reads_the_groups_of_another(
    session: Session, alice: Actor, stella: Actor
) -> None:
    for actor in (alice, stella, SYSTEM):
        with pytest.raises(NotPermitted):
            declare(session, actor, "rural")
        with pytest.raises(NotPermitted):
            queries.own_groups(session, actor)


def test_every_group_has_its_words() -> None:
    assert set(GROUP_WORDS) == set(Group)
