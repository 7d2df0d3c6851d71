"""Reading live posts from TikTok over HTTP, on schedule, whatever it answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.creators.messages import ChannelConnected
from marketplace.creators.models import Channel, ChannelState
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import skip_ahead
from marketplace.metrics import queries
from marketplace.metrics.messages import ReadingsDue
from marketplace.store.outbox import OutboxMessage
from tests.factories.deliverables import channel_for, make_deliverable
from tests.gateways.tiktok_sandbox import QUERY, SandboxTikTok
from workers import metrics as jobs
from workers.access import RejectedByPlatform
from workers.runtime import Run

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HANDLE = "maya.cooks"


@pytest.fixture
def posts(
    session: Session, run: Run, tiktok: SandboxTikTok, acme: Brand, alice: Actor, bea: Actor
) -> list[PublishedPost]:
    """Two live posts of one channel, both due."""
    grant = tiktok.connect(HANDLE)
    for name in ("Beans", "Soup"):
        make_deliverable(
            session,
            brand=acme,
            by=alice,
            creator=bea,
            state=DeliverableState.LIVE,
            campaign_name=name,
            video_id=tiktok.publish(HANDLE, total_views=90_000),
        )
    channel = channel_for(session, bea)
    channel.external_id = grant.external_id
    channel.access_token, channel.refresh_token = grant.access_token, grant.refresh_token
    channel.access_expires_at = run.now + timedelta(hours=2)
    found = list(session.scalars(select(PublishedPost).order_by(PublishedPost.id)))
    for post in found:
        post.published_at = run.now
        tracking = queries.tracking_of(session, post.id)
        tracking.next_read_at = run.now
        tracking.tracking_until = run.now + timedelta(days=90)
    session.commit()
    return found


def skip(run: Run, **step: float) -> Run:
    """Move the clock of product and sandbox ahead."""
    return replace(run, now=skip_ahead(timedelta(**step)))


def views(session: Session, post: PublishedPost) -> list[int | None]:
    session.expire_all()
    return [one.views for one in queries.post_series(session, post_id=post.id)]


def rung(session: Session) -> int:
    found = select(OutboxMessage).where(OutboxMessage.name == "ReadingsDue")
    return len(session.scalars(found).all())


def test_all_due_posts_of_a_channel_are_read_in_one_call_and_only_once(
    session: Session, run: Run, tiktok: SandboxTikTok, posts: list[PublishedPost]
) -> None:
    message = ReadingsDue(channel_id=posts[0].channel_id)
    before = len(tiktok.calls(QUERY))

    for _ in range(2):
        jobs.read_posts(message, run)

    assert len(tiktok.calls(QUERY)) - before == 1
    assert [len(views(session, post)) for post in posts] == [1, 1]
    tracking = queries.tracking_of(session, posts[0].id)
    assert tracking.last_read_at is not None
    assert tracking.next_read_at == tracking.last_read_at + timedelta(hours=1)


def test_the_curve_grows_as_time_passes(
    session: Session, run: Run, posts: list[PublishedPost]
) -> None:
    message = ReadingsDue(channel_id=posts[0].channel_id)
    jobs.read_posts(message, run)
    for _ in range(3):
        run = skip(run, minutes=75)
        jobs.read_posts(message, run)

    seen = [count or 0 for count in views(session, posts[0])]
    assert len(seen) == 4
    assert seen == sorted(set(seen))


def test_what_is_due_is_rung_for_whatever_was_lost(
    session: Session, run: Run, posts: list[PublishedPost]
) -> None:
    before = rung(session)

    jobs.ring_due(run)
    jobs.read_posts(ReadingsDue(channel_id=posts[0].channel_id), run)
    jobs.ring_due(run)

    assert rung(session) - before == 1


def test_a_post_that_is_removed_is_called_gone_at_the_second_look_and_back_at_the_first(
    session: Session, run: Run, tiktok: SandboxTikTok, posts: list[PublishedPost]
) -> None:
    gone, there = posts
    message = ReadingsDue(channel_id=gone.channel_id)
    jobs.read_posts(message, run)
    tiktok.control(f"videos/{gone.external_id}/visibility", visibility="private")

    states = []
    for _ in range(2):
        run = skip(run, minutes=75)
        jobs.read_posts(message, run)
        session.expire_all()
        states.append(gone.state)
    tiktok.control(f"videos/{gone.external_id}/visibility", visibility="public")
    jobs.read_posts(message, skip(run, hours=25))
    session.expire_all()

    assert states == [PostState.VERIFIED, PostState.NOT_VISIBLE]
    assert gone.state is PostState.VERIFIED
    assert there.state is PostState.VERIFIED
    assert len(views(session, gone)) == 2
    assert len(views(session, there)) == 4


def test_trouble_leaves_a_gap_with_its_reason_and_the_numbers_as_they_were(
    session: Session, run: Run, tiktok: SandboxTikTok, posts: list[PublishedPost]
) -> None:
    tiktok.script(QUERY, answer="internal_error")

    for _ in range(2):
        jobs.read_posts(ReadingsDue(channel_id=posts[0].channel_id), run)

    session.expire_all()
    gaps = queries.gaps_of(session, post_id=posts[0].id)
    assert [(gap.kind, gap.detail) for gap in gaps] == [("provider_unavailable", "internal_error")]
    assert views(session, posts[0]) == []
    assert queries.tracking_of(session, posts[0].id).next_read_at == run.now + timedelta(minutes=15)


def test_counts_that_cannot_be_true_are_a_gap_and_not_a_reading(
    session: Session, run: Run, tiktok: SandboxTikTok, posts: list[PublishedPost]
) -> None:
    wrong, right = posts
    tiktok.answer_with(
        QUERY,
        {
            "videos": [
                {"id": wrong.external_id, "view_count": -5},
                {"id": right.external_id, "view_count": 7},
            ]
        },
    )

    jobs.read_posts(ReadingsDue(channel_id=wrong.channel_id), run)

    assert views(session, wrong) == []
    assert views(session, right) == [7]
    assert queries.gaps_of(session, post_id=wrong.id)[0].kind == "bad_response"
    assert queries.post_series(session, post_id=right.id)[0].likes is None


def test_a_channel_that_is_not_connected_waits_and_is_read_at_once_when_it_is_back(
    session: Session, run: Run, posts: list[PublishedPost]
) -> None:
    channel = session.get_one(Channel, posts[0].channel_id)
    channel.state = ChannelState.NEEDS_RECONNECT
    session.commit()
    message = ReadingsDue(channel_id=channel.id)

    jobs.read_posts(message, run)

    session.expire_all()
    assert queries.gaps_of(session, post_id=posts[0].id)[0].kind == "auth_revoked"
    assert queries.tracking_of(session, posts[0].id).next_read_at == run.now + timedelta(hours=6)

    session.get_one(Channel, channel.id).state = ChannelState.CONNECTED
    session.commit()
    for _ in range(2):
        jobs.resume_readings(ChannelConnected(channel_id=channel.id), run)
    jobs.read_posts(message, run)

    assert [len(views(session, post)) for post in posts] == [1, 1]


def test_a_token_that_ran_out_is_renewed_before_reading(
    session: Session, run: Run, posts: list[PublishedPost]
) -> None:
    run = skip(run, hours=3)

    jobs.read_posts(ReadingsDue(channel_id=posts[0].channel_id), run)

    assert [len(views(session, post)) for post in posts] == [1, 1]


def test_a_question_that_tiktok_rejects_is_for_the_operator(
    session: Session, run: Run, tiktok: SandboxTikTok, posts: list[PublishedPost]
) -> None:
    error = {"code": "invalid_params", "message": "", "log_id": "L1"}
    tiktok.script(QUERY, status=400, json={"data": {}, "error": error})

    with pytest.raises(RejectedByPlatform):
        jobs.read_posts(ReadingsDue(channel_id=posts[0].channel_id), run)

    session.expire_all()
    assert queries.gaps_of(session, post_id=posts[0].id)[0].kind == "request_rejected"
