"""What follows from work handed in, reviewed, pasted and accepted; TikTok answers over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.collaborations.messages import OfferAccepted
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.config import Settings
from marketplace.creators.models import Channel, ChannelState
from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.messages import (
    DeliverableAccepted,
    PostPasted,
    PostPublished,
    PostRefused,
    SubmissionReceived,
    SubmissionReviewed,
)
from marketplace.deliverables.models import Deliverable, PublishedPost, Submission
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.metrics import queries as metrics
from marketplace.metrics.messages import PostNotVisible
from marketplace.notifications.models import Notification
from marketplace.store.outbox import OutboxMessage
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import channel_for, make_deliverable, paste
from tests.gateways.tiktok_sandbox import QUERY, TOKEN, SandboxTikTok, running_tiktok
from workers import deliverables as jobs
from workers import payouts as payout_jobs
from workers.access import RejectedByPlatform
from workers.runtime import Run, TryLater

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

S = DeliverableState
HANDLE = "maya.cooks"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxTikTok]:
    with running_tiktok(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def tiktok(
    running: SandboxTikTok, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SandboxTikTok:
    """The sandbox with a clock of the test's own."""
    monkeypatch.setenv("FAIRVIEW_CLOCK_FILE", str(tmp_path / "clock"))
    return running


@pytest.fixture
def run(app: Flask, settings: Settings, tiktok: SandboxTikTok) -> Iterator[Run]:
    gateways = replace(app.extensions["gateways"], tiktok=tiktok.gateway())
    with app.app_context():
        yield Run(settings=settings, gateways=gateways, now=utc_now())


def later(run: Run, **step: float) -> Run:
    return replace(run, now=run.now + timedelta(**step))


def connect(session: Session, creator: Actor, tiktok: SandboxTikTok, *, now: datetime) -> Channel:
    """Give the creator's channel the tokens of a sandbox account."""
    grant = tiktok.connect(HANDLE)
    channel = channel_for(session, creator)
    channel.external_id, channel.handle = grant.external_id, HANDLE
    channel.state = ChannelState.CONNECTED
    channel.access_token, channel.refresh_token = grant.access_token, grant.refresh_token
    channel.access_expires_at = now + timedelta(hours=2)
    session.commit()
    return channel


@pytest.fixture
def owed(
    session: Session, run: Run, tiktok: SandboxTikTok, acme: Brand, alice: Actor, bea: Actor
) -> Deliverable:
    """An approved deliverable of a creator whose channel is a sandbox account."""
    made = make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.APPROVED)
    connect(session, bea, tiktok, now=run.now)
    return made


def pasted(session: Session, owed: Deliverable, bea: Actor, video_id: str, run: Run) -> PostPasted:
    post = paste(session, owed, creator=bea, video_id=video_id, now=run.now)
    session.commit()
    return PostPasted(post_id=post.id)


def the_post(session: Session) -> PublishedPost:
    session.expire_all()
    return session.scalars(select(PublishedPost)).one()


def count(session: Session, name: str) -> int:
    return len(session.scalars(select(OutboxMessage).where(OutboxMessage.name == name)).all())


def told(session: Session, kind: str) -> set[tuple[str, str]]:
    rows = session.scalars(select(Notification).where(Notification.kind == kind))
    return {(row.title, row.path.split("/")[1]) for row in rows}


# Making


def test_an_accepted_offer_gets_its_deliverables_once(
    session: Session, run: Run, acme: Brand, alice: Actor, bea: Actor
) -> None:
    agreed = make_collaboration(
        session, campaign=make_campaign(session, brand=acme, by=alice), creator=bea, by=alice
    )
    session.commit()

    for _ in range(2):
        jobs.create_deliverables(OfferAccepted(collaboration_id=agreed.id), run)

    assert len(queries.deliverables_of(session, collaboration_id=agreed.id)) == 1


# Checking a pasted post


def test_a_post_that_tiktok_shows_goes_live_with_its_first_numbers(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor
) -> None:
    video_id = tiktok.publish(HANDLE, total_views=50_000, age_seconds=36_000)
    message = pasted(session, owed, bea, video_id, run)

    for _ in range(2):
        jobs.check_post(message, run)

    post = the_post(session)
    series = metrics.post_series(session, post_id=post.id)
    assert post.state is PostState.VERIFIED
    assert post.address == f"https://www.tiktok.com/@{HANDLE}/video/{video_id}"
    assert post.published_at is not None
    assert owed.state is S.LIVE
    assert owed.answer_by == run.now + timedelta(days=5)
    assert len(series) == 1
    assert series[0].views is not None
    assert series[0].views > 0
    assert metrics.tracking_of(session, post.id).tracking_until == post.published_at + timedelta(
        days=90
    )
    assert count(session, "PostPublished") == 1


