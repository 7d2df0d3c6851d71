"""What was expected of a video when it was agreed, and what it had at the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.collaborations.models import Collaboration
from marketplace.creators.models import Channel
from marketplace.creators.ports import Failure, FailureKind, FailureScope
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.metrics import queries, service
from marketplace.metrics.queries import FollowedVideo
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.creators import make_channel
from tests.factories.deliverables import make_deliverable, reading_at

END = NOON + timedelta(days=90)
GONE = Failure(FailureKind.NOT_VISIBLE, FailureScope.ITEM, "ok")


@pytest.fixture
def channel(session: Session, bea: Actor) -> Channel:
    assert bea.creator_id is not None
    return make_channel(session, creator_id=bea.creator_id, handle="bea.cooks", median_views=20_000)


@pytest.fixture
def post(
    session: Session, channel: Channel, acme: Brand, alice: Actor, bea: Actor
) -> PublishedPost:
    """A live post, agreed and published at noon."""
    make_deliverable(session, brand=acme, by=alice, creator=bea, state=DeliverableState.LIVE)
    return session.scalars(select(PublishedPost)).one()


def read(session: Session, post: PublishedPost, views: int, *, days: float) -> None:
    at = NOON + timedelta(days=days)
    service.record_snapshot(session, post_id=post.id, reading=reading_at(at, views=views))
    session.flush()


def followed(session: Session, *, days: float = 90) -> list[FollowedVideo]:
    return list(queries.followed_videos(session, now=NOON + timedelta(days=days)))


def test_what_is_expected_is_kept_when_both_agree_and_does_not_move_with_the_channel(
    session: Session, post: PublishedPost, channel: Channel
) -> None:
    channel.median_views = 900_000
    session.flush()
    agreed = session.scalars(select(Collaboration)).one()
    # One known figure says as much as one post: five sixths of the usual spread.
    assert (agreed.expected_views, agreed.expected_low, agreed.expected_high) == (
        20_000,
        9_170,
        67_272,
    )


def test_who_has_no_known_views_agrees_without_any(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    agreed = make_collaboration(
        session, campaign=make_campaign(session, brand=acme, by=alice), creator=bea, by=alice
    )
    assert (agreed.expected_views, agreed.expected_low, agreed.expected_high) == (None, None, None)


def test_a_video_is_an_outcome_once_its_ninety_days_are_over(
    session: Session, post: PublishedPost
) -> None:
    read(session, post, 9_000, days=30)
    read(session, post, 12_000, days=90)

    assert followed(session, days=89) == []
    [found] = followed(session)
    assert (found.agreed_at, found.known_at) == (NOON, END)
    assert (found.views, found.expected, found.low) == (12_000, 20_000, 9_170)
    assert (found.is_met, found.is_low_met) == (False, True)


def test_a_video_that_nobody_could_read_lately_says_nothing(
    session: Session, post: PublishedPost
) -> None:
    read(session, post, 900, days=82)
    assert followed(session) == []
    read(session, post, 900, days=83)
    assert [each.views for each in followed(session)] == [900]


def test_a_video_that_was_taken_down_counts_with_what_it_had(
    session: Session, post: PublishedPost
) -> None:
    read(session, post, 900, days=10)
    for hours in (1, 2):
        at = NOON + timedelta(days=10, hours=hours)
        service.flag_gap(session, post_id=post.id, failure=GONE, now=at)
    session.flush()

    assert [(each.views, each.is_low_met) for each in followed(session)] == [(900, False)]


def test_only_videos_of_which_something_was_expected_are_outcomes(
    session: Session, post: PublishedPost
) -> None:
    read(session, post, 12_000, days=90)
    owed = session.scalars(select(Deliverable)).one()
    agreed = session.scalars(select(Collaboration)).one()

    owed.format = "story"
    session.flush()
    assert followed(session) == []
    owed.format = "video"
    agreed.expected_views = agreed.expected_low = agreed.expected_high = None
    session.flush()
    assert followed(session) == []
