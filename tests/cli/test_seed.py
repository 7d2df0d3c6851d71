"""The demo's market: invented, whole, and made only once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts.models import Brand, User
from marketplace.cli import seed, seed_world
from marketplace.collaborations.models import Application, Invitation, Offer
from marketplace.creators import queries
from marketplace.creators.models import (
    AudienceSnapshot,
    Channel,
    ChannelVideo,
    Creator,
    GroupDeclaration,
)
from marketplace.creators.queries import MarketFilters
from marketplace.creators.rules import AudienceSource
from marketplace.creators.rules.groups import Group


def test_the_same_seed_invents_the_same_creators() -> None:
    assert list(seed_world.creators(5)) == list(seed_world.creators(5))
    assert list(seed_world.creators(5)) != list(seed_world.creators(5, seed=1))


def test_invented_audiences_add_up_and_handles_are_unique() -> None:
    world = list(seed_world.creators(400))

    assert {sum(one.age.values()) for one in world} == {10_000}
    assert {sum(one.gender.values()) for one in world} == {10_000}
    assert max(sum(one.countries.values()) for one in world) <= 10_000
    assert len({one.handle for one in world}) == 400
    assert len({one.name for one in world}) == 400


def test_an_empty_installation_gets_a_market_and_only_once(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed, "CREATORS", 40)
    said: list[str] = []

    with app.app_context():
        assert seed.seed_if_empty(said.append) is True
        assert seed.seed_if_empty(said.append) is False

    def count(model: type) -> int:
        return session.scalar(select(func.count()).select_from(model)) or 0

    assert count(Creator) == count(Channel) == 40
    assert count(ChannelVideo) == 40 * 25
    whose = session.execute(
        select(AudienceSnapshot.source, func.count()).group_by(AudienceSnapshot.source)
    )
    assert dict(whose.all()) == {
        AudienceSource.SELF_REPORTED: 30, AudienceSource.UPLOAD: 5, AudienceSource.INFERRED: 5,
    }  # fmt: skip
    assert count(Brand) == 3
    assert count(User) == 40 + 6
    assert count(Application) == 13  # of forty, few live where one brief asks for
    assert count(Invitation) == 2
    assert count(Offer) == 1
    found_by = session.scalars(select(GroupDeclaration.name)).all()
    assert sorted(found_by) == sorted([*[*Group][:9], Group.RURAL])  # one, and the first creator
    assert session.scalar(select(func.min(Channel.median_views))) is not None
    for one in session.scalars(select(Channel).options(joinedload(Channel.creator))).all():
        for words in (one.creator.display_name, f"@{one.handle}"):
            found = queries.market(session, filters=MarketFilters(words=words)).rows
            assert one in found
    assert said[-2] == "The market is open: 40 creators, 3 brands."
    assert said[-1] == "The market is there already; nothing was changed."
