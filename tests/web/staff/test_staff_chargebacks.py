"""What staff see of chargebacks, fraud warnings and debts, and what they do about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.funding.models import ChargebackAnswer, Recovery
from marketplace.funding.rules import AnswerKind
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from tests.conftest import sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.chargebacks import LOST, OPENED, REVIEW, tell, warn
from tests.factories.collaborations import make_collaboration
from tests.factories.money import pay_in


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Campaign:
    """1,000.00 paid in, 400.00 of it promised."""
    made = make_campaign(session, brand=acme, by=alice)
    pay_in(session, made, by=alice)
    make_collaboration(session, campaign=made, creator=bea, by=alice, funded=True)
    return made


@pytest.fixture
def staff(client: FlaskClient, stella: Actor) -> FlaskClient:
    sign_in(client, stella)
    return client


def in_time() -> timedelta:
    return timedelta(days=3)


def test_no_chargeback_says_what_comes_here(staff: FlaskClient) -> None:
    assert "No chargeback yet" in staff.get("/staff/chargebacks").text


def test_an_open_chargeback_shows_its_deadline_and_its_entries(
    staff: FlaskClient, session: Session, campaign: Campaign
) -> None:
    found = tell(session, replace(OPENED, evidence_due_by=utc_now() + in_time()))

    listed = staff.get("/staff/chargebacks").text
    page = unescape(staff.get(f"/staff/chargebacks/{found.id}").text)

    assert "Needs an answer" in listed
    assert "$600.00" in listed
    assert "Send evidence or accept the loss" in page
    assert "2020 Campaign funds" in page
    assert "the brand’s offer of USD 400.00 was accepted by" in page
    assert "Answer the chargeback for “Beans in a minute”" in staff.get("/staff/").text


def test_evidence_is_sent_from_the_page_once(
    staff: FlaskClient, session: Session, campaign: Campaign
) -> None:
    found = tell(session, replace(OPENED, evidence_due_by=utc_now() + in_time()))
    address = f"/staff/chargebacks/{found.id}/evidence"

    assert staff.post(address, data={}).status_code == 422
    assert staff.post(address, data={"customer_name": "x" * 20_001}).status_code == 422
    assert session.scalars(select(ChargebackAnswer)).all() == []
    data = {"product_description": "A campaign."}
    assert staff.post(address, data=data).status_code == 303
    assert staff.post(address, data=data).status_code == 409

    answer = session.scalars(select(ChargebackAnswer)).one()
    assert (answer.kind, answer.evidence) == (AnswerKind.EVIDENCE, data)
    page = staff.get(f"/staff/chargebacks/{found.id}").text
    assert "Send the evidence" not in page
    assert "on its way to the bank" in page


@pytest.mark.parametrize("told", [REVIEW, LOST])
def test_a_chargeback_that_takes_no_answer_offers_none(
    staff: FlaskClient, session: Session, campaign: Campaign, told: object
) -> None:
    found = tell(session, told)  # type: ignore[arg-type]  # facts, by the list above

    page = staff.get(f"/staff/chargebacks/{found.id}").text

    assert "Send the evidence" not in page
    assert staff.post(f"/staff/chargebacks/{found.id}/accept").status_code == 409


def test_a_warning_is_dismissed_with_a_note(
    staff: FlaskClient, session: Session, campaign: Campaign
) -> None:
    warned = warn(session)
    address = f"/staff/fraud-warnings/{warned.id}"
    assert "$600.00" in staff.get(address).text

    assert staff.post(address, data={"note": ""}).status_code == 422
    assert staff.post(address, data={"note": "It was theirs."}).status_code == 303
    assert staff.post(address, data={"note": "It was theirs."}).status_code == 409

    assert "It was theirs." in staff.get(address).text


def test_a_debt_is_shown_and_more_than_the_wallet_holds_is_refused(
    staff: FlaskClient, session: Session, acme: Brand, campaign: Campaign
) -> None:
    tell(session, LOST)
    address = f"/staff/debts/{acme.id}"
    assert "$440.00" in staff.get(address).text
    form = {"once": str(uuid4()), "amount": "1", "currency": "USD", "note": "As agreed."}

    reply = staff.post(f"{address}/recover", data=form)

    assert reply.status_code == 422
    assert "$440.00 is owed, and $0.00 is in the wallet." in reply.text
    assert session.scalars(select(Recovery)).all() == []


def test_giving_up_a_debt_waits_for_a_second_person(
    staff: FlaskClient, session: Session, acme: Brand, campaign: Campaign
) -> None:
    tell(session, LOST)
    form = {"once": str(uuid4()), "amount": "440", "currency": "USD", "note": "They are gone."}

    reply = staff.post(f"/staff/debts/{acme.id}/write-off", data=form, follow_redirects=True)

    assert "Another member of staff has to approve it." in reply.text
    assert "$440.00" in staff.get(f"/staff/debts/{acme.id}").text


def test_the_brand_sees_why_its_money_is_frozen_and_what_it_owes(
    client: FlaskClient, session: Session, alice: Actor, campaign: Campaign
) -> None:
    sign_in(client, alice)
    tell(session, OPENED)
    page = client.get(f"/brand/campaigns/{campaign.id}/money").text
    assert "$600.00</span> of unspent money is frozen until it decides" in page
    assert "Your bank took" in client.get(f"/brand/campaigns/{campaign.id}/money").text

    tell(session, LOST)
    bill = client.get("/brand/billing").text
    assert 'You owe <span class="money">$440.00</span>' in bill
    assert "Charged back" in bill
