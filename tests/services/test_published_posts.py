"""From a pasted address to a post that is live, and to its acceptance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators.models import ChannelState, Platform
from marketplace.deliverables import queries, service
from marketplace.deliverables.models import (
    Deliverable,
    DeliverableStep,
    PublishedPost,
)
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.store.outbox import OutboxMessage
from tests.factories.campaigns import NOON
from tests.factories.creators import make_channel
from tests.factories.deliverables import (
    VIDEO_ID,
    channel_for,
    make_deliverable,
    paste,
)

S = DeliverableState


def posted(session: Session, name: str) -> list[dict[str, object]]:
    session.flush()
    return list(
        session.scalars(
            select(OutboxMessage.body).where(OutboxMessage.name == name).order_by(OutboxMessage.id)
        )
    )


@pytest.fixture
def in_review(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    return make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.IN_REVIEW)


@pytest.fixture
def approved(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    return make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.APPROVED)


@pytest.fixture
def live(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    return make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.LIVE)


# Publishing


def test_a_pasted_post_waits_for_the_platforms_word(
    session: Session, approved: Deliverable, bea: Actor
) -> None:
    post = paste(session, approved, creator=bea)

    assert (post.state, post.external_id) == (PostState.CHECKING, VIDEO_ID)
    assert approved.state is S.APPROVED
    assert posted(session, "PostPasted") == [{"post_id": str(post.id)}]


def test_nothing_is_pasted_before_the_draft_is_approved(
    session: Session, in_review: Deliverable, bea: Actor
) -> None:
    channel_for(session, bea)

    with pytest.raises(Conflict) as refusal:
        paste(session, in_review, creator=bea)

    assert refusal.value.reason == "The brand has to approve the draft before the post is checked"


def test_without_a_connected_channel_nothing_can_be_checked(
    session: Session, approved: Deliverable, bea: Actor
) -> None:
    channel_for(session, bea).state = ChannelState.NEEDS_RECONNECT
    session.flush()

    with pytest.raises(InvalidInput) as refusal:
        paste(session, approved, creator=bea)

    assert refusal.value.problems == {
        "address": "Connect your TikTok account first, then paste the address again."
    }


def test_a_platform_that_we_cannot_ask_is_refused(
    session: Session, approved: Deliverable, bea: Actor
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        service.paste_post(
            session,
            actor=bea,
            deliverable_id=approved.id,
            platform=Platform.YOUTUBE,
            external_id="dQw4w9WgXcQ",
            address="https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            now=NOON,
        )

    assert set(refusal.value.problems) == {"address"}


def test_one_post_stands_for_one_deliverable(
    session: Session, live: Deliverable, acme: Brand, alice: Actor, bea: Actor
) -> None:
    other = make_deliverable(
        session, brand=acme, by=alice, creator=bea, state=S.APPROVED, campaign_name="Soup"
    )

    with pytest.raises(InvalidInput) as refusal:
        paste(session, other, creator=bea)

    assert refusal.value.problems == {
        "address": "This post already stands for another deliverable."
    }
    assert queries.standing_post(session, deliverable_id=other.id) is None


def test_a_second_address_is_refused_while_one_is_checked(
    session: Session, approved: Deliverable, bea: Actor
) -> None:
    paste(session, approved, creator=bea)

    for video_id in (VIDEO_ID, "7345678901234567891"):
        with pytest.raises(Conflict) as refusal:
            paste(session, approved, creator=bea, video_id=video_id)
        assert (
            refusal.value.reason == "A post for this deliverable is being checked or live already"
        )


def test_only_its_creator_pastes_the_post(
    session: Session, approved: Deliverable, alice: Actor, carl: Actor
) -> None:
    with pytest.raises(NotPermitted):
        paste(session, approved, creator=alice)
    with pytest.raises(NotFound):
        paste(session, approved, creator=carl)


def test_a_confirmed_post_makes_the_deliverable_live_once(
    session: Session, approved: Deliverable, bea: Actor
) -> None:
    post = paste(session, approved, creator=bea)
    later = NOON + timedelta(minutes=1)

    said = [
        service.confirm_published(
            session,
            post_id=post.id,
            published_at=NOON,
            address=f"https://www.tiktok.com/@bea/video/{VIDEO_ID}",
            now=later,
        )
        for _ in range(2)
    ]

    assert said == [True, False]
    assert (approved.state, approved.answer_by) == (S.LIVE, later + timedelta(days=5))
    assert (post.state, post.published_at, post.checked_at) == (PostState.VERIFIED, NOON, later)
    assert post.address == f"https://www.tiktok.com/@bea/video/{VIDEO_ID}"
    assert posted(session, "PostPublished") == [{"post_id": str(post.id)}]


def test_after_a_refusal_the_creator_may_paste_another_or_the_same(
    session: Session, approved: Deliverable, bea: Actor
) -> None:
    post = paste(session, approved, creator=bea)
    for _ in range(2):
        service.refuse_post(session, post_id=post.id, reason="It is private.", now=NOON)

    again = paste(session, approved, creator=bea)

    assert (post.state, post.refusal) == (PostState.REFUSED, "It is private.")
    assert len(posted(session, "PostRefused")) == 1
    assert again.state is PostState.CHECKING
    assert approved.state is S.APPROVED


def test_posts_that_nobody_checked_are_rung_for_again(
    session: Session, approved: Deliverable, bea: Actor
) -> None:
    paste(session, approved, creator=bea)

    assert service.ring_unchecked(session, now=NOON + timedelta(minutes=4)) == 0
    assert service.ring_unchecked(session, now=NOON + timedelta(minutes=5)) == 1
    assert len(posted(session, "PostPasted")) == 2


# Accepting


def test_an_accepted_post_earns_its_fee_once(
    session: Session, live: Deliverable, alice: Actor
) -> None:
    service.accept(session, actor=alice, deliverable_id=live.id, now=NOON)
    with pytest.raises(InvalidTransition):
        service.accept(session, actor=alice, deliverable_id=live.id, now=NOON)

    assert (live.state, live.accepted_at, live.answer_by) == (S.ACCEPTED, NOON, None)
    assert posted(session, "DeliverableAccepted") == [{"deliverable_id": str(live.id)}]


def test_nobody_but_those_who_run_the_brand_accepts(
    session: Session, live: Deliverable, bea: Actor, vic: Actor, mallory: Actor
) -> None:
    for onlooker, refusal in ((bea, NotPermitted), (vic, NotPermitted), (mallory, NotFound)):
        with pytest.raises(refusal):
            service.accept(session, actor=onlooker, deliverable_id=live.id, now=NOON)

    assert live.state is S.LIVE


def test_a_silent_brand_has_accepted_after_five_days(session: Session, live: Deliverable) -> None:
    assert service.accept_silent(session, now=NOON + timedelta(days=5, seconds=-1)) == 0
    assert service.accept_silent(session, now=NOON + timedelta(days=5)) == 1
    assert service.accept_silent(session, now=NOON + timedelta(days=5)) == 0

    session.refresh(live)
    step = session.scalars(select(DeliverableStep).where(DeliverableStep.state == S.ACCEPTED)).one()
    assert (live.state, step.actor_id) == (S.ACCEPTED, None)
    assert len(posted(session, "DeliverableAccepted")) == 1


def test_a_post_that_is_gone_is_not_accepted_by_silence(
    session: Session, live: Deliverable
) -> None:
    post = session.scalars(select(PublishedPost)).one()
    assert service.mark_not_visible(session, post_id=post.id)
    assert not service.mark_not_visible(session, post_id=post.id)
    overdue = NOON + timedelta(days=30)

    assert service.accept_silent(session, now=overdue) == 0
    assert service.mark_visible(session, post_id=post.id, now=overdue)
    assert service.accept_silent(session, now=overdue) == 0
    assert live.answer_by == overdue + timedelta(days=5)
    assert service.accept_silent(session, now=overdue + timedelta(days=5)) == 1


# Lists


def test_each_side_lists_its_own_work_the_most_urgent_first(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    first = make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.IN_REVIEW)
    live = make_deliverable(
        session,
        brand=acme,
        by=alice,
        creator=carl,
        state=S.LIVE,
        campaign_name="Soup",
        now=NOON - timedelta(hours=1),
    )

    ours = queries.lines_for_brands(session, brand_ids=[acme.id], states=list(S))
    assert bea.creator_id is not None
    beas = queries.lines_for_creator(session, creator_id=bea.creator_id, states=list(S))

    assert [(line.deliverable.id, line.post_state) for line in ours] == [
        (live.id, PostState.VERIFIED),
        (first.id, None),
    ]
    assert [line.deliverable.id for line in beas] == [first.id]
    assert session.get_one(Campaign, first.campaign_id).name == beas[0].campaign_name


def test_a_channel_that_is_listed_only_cannot_confirm_anything(
    session: Session, acme: Brand, alice: Actor, carl: Actor
) -> None:
    owed = make_deliverable(session, brand=acme, by=alice, creator=carl, state=S.IN_REVIEW)
    assert carl.creator_id is not None
    make_channel(session, creator_id=carl.creator_id, state=ChannelState.LISTED)
    service.approve(session, actor=alice, deliverable_id=owed.id, version=1, comment="", now=NOON)

    with pytest.raises(InvalidInput):
        paste(session, owed, creator=carl)
