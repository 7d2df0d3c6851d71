"""Staff enter, verify and pay organisations."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries
from marketplace.causes import service as causes
from marketplace.causes.models import Organisation
from marketplace.causes.rules.organisations import OrganisationState
from marketplace.kernel.actor import Actor
from marketplace.ledger.rules import Code
from marketplace.treasury import queries as treasury
from tests.conftest import NOON, make_person, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.causes import make_organisation, make_pledge
from tests.factories.money import pay_in
from tests.services.books import balance
from tests.web.reading import plain

TYPED = {
    "name": "Reef Menders",
    "country": "GB",
    "registration_number": "1122334",
    "register": "https://register.example/1122334",
    "website": "https://reefmenders.example",
    "category": "climate",
    "about": "Replants coral.",
}
SEND = {"amount": "150.00", "currency": "USD", "reference": "TR-1", "reason": "It is final."}


@pytest.fixture
def owed(session: Session, acme: Brand, alice: Actor, stella: Actor) -> Organisation:
    """An organisation that a fixed pledge has made 200.00 the own of."""
    reefs = make_organisation(session, by=stella)
    draft = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    pledge = make_pledge(session, campaign=draft, organisation=reefs, by=alice)
    pay_in(session, draft, by=alice)
    campaigns.publish(session, campaign_id=draft.id, actor=alice, now=NOON)
    causes.promise(session, campaign_id=draft.id, now=NOON)
    campaigns.close(session, campaign_id=draft.id, actor=alice, now=NOON)
    causes.book_pledge(session, pledge_id=pledge.id, now=NOON)
    session.commit()
    return reefs


def test_what_is_owed_is_a_thing_to_do(staff: FlaskClient, owed: Organisation) -> None:
    page = staff.get("/staff/").text

    assert "Reef Menders is owed $200.00" in page
    assert f'href="/staff/causes/{owed.id}"' in page


def test_without_organisations_the_page_says_what_to_do(staff: FlaskClient) -> None:
    assert "Enter one with its number in a public register" in staff.get("/staff/causes").text


def test_an_organisation_is_entered_looked_up_and_verified(
    staff: FlaskClient, session: Session
) -> None:
    made = staff.post("/staff/causes/new", data=TYPED)
    (organisation,) = queries.organisations(session)
    address = f"/staff/causes/{organisation.id}"
    assert (made.status_code, made.location) == (303, address)

    reply = staff.post(f"{address}/verify", data={"note": "Same name."}, follow_redirects=True)

    assert "Reef Menders is verified." in reply.text
    assert "Verified: Same name." in plain(reply.text)
    session.refresh(organisation)
    assert organisation.state is OrganisationState.VERIFIED
    assert staff.post(f"{address}/edit", data=TYPED | {"name": "Other"}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter its name, as the register has it."),
        ({"country": "XX"}, "Choose the country it is registered in."),
        ({"category": "weather"}, "Choose what it works for."),
        ({"register": "register.example"}, "Enter a whole web address that begins with https://."),
    ],
)
def test_what_cannot_be_looked_up_is_refused_and_kept(
    staff: FlaskClient, session: Session, changes: dict[str, str], sentence: str
) -> None:
    reply = staff.post("/staff/causes/new", data=TYPED | changes)

    assert reply.status_code == 422
    assert sentence in reply.text
    assert 'value="1122334"' in reply.text
    assert list(queries.organisations(session)) == []


def test_a_number_that_is_there_already_is_refused(
    staff: FlaskClient, session: Session, stella: Actor
) -> None:
    make_organisation(session, by=stella)

    reply = staff.post("/staff/causes/new", data=TYPED)

    assert reply.status_code == 422
    assert "An organisation with this number is there already." in reply.text


def test_a_verification_needs_its_words(
    staff: FlaskClient, session: Session, stella: Actor
) -> None:
    entered = make_organisation(session, by=stella, state=OrganisationState.ENTERED)

    reply = staff.post(f"/staff/causes/{entered.id}/verify", data={"note": " "})

    assert reply.status_code == 422
    assert "Say what you looked at" in reply.text
    session.refresh(entered)
    assert entered.state is OrganisationState.ENTERED


def test_what_is_owed_is_sent_by_two_people_and_seen_in_public(
    staff: FlaskClient, session: Session, owed: Organisation
) -> None:
    address = f"/staff/causes/{owed.id}"
    assert "$200.00 is the organisation’s. Waiting for you to send it." in plain(
        staff.get(address).text
    )
    asked = staff.post(f"{address}/send", data=SEND)
    (request,) = treasury.open_requests(session)
    assert asked.location == f"/staff/requests/{request.id}"
    told = plain(staff.get(asked.location).text)
    assert "Reference at the bank TR-1" in told
    assert "Reef Menders" in told

    theo = make_person(session, "theo", is_staff=True)
    sign_in(staff, Actor(user_id=theo.id, is_staff=True))
    staff.post(f"/staff/requests/{request.id}/approve")

    assert balance(session, Code.OWED_TO_CAUSE, owed.id).minor == 5_000
    public = plain(staff.get(f"/causes/{owed.id}").text)
    assert "Sent $150.00" in public
    assert "Acme Kitchen gives $200.00 to Reef Menders." in public


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "200.01"}, "It is owed $200.00."),
        ({"reference": ""}, "Write what you gave the bank with the transfer."),
        ({"reason": ""}, "Say why, for whoever approves it and for later."),
        ({"currency": "EUR"}, "Choose one of these"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(
    staff: FlaskClient,
    session: Session,
    owed: Organisation,
    changes: dict[str, str],
    sentence: str,
) -> None:
    reply = staff.post(f"/staff/causes/{owed.id}/send", data=SEND | changes)

    assert reply.status_code == 422
    assert sentence in reply.text
    assert list(treasury.open_requests(session)) == []


def test_nothing_is_sent_once_the_verification_was_taken_back(
    staff: FlaskClient, session: Session, owed: Organisation
) -> None:
    address = f"/staff/causes/{owed.id}"
    staff.post(f"{address}/withdraw", data={"note": "Struck off."})

    reply = staff.post(f"{address}/send", data=SEND)

    assert reply.status_code == 409
    assert "Verify Reef Menders first" in reply.text
    assert "We are looking at this organisation again." in staff.get(f"/causes/{owed.id}").text
