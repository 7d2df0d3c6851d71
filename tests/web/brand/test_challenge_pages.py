"""A brand writes a challenge, pays for it, opens it, and looks after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind, CampaignState
from marketplace.challenges import service as challenges
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.rules.life import ChallengeState
from marketplace.challenges.rules.prizes import Split
from marketplace.deliverables.rules import PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.conftest import sign_in
from tests.factories.campaigns import fund, make_campaign
from tests.factories.challenges import draft_challenge, enter, join, make_challenge, usd
from tests.factories.deliverables import channel_for
from tests.web.reading import plain

TODAY = datetime.now(UTC)


@pytest.fixture
def signed_in(client: FlaskClient, alice: Actor) -> FlaskClient:
    sign_in(client, alice)
    return client


def page_of(client: FlaskClient, challenge: Challenge) -> str:
    return plain(client.get(f"/brand/campaigns/{challenge.campaign_id}/challenge").text)


def test_a_challenge_is_begun_by_choosing_its_kind(
    signed_in: FlaskClient, session: Session, acme: Brand
) -> None:
    basics = {
        "name": "Fold it your way",
        "kind": "challenge",
        "budget": "1000.00",
        "currency": "USD",
        "starts_on": TODAY.date().isoformat(),
        "ends_on": (TODAY.date() + timedelta(days=13)).isoformat(),
        "category": "food",
    }

    answer = signed_in.post("/brand/campaigns/new", data=basics)

    assert answer.status_code == 303
    begun = session.scalars(select(Campaign)).one()
    assert begun.kind is CampaignKind.CHALLENGE
    steps = signed_in.get(f"/brand/campaigns/{begun.id}/edit/brief").text
    assert f"/brand/campaigns/{begun.id}/challenge" in steps


def test_prizes_are_written_line_by_line_and_read_back(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice, now=TODAY)
    session.commit()
    data = {
        "pool": "900.00",
        "split": "rank",
        "prizes-0-last": "1",
        "prizes-0-amount": "400.00",
        "prizes-1-last": "3",
        "prizes-1-amount": "200.00",
        "prizes-2-last": "",
        "prizes-2-amount": "",
        "least_views": "100",
        "entries_until": (TODAY.date() + timedelta(days=5)).isoformat(),
    }

    answer = signed_in.post(f"/brand/campaigns/{drafted.campaign_id}/challenge", data=data)

    assert answer.status_code == 303
    session.refresh(drafted)
    assert drafted.split is Split.RANK
    assert [each["minor"] for each in drafted.prizes] == [40_000, 20_000]
    assert (drafted.prizes[1]["first"], drafted.prizes[1]["last"]) == (2, 3)
    assert drafted.least_views == 100
    form = signed_in.get(f"/brand/campaigns/{drafted.campaign_id}/challenge").text
    assert 'value="400.00"' in form
    assert 'value="200.00"' in form


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"pool": "0"}, "The amount must be more than 0."),
        ({"pool": "1000.01"}, "more than the campaign’s budget of $1,000.00"),
        ({"prizes-0-amount": "900.01"}, "more than the pool of $900.00"),
        ({"prizes-0-amount": "lots"}, "From place 1: Write digits only"),
        ({"prizes-1-last": "1"}, "the next line begins with 2"),
        ({"entries_until": "2020-01-01"}, "Entries end before the challenge opens."),
        ({"least_views": "0"}, "Enter a number from 1 to 1000000000."),
        ({"split": "luck"}, "Choose one of these."),
    ],
)
def test_what_cannot_be_promised_is_said_at_its_field_and_loses_nothing(
    signed_in: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    changed: dict[str, str],
    sentence: str,
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice, now=TODAY)
    session.commit()
    data = {
        "pool": "900.00",
        "split": "rank",
        "prizes-0-last": "1",
        "prizes-0-amount": "400.00",
        "prizes-1-last": "3",
        "prizes-1-amount": "100.00",
        "least_views": "77",
        "entries_until": (TODAY.date() + timedelta(days=5)).isoformat(),
    } | changed

    answer = signed_in.post(f"/brand/campaigns/{drafted.campaign_id}/challenge", data=data)

    assert answer.status_code == 422
    assert sentence in plain(answer.text)
    assert 'value="100.00"' in answer.text
    session.refresh(drafted)
    assert (drafted.pool, drafted.least_views) == (usd(90_000), 1)


def test_publishing_asks_for_the_money_first_and_then_sets_it_aside(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice, now=TODAY)
    session.commit()
    preview = f"/brand/campaigns/{drafted.campaign_id}/edit/preview"
    publish = f"/brand/campaigns/{drafted.campaign_id}/publish"

    assert "the prizes need $900.00 and the campaign has $0.00" in plain(
        signed_in.get(preview).text
    )
    refused = signed_in.post(publish)
    assert refused.status_code == 409
    session.refresh(drafted)
    assert drafted.state is ChallengeState.DRAFT

    fund(session, drafted.campaign, usd(100_000))
    session.commit()
    shown = plain(signed_in.get(preview).text)
    assert "$900.00 in prizes" in shown
    assert "What can be won Prizes by place Place Each wins 1 $500.00" in shown
    assert "Entries until" in shown
    assert signed_in.post(publish).status_code == 303
    session.refresh(drafted)
    session.refresh(drafted.campaign)
    assert drafted.state is ChallengeState.OPEN
    assert drafted.campaign.state is CampaignState.PUBLISHED
    assert "Taking entries" in page_of(signed_in, drafted)


def test_the_page_shows_who_is_in_and_where_they_stand(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice, now=TODAY)
    enter(session, opened, bea, video_id="71", at=TODAY, views=[(TODAY, 1_200)])
    join(session, opened, carl, is_named=False, now=TODAY)
    session.commit()

    page = page_of(signed_in, opened)

    assert "Creators joined 2" in page
    assert "Posts that count 1" in page
    assert "1 Bea The post at place 1 1,200 $500.00" in page


def test_an_entry_is_taken_out_with_a_reason(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice, now=TODAY)
    post = enter(session, opened, bea, video_id="71", at=TODAY)
    session.commit()
    entry = session.scalars(select(ChallengeEntry)).one()
    door = f"/brand/entries/{entry.id}/refuse"

    assert "Take Bea’s post out?" in plain(signed_in.get(door).text)
    assert signed_in.post(door, data={"reason": ""}).status_code == 422
    assert signed_in.post(door, data={"reason": "Another brand."}).status_code == 303

    session.refresh(post)
    assert post.state is PostState.REFUSED
    assert "No post is in yet" in page_of(signed_in, opened)


def test_a_challenge_is_called_off_while_nobody_is_in(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice, now=TODAY)
    session.commit()
    door = f"/brand/campaigns/{opened.campaign_id}/close"
    assert "Nobody has joined yet" in plain(signed_in.get(door).text)

    join(session, opened, bea, now=TODAY)
    session.commit()
    page = plain(signed_in.get(door).text)
    assert "1 creator has joined, so it cannot be called off" in page
    assert signed_in.post(door).status_code == 409
    session.refresh(opened)
    assert opened.state is ChallengeState.OPEN


def test_the_home_tells_of_a_challenge_that_ends(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    opened = make_challenge(session, brand=acme, by=alice, now=TODAY)
    challenges.note_reminded(session, challenge_id=opened.id, now=TODAY)
    session.commit()

    assert "“Fold it your way” stops counting soon" in plain(signed_in.get("/brand/").text)


def test_an_ordinary_campaign_has_no_challenge(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice, now=TODAY)
    drafted.campaign.kind = CampaignKind.AGREEMENTS
    session.commit()

    assert Money(90_000, "USD") == drafted.pool
    door = f"/brand/campaigns/{drafted.campaign_id}/challenge"
    assert signed_in.get(door).status_code == 404


@pytest.mark.parametrize(
    "page", ["", "/challenge", "/edit/basics", "/edit/brief", "/edit/preview", "/money", "/cause"]
)
def test_a_draft_whose_currency_changed_asks_for_its_prizes_again(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor, page: str
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice, now=TODAY)
    drafted.campaign.currency = "EUR"
    session.commit()
    home = f"/brand/campaigns/{drafted.campaign_id}"

    shown = signed_in.get(home + page)
    refused = signed_in.post(f"{home}/publish")

    assert (shown.status_code, refused.status_code) == (200, 422)
    told = "Prizes are in the campaign’s currency, EUR."
    assert told in plain(refused.text)
    assert (told in plain(shown.text)) == (page in ("/challenge", "/edit/preview"))


def test_nobody_is_invited_to_a_challenge_from_a_creators_page(
    signed_in: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice, now=TODAY)
    make_campaign(
        session,
        brand=acme,
        by=alice,
        starts_on=TODAY.date(),
        ends_on=TODAY.date() + timedelta(days=30),
        now=TODAY,
    )
    channel_for(session, bea)
    session.commit()
    page = f"/brand/creators/{bea.creator_id}"

    shown = plain(signed_in.get(page).text)
    beside = plain(signed_in.get(f"{page}?campaign={challenge.campaign_id}").text)

    assert "How well do they fit? Beans in a minute" in shown
    assert "Fold it your way" not in shown
    assert "Invite to" not in beside
