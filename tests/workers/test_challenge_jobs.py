"""What the clock and the platform do with challenges, and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.challenges import service as challenges
from marketplace.challenges.messages import ChallengeAwarded, ChallengeJoined
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.rules.life import ChallengeState
from marketplace.deliverables.messages import EntryRefused, PostPasted, PostPublished
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.days import moment_in_words
from marketplace.metrics import queries as metrics
from marketplace.metrics.messages import PostNotVisible
from marketplace.notifications.models import Notification
from marketplace.payouts.models import Earning
from tests.factories.challenges import enter, join, make_challenge, paste, read
from tests.gateways.tiktok_sandbox import SandboxTikTok
from tests.workers.posting import HANDLE, connect, count, told
from workers import challenges as jobs
from workers import deliverables as post_jobs
from workers import metrics as metric_jobs
from workers.runtime import Run

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def challenge(session: Session, run: Run, acme: Brand, alice: Actor) -> Challenge:
    made = make_challenge(session, brand=acme, by=alice, now=run.now)
    session.commit()
    return made


def handed_in(
    session: Session, challenge: Challenge, bea: Actor, tiktok: SandboxTikTok, run: Run, **age: int
) -> PublishedPost:
    """The post after TikTok was asked twice, joined by a sandbox account."""
    connect(session, bea, tiktok, now=run.now)
    join(session, challenge, bea, now=run.now)
    post = paste(
        session,
        challenge,
        bea,
        video_id=tiktok.publish(HANDLE, total_views=9_000, **age),
        at=run.now,
    )
    session.commit()
    for _ in range(2):
        post_jobs.check_post(PostPasted(post_id=post.id), run)
    session.expire_all()
    return post


def test_a_post_of_today_counts_from_its_first_reading(
    session: Session, run: Run, tiktok: SandboxTikTok, challenge: Challenge, bea: Actor
) -> None:
    post = handed_in(session, challenge, bea, tiktok, run)

    assert post.state is PostState.VERIFIED
    assert post.deliverable.answer_by is None
    assert len(metrics.post_series(session, post_id=post.id)) == 1
    for _ in range(2):
        post_jobs.tell_published(PostPublished(post_id=post.id), run)
    assert told(session, "post_published") == {("Your post is in “Fold it your way”", "creator")}


def test_a_post_older_than_the_challenge_is_refused(
    session: Session, run: Run, tiktok: SandboxTikTok, challenge: Challenge, bea: Actor
) -> None:
    post = handed_in(session, challenge, bea, tiktok, run, age_seconds=3 * 86_400)

    assert post.state is PostState.REFUSED
    assert "before the challenge opened" in post.refusal
    assert metrics.tracking_or_none(session, post.id) is None


def test_another_creators_post_is_refused(
    session: Session, run: Run, tiktok: SandboxTikTok, challenge: Challenge, bea: Actor
) -> None:
    connect(session, bea, tiktok, now=run.now)
    join(session, challenge, bea, now=run.now)
    tiktok.connect("theo.trains")
    post = paste(session, challenge, bea, video_id=tiktok.publish("theo.trains"), at=run.now)
    session.commit()

    post_jobs.check_post(PostPasted(post_id=post.id), run)

    session.expire_all()
    assert post.state is PostState.REFUSED
    assert "another account’s" in post.refusal


def after_the_end(run: Run, challenge: Challenge) -> Run:
    return replace(run, now=challenge.days.counting_ends_at + timedelta(minutes=1))


def test_at_the_end_every_post_is_read_at_once_and_prizes_follow(
    session: Session, run: Run, challenge: Challenge, bea: Actor
) -> None:
    before = challenge.days.counting_ends_at - timedelta(hours=2)
    post = enter(session, challenge, bea, video_id="71", at=run.now, views=[(before, 4_000)])
    session.commit()
    end = after_the_end(run, challenge)
    assert metrics.tracking_of(session, post.id).next_read_at > end.now

    for _ in range(2):
        jobs.award_due(end)
    session.expire_all()
    assert metrics.tracking_of(session, post.id).next_read_at == end.now
    assert challenge.state is ChallengeState.OPEN

    metric_jobs.ring_due(end)
    read(session, post, (end.now, 4_100))
    session.commit()
    for _ in range(2):
        jobs.award_due(end)

    session.expire_all()
    assert challenge.state is ChallengeState.AWARDED
    entry = session.scalars(select(ChallengeEntry)).one()
    assert (entry.place, entry.views, entry.prize_minor) == (1, 4_100, 50_000)
    assert len(session.scalars(select(Earning)).all()) == 1
    assert count(session, "ChallengeAwarded") == 1


def test_nothing_is_due_before_the_end(
    session: Session, run: Run, challenge: Challenge, bea: Actor
) -> None:
    enter(session, challenge, bea, video_id="71", at=run.now, views=[(run.now, 4_000)])
    session.commit()
    early = replace(run, now=challenge.days.counting_ends_at - timedelta(seconds=1))

    jobs.award_due(early)

    session.expire_all()
    assert challenge.state is ChallengeState.OPEN


def test_everybody_hears_once_that_counting_ends_tomorrow(
    session: Session, run: Run, challenge: Challenge, bea: Actor, alice: Actor
) -> None:
    enter(session, challenge, bea, video_id="71", at=run.now, views=[(run.now, 4_000)])
    session.commit()
    two_days = replace(run, now=challenge.days.counting_ends_at - timedelta(days=2, seconds=1))
    jobs.remind(two_days)
    assert told(session, "challenge_ending") == set()

    for _ in range(2):
        jobs.remind(replace(run, now=two_days.now + timedelta(hours=1)))

    assert {page for _, page in told(session, "challenge_ending")} == {"creator", "brand"}
    texts = session.scalars(select(Notification.text).order_by(Notification.id)).all()
    assert len(texts) == 2
    assert "place 1 of 1. It would win USD 500.00 now." in texts[0]


def test_who_joins_hears_it_and_the_brand_hears_of_the_first(
    session: Session, run: Run, challenge: Challenge, bea: Actor, carl: Actor, alice: Actor
) -> None:
    for each in (bea, carl):
        entry = join(session, challenge, each, now=run.now)
        session.commit()
        for _ in range(2):
            jobs.tell_joined(ChallengeJoined(entry_id=entry.id), run)

    rows = session.scalars(select(Notification).where(Notification.kind == "challenge_joined"))
    assert sorted((row.title, row.user_id) for row in rows) == sorted(
        [
            ("You are in “Fold it your way”", bea.user_id),
            ("You are in “Fold it your way”", carl.user_id),
            ("Bea is the first to join “Fold it your way”", alice.user_id),
        ]
    )


def test_who_is_taken_out_reads_why(
    session: Session, run: Run, challenge: Challenge, bea: Actor, alice: Actor
) -> None:
    post = enter(session, challenge, bea, video_id="71", at=run.now)
    entry = session.scalars(select(ChallengeEntry)).one()
    challenges.refuse_entry(
        session,
        entry_id=entry.id,
        reason="It shows another brand.",
        actor=alice,
        now=run.now,
    )
    session.commit()

    for _ in range(2):
        jobs.tell_taken_out(EntryRefused(post_id=post.id), run)

    told_of = session.scalars(select(Notification)).one()
    assert told_of.user_id == bea.user_id
    assert told_of.text == (
        "Acme Kitchen took it out: It shows another brand. You may hand in another post."
    )


def test_who_had_a_place_hears_what_it_won(
    session: Session, run: Run, challenge: Challenge, bea: Actor, carl: Actor, alice: Actor
) -> None:
    end = challenge.days.counting_ends_at
    enter(session, challenge, bea, video_id="71", at=run.now, views=[(end, 4_000)])
    enter(session, challenge, carl, video_id="72", at=run.now, views=[(end, 0)])
    challenges.award(session, challenge_id=challenge.id, now=end)
    session.commit()

    for _ in range(2):
        jobs.tell_awarded(ChallengeAwarded(challenge_id=challenge.id), run)

    rows = session.scalars(select(Notification).order_by(Notification.id)).all()
    assert [(row.user_id, row.title) for row in rows] == [
        (bea.user_id, "Place 1 in “Fold it your way”: you won USD 500.00"),
        (carl.user_id, "Place 2 in “Fold it your way”: no prize this time"),
        (alice.user_id, "The prizes of “Fold it your way” are awarded"),
    ]
    assert rows[2].text == (
        "USD 500.00 went to 1 creator. USD 400.00 is the campaign’s again. USD 400.00 rests in the"
        f" campaign until {moment_in_words(end + timedelta(days=7))}, as creators may dispute the"
        " prizes of a challenge until then."
    )


def test_a_post_that_is_gone_is_told_to_its_creator_alone(
    session: Session, run: Run, challenge: Challenge, bea: Actor, alice: Actor
) -> None:
    post = enter(session, challenge, bea, video_id="71", at=run.now)
    session.commit()

    post_jobs.tell_not_visible(PostNotVisible(post_id=post.id), run)

    rows = session.scalars(select(Notification)).all()
    assert [row.user_id for row in rows] == [bea.user_id]