@pytest.mark.parametrize("trouble", ["removed", "private", "another account's", "never there"])
def test_a_post_that_tiktok_does_not_show_is_refused_with_what_may_be_wrong(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor, trouble: str
) -> None:
    if trouble == "never there":
        video_id = "7345678901234567890"
    elif trouble == "another account's":
        tiktok.connect("theo.trains")
        video_id = tiktok.publish("theo.trains")
    else:
        video_id = tiktok.publish(HANDLE)
        tiktok.control(f"videos/{video_id}/visibility", visibility=trouble)
    message = pasted(session, owed, bea, video_id, run)

    for _ in range(2):
        jobs.check_post(message, run)

    post = the_post(session)
    assert post.state is PostState.REFUSED
    assert post.refusal == (
        "TikTok does not show this post to @maya.cooks: it is another account's, private, removed"
        " or not there. Check that it is public, then paste its address again."
    )
    assert owed.state is S.APPROVED
    assert metrics.tracking_or_none(session, post.id) is None
    assert count(session, "PostRefused") == 1


def test_a_post_from_before_the_agreement_does_not_count(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor
) -> None:
    since_agreed = int((run.now - NOON).total_seconds())
    video_id = tiktok.publish(HANDLE, age_seconds=since_agreed + 60)
    message = pasted(session, owed, bea, video_id, run)

    jobs.check_post(message, run)

    post = the_post(session)
    assert post.state is PostState.REFUSED
    assert post.refusal == (
        "This post was published before you agreed on this work on Mon 2 Nov 2026."
        " Paste the post that you made for it."
    )
    assert owed.state is S.APPROVED


def test_a_channel_that_must_be_connected_again_refuses_with_what_to_do(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor
) -> None:
    message = pasted(session, owed, bea, tiktok.publish(HANDLE), run)
    tiktok.script(QUERY, answer="scope_not_authorized")

    jobs.check_post(message, run)

    post = the_post(session)
    assert post.state is PostState.REFUSED
    assert "Connect the account again" in post.refusal
    assert session.get_one(Channel, post.channel_id).state is ChannelState.NEEDS_RECONNECT


def test_a_revoked_grant_is_noticed_when_the_token_is_renewed(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor
) -> None:
    message = pasted(session, owed, bea, tiktok.publish(HANDLE), run)
    tiktok.control(f"accounts/{HANDLE}/revoke")

    jobs.check_post(message, run)

    assert "Connect the account again" in the_post(session).refusal


def test_a_token_that_ran_out_is_renewed_and_the_question_asked_again(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor
) -> None:
    message = pasted(session, owed, bea, tiktok.publish(HANDLE), run)
    before = channel_for(session, bea).access_token
    tiktok.script(QUERY, answer="access_token_invalid")

    jobs.check_post(message, run)

    post = the_post(session)
    assert post.state is PostState.VERIFIED
    assert session.get_one(Channel, post.channel_id).access_token != before


@pytest.mark.parametrize("answer", ["internal_error", "rate_limit", "html_502"])
def test_when_tiktok_is_away_the_post_is_checked_later(
    session: Session,
    run: Run,
    tiktok: SandboxTikTok,
    owed: Deliverable,
    bea: Actor,
    answer: str,
) -> None:
    message = pasted(session, owed, bea, tiktok.publish(HANDLE), run)
    tiktok.script(QUERY, answer=answer)

    with pytest.raises(TryLater):
        jobs.check_post(message, run)
    assert the_post(session).state is PostState.CHECKING
    jobs.check_post(message, run)

    assert the_post(session).state is PostState.VERIFIED


def test_wrong_credentials_of_ours_are_for_the_operator_not_for_the_creator(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor
) -> None:
    message = pasted(session, owed, bea, tiktok.publish(HANDLE), run)
    channel_for(session, bea).access_expires_at = run.now
    session.commit()
    tiktok.script(TOKEN, status=401, json={"error": "invalid_client", "log_id": "L1"})

    with pytest.raises(RejectedByPlatform):
        jobs.check_post(message, run)

    post = the_post(session)
    assert post.state is PostState.CHECKING
    assert session.get_one(Channel, post.channel_id).state is ChannelState.CONNECTED


def test_a_post_that_nobody_checked_is_rung_for_again(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor
) -> None:
    pasted(session, owed, bea, tiktok.publish(HANDLE), run)

    jobs.ring_unchecked(later(run, minutes=1))
    assert count(session, "PostPasted") == 1
    jobs.ring_unchecked(later(run, minutes=6))

    assert count(session, "PostPasted") == 2


