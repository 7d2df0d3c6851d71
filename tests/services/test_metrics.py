"""What was read of live posts, what was not, and when to read again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.creators.ports import Failure, FailureKind, FailureScope
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.metrics import queries, service
from marketplace.metrics.models import MetricGap, MetricSnapshot
from marketplace.store.outbox import OutboxMessage
from tests.factories.campaigns import NOON
from tests.factories.deliverables import make_deliverable, reading_at

HOUR = timedelta(hours=1)
GONE = Failure(FailureKind.NOT_VISIBLE, FailureScope.ITEM, "ok")


@pytest.fixture
def post(session: Session, acme: Brand, alice: Actor, bea: Actor) -> PublishedPost:
    """A live post, published at noon."""
    make_deliverable(session, brand=acme, by=alice, creator=bea, state=DeliverableState.LIVE)
    return session.scalars(select(PublishedPost)).one()


def posted(session: Session, name: str) -> int:
    session.flush()
    return len(session.scalars(select(OutboxMessage).where(OutboxMessage.name == name)).all())


def test_a_live_post_is_read_at_once_and_for_ninety_days(
    session: Session, post: PublishedPost
) -> None:
    service.start_tracking(session, post_id=post.id, now=NOON + HOUR)

    tracking = queries.tracking_of(session, post.id)
    assert tracking.next_read_at == NOON
    assert tracking.tracking_until == NOON + timedelta(days=90)
    assert queries.channels_due(session, now=NOON) == [post.channel_id]
    assert posted(session, "ReadingsDue") == 1


def test_a_reading_is_kept_once_and_sets_the_next(session: Session, post: PublishedPost) -> None:
    reading = reading_at(NOON + HOUR)

    kept = [service.record_snapshot(session, post_id=post.id, reading=reading) for _ in range(2)]

    snapshot = session.scalars(select(MetricSnapshot)).one()
    tracking = queries.tracking_of(session, post.id)
    assert kept == [True, False]
    assert (snapshot.views, snapshot.likes, snapshot.definition) == (400, 12, "tiktok.display.v2")
    assert (tracking.last_read_at, tracking.next_read_at) == (NOON + HOUR, NOON + 2 * HOUR)
    assert queries.channels_due(session, now=NOON + HOUR) == []


def test_readings_of_several_posts_are_kept_together_and_each_once(
    session: Session, post: PublishedPost, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = make_deliverable(
        session,
        brand=acme,
        by=alice,
        creator=bea,
        state=DeliverableState.LIVE,
        video_id="7300000000000000002",
    )
    other = session.scalars(
        select(PublishedPost).where(PublishedPost.deliverable_id == owed.id)
    ).one()
    first = reading_at(NOON + HOUR)
    service.record_snapshot(session, post_id=post.id, reading=first)

    new = service.record_snapshots(
        session, readings={post.id: first, other.id: reading_at(NOON + 2 * HOUR, views=90)}
    )

    assert new == {other.id}
    assert [each.views for each in queries.post_series(session, post_id=post.id)] == [400]
    assert [each.views for each in queries.post_series(session, post_id=other.id)] == [90]
    trackings = queries.trackings_of(session, [post.id, other.id])
    assert trackings[post.id].next_read_at == NOON + 2 * HOUR
    assert trackings[other.id].next_read_at == NOON + 3 * HOUR


def test_a_post_that_is_not_live_keeps_the_others_unread(
    session: Session, post: PublishedPost
) -> None:
    with pytest.raises(NotFound):
        service.record_snapshots(
            session, readings={post.id: reading_at(NOON), new_id(): reading_at(NOON)}
        )

    assert session.scalars(select(MetricSnapshot)).all() == []


def test_what_the_platform_did_not_say_stays_unknown(session: Session, post: PublishedPost) -> None:
    service.record_snapshot(session, post_id=post.id, reading=reading_at(NOON, shares=None))

    assert session.scalars(select(MetricSnapshot)).one().shares is None


def test_counters_that_fall_are_kept_as_they_came(session: Session, post: PublishedPost) -> None:
    for age, views in enumerate((900, 850)):
        service.record_snapshot(
            session, post_id=post.id, reading=reading_at(NOON + age * HOUR, views=views)
        )

    assert [s.views for s in queries.post_series(session, post_id=post.id)] == [900, 850]


def test_a_reading_that_comes_late_does_not_turn_the_schedule_back(
    session: Session, post: PublishedPost
) -> None:
    service.record_snapshot(session, post_id=post.id, reading=reading_at(NOON + 5 * HOUR))
    service.record_snapshot(session, post_id=post.id, reading=reading_at(NOON + HOUR))

    tracking = queries.tracking_of(session, post.id)
    assert tracking.last_read_at == NOON + 5 * HOUR
    assert len(queries.post_series(session, post_id=post.id)) == 2


def test_reading_ends_with_the_last_one(session: Session, post: PublishedPost) -> None:
    service.record_snapshot(session, post_id=post.id, reading=reading_at(NOON + timedelta(days=90)))

    assert queries.tracking_of(session, post.id).next_read_at is None


@pytest.mark.parametrize(
    ("kind", "pause"),
    [
        (FailureKind.PROVIDER_UNAVAILABLE, timedelta(minutes=15)),
        (FailureKind.BAD_RESPONSE, timedelta(minutes=15)),
        (FailureKind.AUTH_REVOKED, timedelta(hours=6)),
        (FailureKind.SCOPE_MISSING, timedelta(hours=6)),
        (FailureKind.NOT_VISIBLE, timedelta(hours=1)),
    ],
)
def test_trouble_is_kept_with_its_reason_and_tried_again(
    session: Session, post: PublishedPost, kind: FailureKind, pause: timedelta
) -> None:
    service.record_snapshot(session, post_id=post.id, reading=reading_at(NOON))
    failure = Failure(kind, FailureScope.APP, "internal_error")

    service.flag_gap(session, post_id=post.id, failure=failure, now=NOON + HOUR)

    gap = queries.gaps_of(session, post_id=post.id)[0]
    assert (gap.kind, gap.detail, gap.noticed_at) == (kind.value, "internal_error", NOON + HOUR)
    assert queries.tracking_of(session, post.id).next_read_at == NOON + HOUR + pause
    assert queries.tracking_of(session, post.id).last_read_at == NOON
    assert len(queries.post_series(session, post_id=post.id)) == 1


def test_a_platform_that_names_a_time_is_not_asked_before(
    session: Session, post: PublishedPost
) -> None:
    told = NOON + timedelta(hours=3)
    failure = Failure(FailureKind.RATE_LIMITED, FailureScope.APP, "rate_limit", retry_at=told)

    service.flag_gap(session, post_id=post.id, failure=failure, now=NOON)

    assert queries.tracking_of(session, post.id).next_read_at == told


def test_a_post_is_called_gone_after_two_looks_and_back_after_one(
    session: Session, post: PublishedPost
) -> None:
    service.flag_gap(session, post_id=post.id, failure=GONE, now=NOON)
    assert post.state is PostState.VERIFIED
    assert posted(session, "PostNotVisible") == 0

    service.flag_gap(session, post_id=post.id, failure=GONE, now=NOON + HOUR)
    service.flag_gap(session, post_id=post.id, failure=GONE, now=NOON + 25 * HOUR)

    tracking = queries.tracking_of(session, post.id)
    assert post.state is PostState.NOT_VISIBLE
    assert posted(session, "PostNotVisible") == 1
    assert (tracking.missing_since, tracking.missing_count) == (NOON, 3)
    assert tracking.next_read_at == NOON + 49 * HOUR

    service.record_snapshot(session, post_id=post.id, reading=reading_at(NOON + 30 * HOUR))
    assert post.state is PostState.VERIFIED
    assert (tracking.missing_since, tracking.missing_count) == (None, 0)


def test_after_its_time_a_post_is_not_tried_again(session: Session, post: PublishedPost) -> None:
    service.flag_gap(session, post_id=post.id, failure=GONE, now=NOON + timedelta(days=90))

    assert queries.tracking_of(session, post.id).next_read_at is None


def test_a_channel_that_is_back_is_read_at_once_unless_reading_has_ended(
    session: Session, post: PublishedPost
) -> None:
    service.record_snapshot(session, post_id=post.id, reading=reading_at(NOON))

    assert service.resume_readings(session, channel_id=post.channel_id, now=NOON) == 1
    session.refresh(queries.tracking_of(session, post.id))
    assert queries.posts_due(session, channel_id=post.channel_id, now=NOON) != []

    queries.tracking_of(session, post.id).next_read_at = None
    session.flush()
    assert service.resume_readings(session, channel_id=post.channel_id, now=NOON) == 0


def test_every_channel_with_something_due_is_rung_for(
    session: Session, post: PublishedPost
) -> None:
    assert service.ring_due(session, now=NOON - HOUR) == 0
    assert service.ring_due(session, now=NOON) == 1
    assert session.scalars(select(MetricGap)).all() == []
