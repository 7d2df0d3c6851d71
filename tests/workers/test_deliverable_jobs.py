"""What follows from work handed in, reviewed, pasted and accepted; TikTok answers over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.messages import (
    DeliverableAccepted,
    PostPublished,
    PostRefused,
    SubmissionReceived,
    SubmissionReviewed,
)
from marketplace.deliverables.models import Submission
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.metrics.messages import PostNotVisible
from marketplace.notifications.models import Notification
from tests.factories.campaigns import NOON
from tests.factories.deliverables import make_deliverable, paste
from tests.workers.posting import count, the_post, told
from workers import deliverables as jobs
from workers import payouts as payout_jobs
from workers.runtime import Run

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

S = DeliverableState


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
        "“A recipe in a minute” for Beans in a minute. Please answer by Sat 7 Nov 2026, 12:00 UTC."
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
