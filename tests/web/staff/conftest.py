"""A small market whose money has gone the whole way once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.funding.models import Funding
from marketplace.kernel.actor import Actor
from marketplace.payouts.models import Payout
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome
from tests.conftest import make_person, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.money import (
    make_accepted,
    make_earning,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)

SENT = Answer(Outcome.DONE, remote_id="tr_1", http_status=200, request_id="req_1")


@dataclass(frozen=True, slots=True)
class Road:
    """1,000.00 with 100.00 on top paid in; 400.00 earned, 380.00 of it sent to Bea."""

    campaign: Campaign
    funding: Funding
    payout: Payout


@pytest.fixture
def reserved(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    """The road up to a payout that waits to be sent."""
    campaign = make_campaign(session, brand=acme, by=alice)
    funding = pay_in(session, campaign, by=alice)
    make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    make_payout_account(session, bea)
    return Road(campaign, funding, make_payout(session, bea))


@pytest.fixture
def road(session: Session, reserved: Road) -> Road:
    send_payout(session, reserved.payout, SENT)
    return reserved


@pytest.fixture
def staff(client: FlaskClient, stella: Actor) -> FlaskClient:
    """A browser that Stella is signed in with."""
    sign_in(client, stella)
    return client


@pytest.fixture
def theo(session: Session) -> Actor:
    """The second member of staff."""
    return Actor(user_id=make_person(session, "theo", is_staff=True).id, is_staff=True)
