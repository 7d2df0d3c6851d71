"""A creator finds a challenge, joins it, hands in, and sees the place; the public reads along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.challenges import service as challenges
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.rules.life import ChallengeState
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import PostState
from marketplace.kernel.actor import Actor
from marketplace.store.paging import PAGE_SIZE
from tests.conftest import _creator, sign_in
from tests.factories.challenges import enter, join, make_challenge, paste
from tests.factories.deliverables import channel_for
from tests.factories.money import make_payout_account
from tests.web.reading import plain

TODAY = datetime.now(UTC)
ACCEPTED = {"accepted": "y", "is_named": "y"}


@pytest.fixture
def challenge(session: Session, acme: Brand, alice: Actor) -> Challenge:
    made = make_challenge(session, brand=acme, by=alice, now=TODAY)
    session.commit()
    return made


@pytest.fixture
def signed_in(client: FlaskClient, bea: Actor) -> FlaskClient:
    sign_in(client, bea)
    return client


def door(challenge: Challenge, part: str = "") -> str:
    return f"/creator/challenges/{challenge.campaign_id}{part}"


def test_briefs_and_challenges_show_what_can_be_won(
    signed_in: FlaskClient, challenge: Challenge
) -> None:
    for path in ("/creator/briefs", "/creator/challenges"):
        page = plain(signed_in.get(path).text)
        assert "Fold it your way" in page
        assert "$900.00 in prizes: $500.00 for place 1, $200.00 for place 2" in page
    led = signed_in.get(f"/creator/briefs/{challenge.campaign_id}")
    assert (led.status_code, led.location) == (303, door(challenge))


def test_joining_takes_one_click_and_the_rules(
    signed_in: FlaskClient, session: Session, challenge: Challenge, bea: Actor
) -> None:
    assert "Connect your TikTok account first" in plain(signed_in.get(door(challenge)).text)
    channel_for(session, bea)
    session.commit()
    assert "Join the challenge" in signed_in.get(door(challenge)).text

    unread = signed_in.post(door(challenge, "/join"), data={"is_named": "y"})
    assert unread.status_code == 422
    assert "Accept the rules to take part." in unread.text
    assert signed_in.post(door(challenge, "/join"), data=ACCEPTED).status_code == 303
    again = signed_in.post(door(challenge, "/join"), data=ACCEPTED)

    assert again.status_code == 409
    assert "You have joined this challenge already." in plain(again.text)
    assert len(session.scalars(select(ChallengeEntry)).all()) == 1


def test_a_post_is_handed_in_checked_and_has_a_place(
    signed_in: FlaskClient, session: Session, challenge: Challenge, bea: Actor, carl: Actor
) -> None:
    join(session, challenge, bea, now=TODAY)
    session.commit()
    assert "Hand in your post to “Fold it your way”" in plain(signed_in.get("/creator/").text)
    wrong = signed_in.post(door(challenge, "/posts"), data={"address": "https://example.com"})
    assert wrong.status_code == 422
    assert 'value="https://example.com"' in wrong.text
    address = "https://www.tiktok.com/@bea.cooks/video/7345678901234567890"

    assert signed_in.post(door(challenge, "/posts"), data={"address": address}).status_code == 303

    assert "We are asking TikTok" in signed_in.get(door(challenge)).text
    assert "We are asking TikTok" in signed_in.get(door(challenge, "/check")).text
    post = session.scalars(select(PublishedPost)).one()
    deliverables.confirm_published(
        session, post_id=post.id, published_at=TODAY, address=None, now=TODAY
    )
    enter(session, challenge, carl, video_id="72", at=TODAY, views=[(TODAY, 900)])
    session.commit()
    assert "data-done" in signed_in.get(door(challenge, "/check")).text
    page = plain(signed_in.get(door(challenge)).text)
    assert "Your place 2 of 2" in page
    assert "1 Carl The post at place 1 900 $500.00 2 Bea You" in page


def test_a_refused_post_says_why_and_another_may_follow(
    signed_in: FlaskClient, session: Session, challenge: Challenge, bea: Actor
) -> None:
    join(session, challenge, bea, now=TODAY)
    post = paste(session, challenge, bea, video_id="71", at=TODAY)
    deliverables.refuse_post(
        session, post_id=post.id, reason="This post is another account’s.", now=TODAY
    )
    session.commit()

    page = plain(signed_in.get(door(challenge)).text)

    assert post.state is PostState.REFUSED
    assert "This post is another account’s." in page
    assert "Publish, then hand your post in" in page


def test_a_prize_is_shown_with_where_its_money_is(
    signed_in: FlaskClient, session: Session, challenge: Challenge, bea: Actor
) -> None:
    end = challenge.days.counting_ends_at
    post = enter(session, challenge, bea, video_id="71", at=TODAY, views=[(end, 4_000)])
    challenges.award(session, challenge_id=challenge.id, now=end + timedelta(minutes=1))
    session.commit()

    page = plain(signed_in.get(door(challenge)).text)

    assert "Prizes awarded" in page
    assert "Where is the money?" in page
    assert "Prize $500.00 Platform’s share -$25.00 You receive $475.00" in page
    assert "Set up your payout account" in plain(signed_in.get("/creator/").text)
    make_payout_account(session, bea)
    session.commit()
    earnings = plain(signed_in.get("/creator/earnings").text)
    assert "Prize, " in earnings
    assert "Set up your payout account" not in earnings
    led = signed_in.get(f"/creator/deliverables/{post.deliverable_id}")
    assert led.location == door(challenge)


def test_the_public_reads_the_name_only_of_who_shows_it(
    client: FlaskClient, session: Session, challenge: Challenge, bea: Actor, carl: Actor
) -> None:
    enter(session, challenge, bea, video_id="71", at=TODAY, views=[(TODAY, 1_200)])
    enter(session, challenge, carl, video_id="72", at=TODAY, views=[(TODAY, 900)])
    session.commit()
    sign_in(client, bea)
    assert client.post(door(challenge, "/name"), data={"shown": "0"}).status_code == 303
    with client.session_transaction() as cookie:
        cookie.clear()

    page = plain(client.get(f"/challenges/{challenge.campaign_id}").text)

    assert "Fold it your way" in plain(client.get("/challenges").text)
    assert "1 A creator" in page
    assert "2 Carl" in page
    assert "Bea" not in page
    assert "Newest reading" in page
    assert "Views that count 2,100" in page
    assert "Views that came almost without likes or comments, unlike on the creator’s other" in page


def test_a_draft_and_an_ordinary_campaign_are_not_in_public(
    client: FlaskClient, session: Session, challenge: Challenge, alice: Actor
) -> None:
    challenges.call_off(session, campaign_id=challenge.campaign_id, actor=alice, now=TODAY)
    session.commit()

    assert client.get(f"/challenges/{challenge.campaign_id}").status_code == 404
    assert "No challenge is open" in client.get("/challenges").text


def test_what_is_closed_stands_below_what_is_open(
    client: FlaskClient, session: Session, challenge: Challenge, acme: Brand, alice: Actor,
    bea: Actor,
) -> None:  # fmt: skip
    assert "Closed" not in plain(client.get("/challenges").text)
    enter(session, challenge, bea, video_id="71", at=TODAY, views=[(TODAY, 1_200)])
    challenge.entries_until = TODAY.date() - timedelta(days=1)
    session.commit()

    counting = plain(client.get("/challenges").text)
    challenge.state, challenge.ended_at = ChallengeState.AWARDED, TODAY
    challenge.won_minor = 60_000
    session.commit()
    over = plain(client.get("/challenges").text)

    assert "No challenge is open" in counting
    assert "Fold it your way Acme Kitchen" in counting
    assert "1 Counting until" in counting
    assert "1 $600.00 of $900.00 1 challenge" in over


def test_a_long_leaderboard_has_pages(
    client: FlaskClient, session: Session, challenge: Challenge
) -> None:
    for number in range(26):
        creator = _creator(session, f"creator{number:02}")
        enter(session, challenge, creator, video_id=f"8{number}", at=TODAY, views=[(TODAY, number)])
    session.commit()

    first = plain(client.get(f"/challenges/{challenge.campaign_id}").text)
    second = plain(client.get(f"/challenges/{challenge.campaign_id}?page=2").text)

    assert "1–25 of 26 entries" in first
    assert "26 Creator00" in second
    assert "26 of 26 entries" in second
    assert "–26 of 26" not in second


def test_of_more_challenges_than_a_page_lists_each_says_that_one_is_in_it(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    count = PAGE_SIZE + 1
    for number in range(count):
        made = make_challenge(session, brand=acme, by=alice, charge_id=f"ch_{number}", now=TODAY)
        join(session, made, bea, now=TODAY)
    session.commit()

    for page in (1, 2):
        told = plain(signed_in.get(f"/creator/challenges?page={page}").text)
        assert told.count("You are in") == count
