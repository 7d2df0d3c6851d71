"""A market of a few creators, laid out in columns, and who answers for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.matching import columns
from marketplace.matching.columns import Market, source
from marketplace.matching.rules.wanted import Wanted
from tests.conftest import NOON
from tests.factories.creators import make_audience, make_channel, make_creator, make_rate

WANTED = Wanted("USD", age=frozenset({"18-24"}), words=("cooking",))


def make_hireable(session: Session, name: str = "Cleo", *, reach: int = 5_000) -> UUID:
    creator = make_creator(session, display_name=name)
    channel = make_channel(session, creator_id=creator.id)
    make_audience(session, channel_id=channel.id, age={"18-24": reach})
    make_rate(session, creator_id=creator.id)
    return creator.id


def ranked(session: Session) -> list[UUID]:
    def look(market: Market) -> list[UUID]:
        return [market.id_at(one.row) for one in columns.ranking_of(market, WANTED).best]

    return columns.ask(session, look, now=NOON)


def from_columns(session: Session) -> list[UUID]:
    """The ranking by the columns alone: PostgreSQL is not asked."""

    def refuse(*_args: Any, **_named: Any) -> Market:
        raise AssertionError("PostgreSQL was asked")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "from_database", refuse)
        return ranked(session)


def channel_of(session: Session, creator_id: UUID) -> UUID:
    channel = creators.channel_of(session, creator_id=creator_id)
    assert channel is not None
    return channel.id
