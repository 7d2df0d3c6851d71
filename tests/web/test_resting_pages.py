"""What pages say of money that rests: how much, why and until when, to everybody it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import RestReason
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger.rules import AccountRef, Code
from marketplace.treasury import queries as requests
from marketplace.treasury import service as treasury
from tests.conftest import make_person, sign_in
from tests.factories.collaborations import make_application, make_offer
from tests.factories.ledger import usd
from tests.factories.money import make_paid_campaign
from tests.services.books import written
from tests.services.disputing import call_off, unaccepted
from tests.web.brand.planning import text_of

NOW = utc_now()
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A campaign with 1,000.00 and the 100.00 of the platform fee."""
    return make_paid_campaign(session, brand=acme, by=alice)


def let_rest(session: Session, campaign: Campaign, why: RestReason, amount: Money) -> None:
    collaborations.rest(
        session,
        campaign_id=campaign.id,
        subject_id=new_id(),
        why=why,
        amount=amount,
        until=TOMORROW,
    )


def test_the_money_of_a_campaign_names_every_reason(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    let_rest(session, campaign, RestReason.BONUS, usd(12_000))
    let_rest(session, campaign, RestReason.PRIZES, usd(5_000))
    session.commit()
    sign_in(client, alice)

    shown = text_of(client.get(f"/brand/campaigns/{campaign.id}/money").text)

    assert "Resting $170.00" in shown
    assert "Left to promise $830.00" in shown
    assert "$120.00 of bonuses that were not earned in full, until " in shown
    assert "$50.00 of prizes that nobody won or that were given up, until " in shown
    overview = text_of(client.get(f"/brand/campaigns/{campaign.id}").text)
    assert "Not promised yet $830.00 Resting, as it may be disputed $170.00" in overview
    assert "$830.00 $170.00 rests" in text_of(client.get("/brand/billing").text)


def test_where_nothing_rests_nobody_reads_of_it(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)
    for address in (f"/brand/campaigns/{campaign.id}/money", "/brand/billing", "/brand/"):
        shown = text_of(client.get(address).text)
        assert "Resting" not in shown
        assert " rests" not in shown


def test_an_offer_that_what_is_free_does_not_carry_says_what_rests(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    applied = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=applied, by=alice)
    let_rest(session, campaign, RestReason.CALLED_OFF, usd(70_000))
    session.commit()
    sign_in(client, alice)

    shown = text_of(client.get(f"/brand/offers/{offer.id}").text)

    assert "The campaign has $300.00 left and this offer needs $400.00." in shown
    assert "$700.00 more rests while creators may dispute it." in shown


def test_a_creator_reads_how_long_the_money_stays(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = unaccepted(session, campaign, alice, bea, DeliverableState.CHANGES_REQUESTED)
    call_off(session, work, alice, now=NOW + timedelta(days=40))
    session.commit()
    sign_in(client, bea)

    shown = text_of(client.get(f"/creator/deliverables/{work.id}").text)

    assert "you can dispute it until" in shown
    assert "So long the money for it stays in the campaign" in shown


def test_staff_read_why_an_adjustment_is_refused_and_lose_nothing(
    client: FlaskClient, session: Session, campaign: Campaign, stella: Actor
) -> None:
    let_rest(session, campaign, RestReason.BONUS, usd(40_000))
    session.commit()
    before = written(session)
    sign_in(client, stella)
    address = f"/staff/requests/adjust?account=2020&owner={campaign.id}"
    form = {"direction": "less", "currency": "USD", "against": "5060", "reason": "Booked twice."}

    answer = client.post(address, data=form | {"amount": "600.01"})

    assert answer.status_code == 409
    assert "The campaign has $600.00 left ($400.00 rests in the campaign" in answer.text
    assert "Booked twice." in answer.text
    assert (requests.open_requests(session), written(session)) == ([], before)
    assert client.post(address, data=form | {"amount": "600"}).status_code == 303


def test_whoever_approves_too_late_reads_that_nothing_was_booked(
    client: FlaskClient, session: Session, campaign: Campaign, stella: Actor
) -> None:
    asked = treasury.ask_adjustment(
        session,
        actor=stella,
        account=AccountRef(Code.CAMPAIGN_FUNDS, campaign.id),
        more=False,
        against=Code.GOODWILL,
        amount=usd(70_000),
        reason="Booked twice.",
        now=NOW,
    )
    let_rest(session, campaign, RestReason.BONUS, usd(40_000))
    theo = Actor(user_id=make_person(session, "theo", is_staff=True).id, is_staff=True)
    session.commit()
    before = written(session)
    sign_in(client, theo)

    answer = client.post(f"/staff/requests/{asked.id}/approve")

    assert answer.status_code == 409
    assert "Nothing was booked. The campaign has $600.00 left" in answer.text
    assert written(session) == before
