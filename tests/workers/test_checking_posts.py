"""A pasted address is checked with TikTok, which answers over HTTP; short links are followed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.creators.models import Channel, ChannelState, Platform
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.messages import (
    PostPasted,
)
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.metrics import queries as metrics
from marketplace.metrics.rules.addresses import parse_post_address
from marketplace.sandbox.tiktok_videos import short_code
from tests.factories.campaigns import NOON
from tests.factories.deliverables import channel_for, make_deliverable
from tests.gateways.tiktok_sandbox import QUERY, TOKEN, SandboxTikTok
from tests.workers.posting import HANDLE, count, later, pasted, the_post
from workers import deliverables as jobs
from workers.access import RejectedByPlatform
from workers.runtime import Run, TryLater

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

S = DeliverableState


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


@pytest.mark.parametrize("trouble", ["removed", "private", "another account’s", "never there"])
def test_a_post_that_tiktok_does_not_show_is_refused_with_what_may_be_wrong(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor, trouble: str
) -> None:
    if trouble == "never there":
        video_id = "7345678901234567890"
    elif trouble == "another account’s":
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
        "TikTok does not show this post to @maya.cooks: it is another account’s, private, removed"
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


# Short links


def short(session: Session, owed: Deliverable, bea: Actor, code: str, run: Run) -> PostPasted:
    """Paste a short link, as the Share button makes it."""
    address = parse_post_address(f"https://vm.tiktok.com/{code}/")
    post = deliverables.paste_post(
        session,
        actor=bea,
        deliverable_id=owed.id,
        platform=Platform.TIKTOK,
        external_id=address.video_id,
        address=address.canonical,
        now=run.now,
    )
    session.commit()
    return PostPasted(post_id=post.id)


def test_a_short_link_is_followed_and_then_checked_as_usual(
    session: Session, run: Run, tiktok: SandboxTikTok, owed: Deliverable, bea: Actor
) -> None:
    video_id = tiktok.publish(HANDLE, total_views=50_000, age_seconds=36_000)
    message = short(session, owed, bea, short_code(video_id), run)

    for _ in range(2):
        jobs.check_post(message, run)

    post = the_post(session)
    assert (post.state, post.external_id) == (PostState.VERIFIED, video_id)
    assert post.address == f"https://www.tiktok.com/@{HANDLE}/video/{video_id}"
    assert owed.state is S.LIVE
    assert count(session, "PostPublished") == 1


def test_a_dead_short_link_is_refused_with_what_to_do(
    session: Session, run: Run, owed: Deliverable, bea: Actor
) -> None:
    message = short(session, owed, bea, "ZMnothing", run)

    jobs.check_post(message, run)

    post = the_post(session)
    assert (post.state, post.external_id) == (PostState.REFUSED, "ZMnothing")
    assert post.refusal == (
        "TikTok does not know this short link, or no longer. Open your post and paste its full"
        " address."
    )
    assert owed.state is S.APPROVED


def test_a_short_link_to_a_post_that_stands_elsewhere_is_refused(
    session: Session,
    run: Run,
    tiktok: SandboxTikTok,
    owed: Deliverable,
    acme: Brand,
    alice: Actor,
    bea: Actor,
) -> None:
    video_id = tiktok.publish(HANDLE)
    other = make_deliverable(session, brand=acme, by=alice, creator=bea, state=S.APPROVED)
    pasted(session, other, bea, video_id, run)
    message = short(session, owed, bea, short_code(video_id), run)

    jobs.check_post(message, run)

    refused = session.get_one(PublishedPost, message.post_id, populate_existing=True)
    assert refused.state is PostState.REFUSED
    assert refused.refusal == "This post already stands for another deliverable."
