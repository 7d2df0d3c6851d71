"""The leaderboard of many entries is kept for a minute, and never longer than its entries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.challenges import queries, service
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.deliverables.models import PublishedPost
from marketplace.kernel.actor import Actor
from tests.conftest import NOON
from tests.factories.challenges import enter, make_challenge, read

READ = NOON + timedelta(hours=3)
NOW = NOON + timedelta(hours=4)
SECOND = timedelta(seconds=1)


@pytest.fixture
def challenge(session: Session, acme: Brand, alice: Actor) -> Challenge:
    return make_challenge(session, brand=acme, by=alice)


@pytest.fixture
def entry(session: Session, challenge: Challenge, bea: Actor) -> PublishedPost:
    """An entry with 500 views, shown at four."""
    return enter(session, challenge, bea, video_id="71", views=[(READ, 500)])


def shown(session: Session, challenge: Challenge, *, after: timedelta, many: int = 1) -> list[int]:
    board = queries.board_shown(session, challenge, kept_from=many, now=NOW + after)
    return [each.views for each in board.lines]


def test_new_views_are_seen_a_minute_later(
    session: Session, challenge: Challenge, entry: PublishedPost
) -> None:
    assert shown(session, challenge, after=0 * SECOND) == [500]
    read(session, entry, (NOW + SECOND, 900))

    assert shown(session, challenge, after=59 * SECOND) == [500]
    assert shown(session, challenge, after=60 * SECOND) == [900]


def test_with_few_entries_they_are_seen_at_once(
    session: Session, challenge: Challenge, entry: PublishedPost
) -> None:
    assert shown(session, challenge, after=0 * SECOND, many=2) == [500]
    read(session, entry, (NOW + SECOND, 900))

    assert shown(session, challenge, after=2 * SECOND, many=2) == [900]


def test_another_entry_is_seen_at_once(
    session: Session, challenge: Challenge, entry: PublishedPost, carl: Actor
) -> None:
    assert shown(session, challenge, after=0 * SECOND) == [500]
    enter(session, challenge, carl, video_id="72", views=[(READ, 700)])

    assert shown(session, challenge, after=SECOND) == [700, 500]


def test_an_entry_that_is_taken_out_is_gone_at_once(
    session: Session, challenge: Challenge, entry: PublishedPost, alice: Actor
) -> None:
    assert shown(session, challenge, after=0 * SECOND) == [500]
    taken = session.scalars(select(ChallengeEntry)).one()
    service.refuse_entry(
        session, entry_id=taken.id, reason="It shows another brand.", actor=alice, now=NOW
    )
    session.flush()

    assert shown(session, challenge, after=SECOND) == []


def test_a_name_is_hidden_at_once_also_while_another_is_shown(
    session: Session, challenge: Challenge, entry: PublishedPost, bea: Actor, carl: Actor
) -> None:
    enter(session, challenge, carl, video_id="72", views=[(READ, 700)])
    name(session, challenge, bea, is_named=True)
    name(session, challenge, carl, is_named=False)
    before = queries.board_shown(session, challenge, kept_from=1, now=NOW)
    name(session, challenge, bea, is_named=False)
    name(session, challenge, carl, is_named=True)

    after = queries.board_shown(session, challenge, kept_from=1, now=NOW + SECOND)

    assert [each.is_named for each in before.lines] == [False, True]
    assert [each.is_named for each in after.lines] == [True, False]


def name(session: Session, challenge: Challenge, creator: Actor, *, is_named: bool) -> None:
    service.show_name(session, campaign_id=challenge.campaign_id, is_named=is_named, actor=creator)
    session.flush()