# Accepting


def test_silence_accepts_and_the_last_acceptance_ends_the_collaboration(
    session: Session, run: Run, acme: Brand, alice: Actor, bea: Actor
) -> None:
    live = make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.LIVE, now=NOON)
    session.commit()
    run = replace(run, now=NOON + timedelta(days=5))

    for _ in range(2):
        jobs.accept_silent(run)
        payout_jobs.book_fee(DeliverableAccepted(deliverable_id=live.id), run)

    session.expire_all()
    assert live.state is S.ACCEPTED
    assert count(session, "DeliverableAccepted") == 1
    agreed = session.get_one(Collaboration, live.collaboration_id)
    assert (agreed.state, agreed.ended_at) == (CollaborationState.COMPLETED, run.now)


# Who hears of it


def test_the_brands_owner_and_manager_hear_of_a_draft_once(
    session: Session,
    run: Run,
    acme: Brand,
    alice: Actor,
    ben: Actor,
    vic: Actor,
    fiona: Actor,
    bea: Actor,
) -> None:
    make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.IN_REVIEW)
    handed = session.scalars(select(Submission)).one()
    session.commit()

    for _ in range(2):
        jobs.tell_received(SubmissionReceived(submission_id=handed.id), run)

    rows = session.scalars(
        select(Notification).where(Notification.kind == "submission_received")
    ).all()
    assert {row.user_id for row in rows} == {alice.user_id, ben.user_id}
    assert len(rows) == 2
    assert rows[0].title == "Bea has handed in version 1"
    assert rows[0].text == (
        "“A recipe in a minute” for Beans in a minute. Please answer by Sat 7 Nov 2026."
    )


@pytest.mark.parametrize(
    ("state", "title", "text"),
    [
        (
            S.CHANGES_REQUESTED,
            "Acme Kitchen asks for changes to version 1",
            "Show the tin earlier.",
        ),
        (
            S.APPROVED,
            "Acme Kitchen has approved version 1",
            "Publish “A recipe in a minute” by Mon 23 Nov 2026 and paste its address.",
        ),
    ],
)
def test_the_creator_hears_the_brands_word_once(
    session: Session,
    run: Run,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    state: S,
    title: str,
    text: str,
) -> None:
    make_deliverable(session, brand=acme, by=alice, creator=bea, state=state)
    handed = session.scalars(select(Submission)).one()
    session.commit()

    for _ in range(2):
        jobs.tell_reviewed(SubmissionReviewed(submission_id=handed.id), run)

    row = session.scalars(
        select(Notification).where(Notification.kind == "submission_reviewed")
    ).one()
    assert (row.user_id, row.title, row.text) == (bea.user_id, title, text)


def test_both_sides_hear_of_a_live_post_and_of_one_that_is_gone(
    session: Session, run: Run, acme: Brand, alice: Actor, bea: Actor
) -> None:
    make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.LIVE)
    session.commit()
    post_id = the_post(session).id

    for _ in range(2):
        jobs.tell_published(PostPublished(post_id=post_id), run)
        jobs.tell_not_visible(PostNotVisible(post_id=post_id), run)

    assert told(session, "post_published") == {
        ("Bea’s post is live", "brand"),
        ("TikTok confirms your post", "creator"),
    }
    assert told(session, "post_not_visible") == {
        ("Bea’s post is not to be seen", "brand"),
        ("Your post is not to be seen", "creator"),
    }


def test_the_creator_hears_why_a_post_did_not_count_and_that_one_was_accepted(
    session: Session, run: Run, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    owed = make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.APPROVED)
    refused = paste(session, owed, creator=bea)
    deliverables.refuse_post(session, post_id=refused.id, reason="It is private.", now=NOON)
    done = make_deliverable(session, brand=acme, by=alice, creator=carl, state=S.ACCEPTED)
    session.commit()

    for _ in range(2):
        jobs.tell_refused(PostRefused(post_id=refused.id), run)
        jobs.tell_accepted(DeliverableAccepted(deliverable_id=done.id), run)

    rows = {
        row.kind: (row.user_id, row.text)
        for row in session.scalars(
            select(Notification).where(
                Notification.kind.in_(["post_refused", "deliverable_accepted"])
            )
        )
    }
    assert rows == {
        "post_refused": (bea.user_id, "It is private."),
        "deliverable_accepted": (
            carl.user_id,
            "“A recipe in a minute” for Beans in a minute is done.",
        ),
    }
