"""Views without likes, from a reading of TikTok over HTTP to what people are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.authenticity import service as authenticity
from marketplace.authenticity.messages import ViewsAppealed, ViewsDecided, ViewsQuestioned
from marketplace.authenticity.models import Assessment
from marketplace.authenticity.rules.life import AssessmentState
from marketplace.creators.models import Channel
from marketplace.deliverables.models import PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import skip_ahead, utc_now
from marketplace.metrics import queries as metrics
from marketplace.metrics.messages import ReadingsDue
from marketplace.notifications.models import Notification
from tests.factories.authenticity import DAY, make_others
from tests.factories.collaborations import BONUS, TERMS
from tests.factories.deliverables import channel_for
from tests.factories.money import make_accepted, make_paid_campaign
from tests.gateways.tiktok_sandbox import QUERY, SandboxTikTok
from workers import authenticity as jobs
from workers.metrics import read_posts
from workers.runtime import Run

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HANDLE = "maya.cooks"


def live(session: Session, run: Run, tiktok: SandboxTikTok, channel: Channel) -> PublishedPost:
    """The one live post, published now, read by this channel's own token."""
    grant = tiktok.connect(HANDLE)
    channel.external_id = grant.external_id
    channel.access_token, channel.refresh_token = grant.access_token, grant.refresh_token
    channel.access_expires_at = run.now + timedelta(days=30)
    post = session.scalars(select(PublishedPost)).one()
    post.published_at = run.now
    tracking = metrics.tracking_of(session, post.id)
    tracking.next_read_at = run.now
    tracking.tracking_until = run.now + timedelta(days=90)
    make_others(session, channel.id, now=run.now)
    session.commit()
    return post


@pytest.fixture
def post(
    session: Session, run: Run, tiktok: SandboxTikTok, acme: Brand, alice: Actor, bea: Actor
) -> PublishedPost:
    """A post with a bonus for views."""
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    offered = replace(TERMS, bonus=BONUS)
    make_accepted(session, campaign, by=alice, creator=bea, offered=offered)
    return live(session, run, tiktok, channel_for(session, bea))


def read(
    session: Session, run: Run, tiktok: SandboxTikTok, post: PublishedPost, views: int, likes: int
) -> Run:
    """Let a day pass and have the platform answer with these counts."""
    run = replace(run, now=skip_ahead(DAY))
    counts = {"id": post.external_id, "view_count": views, "like_count": likes}
    tiktok.answer_with(QUERY, {"videos": [counts]})
    read_posts(ReadingsDue(channel_id=post.channel_id), run)
    session.expire_all()
    return run


@pytest.fixture
def held(session: Session, run: Run, tiktok: SandboxTikTok, post: PublishedPost) -> Assessment:
    for views, likes in ((4_001, 201), (7_001, 351), (9_001, 451), (30_001, 501)):
        run = read(session, run, tiktok, post, views, likes)
    return session.scalars(select(Assessment)).one()


def told(session: Session, kind: str) -> list[tuple[str, str, str]]:
    session.expire_all()
    rows = session.scalars(select(Notification).where(Notification.kind == kind))
    return [(each.title, each.text, each.path) for each in rows]


def test_a_reading_is_looked_at_as_it_is_kept(
    session: Session, held: Assessment, post: PublishedPost
) -> None:
    last = metrics.last_views(session, {post.id: utc_now()})[post.id]

    assert (held.state, held.held_from) == (AssessmentState.HELD, last.taken_at)
    assert (last.read, last.counted) == (30_001, 10_001)


def test_a_post_whose_views_pay_nothing_is_left_alone(
    session: Session, run: Run, tiktok: SandboxTikTok, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    make_accepted(session, campaign, by=alice, creator=bea)
    post = live(session, run, tiktok, channel_for(session, bea))

    for views, likes in ((4_001, 201), (7_001, 351), (9_001, 451), (30_001, 501)):
        run = read(session, run, tiktok, post, views, likes)

    assert session.scalars(select(Assessment)).all() == []


def test_the_creator_is_told_once_until_when_to_object(
    session: Session, run: Run, held: Assessment
) -> None:
    for _ in range(2):
        jobs.tell_questioned(ViewsQuestioned(assessment_id=held.id), run)

    [(title, text, path)] = told(session, "views_held")
    assert title == "20,000 views of your post do not count for now"
    assert text.startswith("Your post for “Beans in a minute” got them almost without likes")
    assert path == f"/creator/views/{held.id}"


def test_staff_are_told_of_an_appeal_and_the_creator_of_the_decision(
    session: Session, run: Run, held: Assessment, bea: Actor, stella: Actor
) -> None:
    now = utc_now()
    authenticity.appeal(session, assessment_id=held.id, words="Linked.", actor=bea, now=now)
    session.commit()
    for _ in range(2):
        jobs.tell_appealed(ViewsAppealed(assessment_id=held.id), run)
    authenticity.clear(
        session, assessment_id=held.id, reason="A show linked to it.", actor=stella, now=now
    )
    session.commit()
    for _ in range(2):
        jobs.tell_decided(ViewsDecided(assessment_id=held.id), run)

    [(title, _, path)] = told(session, "views_appealed")
    assert title == "Bea says that their views are people’s"
    assert path == f"/staff/views/{held.id}"
    assert told(session, "views_decided") == [
        (
            "20,000 views of your post count again",
            "We looked at it: A show linked to it. What they bring is booked by itself.",
            f"/creator/views/{held.id}",
        )
    ]


def test_the_clock_ends_what_nobody_answers(session: Session, run: Run, held: Assessment) -> None:
    later = replace(run, now=utc_now() + 8 * DAY)

    for _ in range(2):
        jobs.end_silent(later)
    jobs.tell_decided(ViewsDecided(assessment_id=held.id), later)

    session.expire_all()
    assert held.state is AssessmentState.CONFIRMED
    [(title, text, _)] = told(session, "views_decided")
    assert (title, text) == (
        "20,000 views of your post stay out",
        "Nobody objected in time.",
    )
