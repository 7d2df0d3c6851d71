"""A prize is disputed from the page of its challenge, by the brand and by who took part."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.challenges import service
from marketplace.challenges.models import Challenge
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.payouts.models import Dispute
from tests.conftest import sign_in
from tests.factories.challenges import enter, make_challenge
from tests.web.access.world import words
from tests.web.reading import plain

SAID = {"words": "The views jumped within a minute.", "link": ""}


@pytest.fixture
def challenge(session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor) -> Challenge:
    """Its prizes were awarded just now: 500.00 to Carl and 200.00 to Bea."""
    now = utc_now()
    made = make_challenge(session, brand=acme, by=alice, now=now - timedelta(days=15))
    early, last = now - timedelta(days=14), made.days.counting_ends_at
    enter(session, made, bea, video_id="71", at=early, views=[(last, 5_000)])
    enter(session, made, carl, video_id="72", at=early, views=[(last, 9_000)])
    assert service.award(session, challenge_id=made.id, now=now)
    session.commit()
    return made


def link_in(page: str, side: str) -> str:
    """The address behind the first “Report a problem”."""
    before = page[: page.index("Report a problem")]
    return before[before.rindex(f'href="/{side}/deliverables/') + 6 :].split('"')[0]


def test_a_brand_disputes_a_prize_on_its_leaderboard(
    client: FlaskClient,
    session: Session,
    challenge: Challenge,
    alice: Actor,
    bea: Actor,
    carl: Actor,
) -> None:
    sign_in(client, alice)
    page = f"/brand/campaigns/{challenge.campaign_id}/challenge"
    assert client.get(page).text.count("Report a problem") == 2
    door = link_in(client.get(page).text, "brand")
    assert client.get(door).status_code == 200

    answer = client.post(door, data={**SAID, "reason": "views_look_bought", "share": "0"})

    assert answer.status_code == 303
    assert "Amount $500.00" in plain(words(client.get(answer.location)))
    again = client.get(page).text
    assert again.count("Report a problem") == 1
    assert f'href="{answer.location}"' in again
    assert client.get(door).location == answer.location
    opened = session.scalars(select(Dispute)).one()
    sign_in(client, carl)
    mine = words(client.get(f"/creator/challenges/{challenge.campaign_id}"))
    assert "Held: there is an open dispute. Waiting for you to answer" in mine
    assert f"/creator/disputes/{opened.id}" in mine
    sign_in(client, bea)
    assert client.get(f"/creator/disputes/{opened.id}").status_code == 404


def test_a_creator_disputes_what_the_entry_could_have_won(
    client: FlaskClient, challenge: Challenge, alice: Actor, bea: Actor, carl: Actor
) -> None:
    sign_in(client, carl)
    page = f"/creator/challenges/{challenge.campaign_id}"
    assert "Report a problem" not in client.get(page).text  # nobody could have won more
    sign_in(client, bea)
    door = link_in(client.get(page).text, "creator")

    answer = client.post(door, data={**SAID, "reason": "prize_count", "share": "50"})

    text = plain(words(client.get(answer.location)))
    assert "Until then $300.00 of the campaign’s money are set aside for it." in text
    assert "What more the entry could have won" in text
    sign_in(client, alice)
    assert "Waiting for you to answer" in words(
        client.get(answer.location.replace("creator", "brand"))
    )


def test_a_reason_that_is_no_matter_of_a_prize_is_refused(
    client: FlaskClient, session: Session, challenge: Challenge, bea: Actor
) -> None:
    sign_in(client, bea)
    door = link_in(client.get(f"/creator/challenges/{challenge.campaign_id}").text, "creator")

    refused = client.post(door, data={**SAID, "reason": "not_reviewed", "share": "50"})

    assert refused.status_code == 422
    assert session.scalars(select(Dispute)).all() == []
