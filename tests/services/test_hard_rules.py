"""Promises to other brands and avoided subjects, by PostgreSQL alone and by the columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.creators import queries as creators
from marketplace.creators.models import ChannelVideo
from marketplace.creators.rules import FORMATS
from marketplace.creators.rules.formats import band_counts
from marketplace.creators.rules.subjects import Subject
from marketplace.kernel.actor import Actor
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.wanted import Booking, HardRules, Wanted
from tests.conftest import NOON
from tests.factories.creators import make_exclusivity, make_video
from tests.factories.market import make_hireable

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def rival(mallory: Actor) -> UUID:
    """Another brand."""
    return next(iter(mallory.brands))


def wanted(acme: Brand, *, avoided: frozenset[Subject] = frozenset()) -> Wanted:
    booking = Booking(acme.id, "food", date(2026, 12, 1), date(2026, 12, 24))
    return Wanted("USD", rules=HardRules(avoided=avoided, booking=booking))


def left_out(session: Session, wish: Wanted) -> list[Mapping[LeftOut, int]]:
    """By the columns, and by PostgreSQL alone."""

    def look(market: Market) -> Mapping[LeftOut, int]:
        return columns.rank(market, wish).left_out

    return [columns.ask(session, look, now=NOON), look(columns.from_database(session, now=NOON))]


def test_whoever_is_promised_to_another_brand_is_left_out_until_the_promise_ends(
    session: Session, place: Path, acme: Brand, rival: UUID
) -> None:
    make_hireable(session, "Free")
    bound = make_hireable(session, "Bound")
    columns.build(session, place, now=NOON)
    assert left_out(session, wanted(acme)) == [{}, {}]

    promise = make_exclusivity(session, creator_id=bound, brand_id=rival)
    assert columns.refresh(session, place, now=LATER).is_new is False

    assert left_out(session, wanted(acme)) == [{LeftOut.BOUND: 1}] * 2
    own = wanted(acme)
    theirs = replace(
        own, rules=replace(own.rules, booking=replace(own.rules.booking, brand_id=rival))
    )
    assert left_out(session, theirs) == [{}, {}]

    promise.ended_at = NOON
    session.flush()
    columns.refresh(session, place, now=LATER)

    assert left_out(session, wanted(acme)) == [{}, {}]


def test_a_promise_whose_last_day_is_over_everywhere_is_not_read_any_more(
    session: Session, acme: Brand, rival: UUID
) -> None:
    creator_id = make_hireable(session, "Bound")
    make_exclusivity(session, creator_id=creator_id, brand_id=rival, until_on=date(2026, 11, 2))

    [first] = creators.facts_of(session, [creator_id], now=NOON)
    [later] = creators.facts_of(session, [creator_id], now=NOON + timedelta(days=1))

    assert first.exclusivities == [["food", 20_758, 20_759, str(rival)]]
    assert later.exclusivities == []


def test_whose_posts_touch_what_is_avoided_is_left_out(
    session: Session, place: Path, acme: Brand
) -> None:
    creator_id = make_hireable(session, "Bets")
    make_hireable(session, "Cooks")
    columns.build(session, place, now=NOON)
    channel = creators.channel_of(session, creator_id=creator_id)
    assert channel is not None
    channel.subjects = ["gambling"]
    session.flush()
    columns.refresh(session, place, now=LATER)

    avoiding = wanted(acme, avoided=frozenset({Subject.GAMBLING, Subject.ADULT}))

    assert left_out(session, avoiding) == [{LeftOut.AVOIDED_SUBJECT: 1}] * 2
    assert left_out(session, wanted(acme)) == [{}, {}]


def test_the_lengths_that_count_are_those_of_the_formats_that_a_creator_makes(
    session: Session,
) -> None:
    creator_id = make_hireable(session, "Short and long")
    channel = creators.channel_of(session, creator_id=creator_id)
    assert channel is not None
    for number, seconds in enumerate((20, 20, 20, 400)):
        make_video(
            session, channel_id=channel.id, external_id=str(number)
        ).duration_seconds = seconds
    session.flush()

    known = band_counts(
        session.scalars(
            select(ChannelVideo.duration_seconds).where(ChannelVideo.channel_id == channel.id)
        )
    )
    market = columns.from_database(session, now=NOON)
    [row] = market.rows_of([creator_id]).tolist()

    assert known == [0, 3, 0, 1]
    # in steps of half a percent, drawn towards a half as if by four videos
    assert market.arrays["formats"][len(FORMATS) :, row].tolist() == [
        (count + 2) * 200 // (sum(known) + 4) for count in known
    ]
