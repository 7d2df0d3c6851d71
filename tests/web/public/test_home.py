"""The landing page: what is said to somebody who is not signed in."""

from __future__ import annotations

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.actor import Actor
from marketplace.payouts.models import Payout
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome
from tests.conftest import sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_channel, make_creator
from tests.factories.money import (
    make_accepted,
    make_earning,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)

WAIT = "Median days from acceptance to payout"
IN_MARKET = "Creators in the market"
PUBLISHED = "Campaigns published"


def figures(client: FlaskClient, language: str = "en-US") -> dict[str, str]:
    page = client.get("/", headers={"Accept-Language": language}).text
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))


def pay_one(session: Session, *, brand: Brand, by: Actor, creator: Actor, number: int) -> Payout:
    """Return a payout that was sent eight days after the work was accepted."""
    campaign = make_campaign(session, brand=brand, by=by, name=f"Beans {number}")
    pay_in(session, campaign, by=by, charge_id=f"ch_{number}")
    owed = make_accepted(
        session, campaign, by=by, creator=creator, video_id=f"734567890123456780{number}"
    )
    make_earning(session, owed)
    payout = make_payout(session, creator)
    send_payout(session, payout, Answer(Outcome.DONE, remote_id=f"tr_{number}"))
    return payout


def test_an_empty_installation_shows_no_figures(client: FlaskClient) -> None:
    assert figures(client) == {}
    assert 'class="figures"' not in client.get("/").text


def test_the_fees_are_told_in_one_line(client: FlaskClient) -> None:
    assert (
        "Brands pay 10\xa0% on top of a creator’s fee. Creators receive 95\xa0% of it, from 7 days"
        " after their work is accepted." in client.get("/").text
    )


def test_a_creator_counts_once_however_many_channels_they_have(
    client: FlaskClient, session: Session
) -> None:
    for name in ("Cleo", "Dora"):
        made = make_creator(session, display_name=name)
        make_channel(session, creator_id=made.id, external_id=f"{name} 1")
        make_channel(session, creator_id=made.id, external_id=f"{name} 2")
    make_creator(session, display_name="Without a channel")
    assert figures(client) == {IN_MARKET: "2"}


def test_a_campaign_counts_from_its_publication_on(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    make_campaign(session, brand=acme, by=alice, name="Draft", state=CampaignState.DRAFT)
    assert figures(client) == {}
    make_campaign(session, brand=acme, by=alice, name="Runs", state=CampaignState.PUBLISHED)
    make_campaign(session, brand=acme, by=alice, name="Over", state=CampaignState.CLOSED)
    assert figures(client) == {PUBLISHED: "2"}


def test_one_slow_payout_does_not_move_the_median(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    make_payout_account(session, bea)
    payouts = [
        pay_one(session, brand=acme, by=alice, creator=bea, number=number) for number in (1, 2, 3)
    ]
    for payout, days in zip(payouts, (7, 8.25, 40), strict=True):
        assert payout.ended_at is not None
        payout.ended_at += timedelta(days=days - 8)
    session.flush()
    assert figures(client)[WAIT] == "8.2"
    assert figures(client, language="de")[WAIT] == "8,2"


def test_a_payout_that_is_on_its_way_is_not_measured(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    make_payout_account(session, bea)
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    make_payout(session, bea)
    assert figures(client) == {IN_MARKET: "1", PUBLISHED: "1"}


def test_who_is_signed_in_goes_home_at_once(client: FlaskClient, bea: Actor) -> None:
    sign_in(client, bea)
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (303, "/creator/")
