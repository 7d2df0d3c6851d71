"""Reading applications, offering and agreeing, from the brand's side."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service
from marketplace.collaborations.models import Application, Collaboration, Offer
from marketplace.collaborations.rules import ApplicationState, OfferState
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.conftest import sign_in
from tests.factories.campaigns import NOON, fund, make_campaign
from tests.factories.collaborations import (
    make_application,
    make_collaboration,
    make_offer,
    terms,
)

pytestmark = pytest.mark.usefixtures("noon")

TYPED = {
    "fee": "350.00",
    "deliverables-0-format": "video",
    "deliverables-0-description": "A recipe",
    "deliverables-0-draft_due_on": "2026-11-16",
    "deliverables-0-publish_by_on": "2026-11-23",
    "usage_media": "paid",
    "usage_days": "30",
    "revision_rounds": "2",
    "note": "Looking forward",
}


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def application(session: Session, campaign: Campaign, bea: Actor) -> Application:
    return make_application(session, campaign=campaign, creator=bea)


def countered(session: Session, application: Application, by: Actor, creator: Actor) -> Offer:
    offer = make_offer(session, application=application, by=by)
    counter = service.counter_offer(
        session, offer_id=offer.id, terms=terms(fee=Money(45_000, "USD")), actor=creator, now=NOON
    )
    session.flush()
    return counter


def hidden(page: str) -> str:
    """What the form says that its offer takes the place of."""
    found = re.search(r'name="instead_of" value="([^"]*)"', page)
    assert found
    return found[1]


def test_members_read_an_application_and_others_do_not(
    client: FlaskClient, application: Application, vic: Actor, alice: Actor, mallory: Actor
) -> None:
    path = f"/brand/applications/{application.id}"
    for who in (alice, vic):
        sign_in(client, who)
        page = client.get(path)
        assert page.status_code == 200
        assert "I cook on a fire outside." in page.text
        assert "views for $100.00" in page.text
    assert "Make an offer" not in page.text  # a viewer's page
    sign_in(client, mallory)
    assert client.get(path).status_code == 404


def test_the_list_shows_each_step_of_the_pipeline(
    client: FlaskClient, session: Session, campaign: Campaign, application: Application,
    alice: Actor,
) -> None:  # fmt: skip
    sign_in(client, alice)
    path = f"/brand/campaigns/{campaign.id}/applications"

    assert "Bea" in client.get(path).text
    assert "Bea" in client.get(f"{path}?step=waiting").text
    assert "No application stands here." in client.get(f"{path}?step=agreed").text
    assert "Bea" in client.get(f"{path}?step=nonsense").text


def test_an_empty_list_leads_on_to_the_matches(
    client: FlaskClient, campaign: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    page = client.get(f"/brand/campaigns/{campaign.id}/applications")

    assert "Nobody has applied yet" in page.text
    assert f"/brand/campaigns/{campaign.id}/matches" in page.text


def test_shortlisting(
    client: FlaskClient, session: Session, application: Application, ben: Actor
) -> None:
    sign_in(client, ben)

    done = client.post(f"/brand/applications/{application.id}/shortlist")

    assert done.status_code == 303
    session.expire_all()
    assert application.state is ApplicationState.SHORTLISTED
    again = client.post(f"/brand/applications/{application.id}/shortlist")
    assert again.status_code == 409


def test_declining_needs_a_reason_of_the_list(
    client: FlaskClient, session: Session, application: Application, alice: Actor
) -> None:
    sign_in(client, alice)
    path = f"/brand/applications/{application.id}/decline"

    for reason in ("", "ugly"):
        page = client.post(path, data={"reason": reason})
        assert page.status_code == 422
        assert "Choose the reason: the applicant reads it." in page.text
    systems_own = client.post(path, data={"reason": "no_reply"})
    assert systems_own.status_code == 422
    assert "Choose one of the reasons in the list." in systems_own.text
    session.expire_all()
    assert application.state is ApplicationState.SUBMITTED

    assert client.post(path, data={"reason": "timing"}).status_code == 303
    session.expire_all()
    assert (application.state, application.decline_reason) == (
        ApplicationState.DECLINED,
        "timing",
    )


def test_the_offer_form_begins_with_what_the_brief_asks_and_the_applicant_wants(
    client: FlaskClient, application: Application, alice: Actor
) -> None:
    sign_in(client, alice)

    page = client.get(f"/brand/applications/{application.id}/offer").text

    assert 'value="400.00"' in page
    assert 'value="A recipe in a minute"' in page
    assert "$440.00" in page  # the brand pays
    assert "$380.00" in page  # the creator receives


def test_the_money_can_be_worked_out_before_anything_is_sent(
    client: FlaskClient, session: Session, application: Application, alice: Actor
) -> None:
    sign_in(client, alice)

    page = client.post(f"/brand/applications/{application.id}/offer", data={**TYPED, "look": "1"})

    assert page.status_code == 200
    assert "$385.00" in page.text
    assert "$332.50" in page.text
    assert session.scalars(select(Offer)).all() == []


def test_an_offer_is_made_as_typed(
    client: FlaskClient, session: Session, application: Application, alice: Actor
) -> None:
    sign_in(client, alice)

    done = client.post(f"/brand/applications/{application.id}/offer", data=TYPED)

    offer = session.scalars(select(Offer)).one()
    assert (done.status_code, done.location) == (303, f"/brand/offers/{offer.id}")
    assert offer.fee == Money(35_000, "USD")
    assert (offer.usage_media, offer.usage_days, offer.revision_rounds) == ("paid", 30, 2)
    page = client.get(done.location).text
    assert "$385.00" in page
    assert "$332.50" in page
    assert "Waiting for Bea to answer" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fee": "12,50"}, "Write the amount with a point and no commas, like 12.50."),
        ({"fee": "1000.01"}, "The fee is more than the campaign’s budget of $1,000.00."),
        ({"deliverables-0-description": ""}, "An offer asks for at least one deliverable."),
        ({"deliverables-0-draft_due_on": ""}, "Give each deliverable both of its days."),
        (
            {"deliverables-0-draft_due_on": "2026-10-01"},
            "The draft is due in the past: choose a later day.",
        ),
        (
            {"deliverables-0-publish_by_on": "2026-11-10"},
            "The post is due before its draft.",
        ),
        ({"usage_days": ""}, "Say for how many days, or tick for ever."),
        ({"usage_media": "billboard"}, "Choose one of these."),
    ],
)
def test_terms_that_cannot_be_are_refused_and_kept(
    client: FlaskClient, session: Session, application: Application, alice: Actor,
    changes: dict[str, str], sentence: str,
) -> None:  # fmt: skip
    sign_in(client, alice)

    page = client.post(f"/brand/applications/{application.id}/offer", data={**TYPED, **changes})

    assert page.status_code == 422
    assert sentence in page.text
    assert "Looking forward" in page.text
    assert session.scalars(select(Offer)).all() == []


def test_an_offer_does_not_take_the_place_of_one_that_was_not_read(
    client: FlaskClient, session: Session, application: Application, alice: Actor, bea: Actor
) -> None:
    path = f"/brand/applications/{application.id}/offer"
    first = make_offer(session, application=application, by=alice)
    session.commit()
    sign_in(client, alice)
    assert hidden(client.get(path).text) == str(first.id)
    counter = service.counter_offer(
        session, offer_id=first.id, terms=terms(fee=Money(45_000, "USD")), actor=bea, now=NOON
    )
    session.commit()
    looked = client.post(path, data={**TYPED, "instead_of": str(first.id), "look": "1"})
    assert hidden(looked.text) == str(first.id)

    page = client.post(path, data={**TYPED, "instead_of": str(first.id)})

    assert page.status_code == 409
    assert "Bea has offered $450.00 meanwhile, which has to be read first." in page.text
    assert "What you typed is still here." in page.text
    assert 'value="350.00"' in page.text
    assert "Looking forward" in page.text
    assert f'href="/brand/offers/{counter.id}"' in page.text
    session.expire_all()
    assert counter.state is OfferState.OPEN

    again = client.post(path, data={**TYPED, "instead_of": hidden(page.text)})
    assert again.status_code == 303
    session.expire_all()
    assert counter.state is OfferState.SUPERSEDED


@pytest.mark.parametrize("known", ["", "nothing", "00000000-0000-0000-0000-000000000000"])
def test_a_second_click_sends_no_second_offer(
    known: str, client: FlaskClient, session: Session, application: Application, acme: Brand,
    alice: Actor,
) -> None:  # fmt: skip
    path = f"/brand/applications/{application.id}/offer"
    sign_in(client, alice)
    assert client.post(path, data={**TYPED, "instead_of": known}).status_code == 303

    again = client.post(path, data={**TYPED, "instead_of": known})

    assert again.status_code == 409
    assert f"{acme.name} has offered $350.00 meanwhile" in again.text
    assert session.scalars(select(Offer.fee_minor)).all() == [35_000]


def test_only_those_who_run_the_campaign_offer(
    client: FlaskClient, session: Session, application: Application, vic: Actor, fiona: Actor,
    mallory: Actor,
) -> None:  # fmt: skip
    path = f"/brand/applications/{application.id}/offer"
    for who, code in ((vic, 403), (fiona, 403), (mallory, 404)):
        sign_in(client, who)
        assert client.get(path).status_code == code
        assert client.post(path, data=TYPED).status_code == code
    assert session.scalars(select(Offer)).all() == []


def test_a_counter_offer_without_the_money_is_not_accepted(
    client: FlaskClient, session: Session, application: Application, alice: Actor, bea: Actor
) -> None:
    counter = countered(session, application, alice, bea)
    sign_in(client, alice)

    assert "Add money" in client.get(f"/brand/offers/{counter.id}").text
    page = client.post(f"/brand/offers/{counter.id}/accept")

    assert page.status_code == 409
    assert (
        "The campaign has $0.00 left and this offer needs $450.00; "
        "the brand must add funds first." in page.text
    )
    page = client.post(f"/brand/offers/{counter.id}/accept", headers={"Accept-Language": "de"})
    assert "has 0,00\xa0$ left and this offer needs 450,00\xa0$; the brand" in page.text
    session.expire_all()
    assert counter.state is OfferState.OPEN


def test_a_counter_offer_is_accepted_once(
    client: FlaskClient, session: Session, campaign: Campaign, application: Application,
    alice: Actor, bea: Actor,
) -> None:  # fmt: skip
    counter = countered(session, application, alice, bea)
    fund(session, campaign, Money(90_000, "USD"))
    sign_in(client, alice)

    done = client.post(f"/brand/offers/{counter.id}/accept")
    again = client.post(f"/brand/offers/{counter.id}/accept")

    collaboration = session.scalars(select(Collaboration)).one()
    assert (done.status_code, done.location) == (
        303,
        f"/brand/collaborations/{collaboration.id}",
    )
    assert again.status_code == 409
    assert "This offer was agreed already." in again.text
    owed = session.scalars(select(Deliverable)).one()
    assert f"/brand/deliverables/{owed.id}" in client.get(done.location).text
    assert (
        f"/brand/collaborations/{collaboration.id}"
        in client.get(f"/brand/offers/{counter.id}").text
    )


def test_a_counter_offer_can_be_declined_and_ones_own_taken_back(
    client: FlaskClient, session: Session, application: Application, alice: Actor, bea: Actor
) -> None:
    counter = countered(session, application, alice, bea)
    sign_in(client, alice)

    assert client.post(f"/brand/offers/{counter.id}/decline").status_code == 303
    mine = make_offer(session, application=application, by=alice)
    assert client.post(f"/brand/offers/{mine.id}/accept").status_code == 403
    assert client.post(f"/brand/offers/{mine.id}/withdraw").status_code == 303

    session.expire_all()
    assert (counter.state, mine.state) == (OfferState.DECLINED, OfferState.WITHDRAWN)


def test_an_offer_exists_only_for_its_two_sides(
    client: FlaskClient, session: Session, application: Application, alice: Actor, vic: Actor,
    mallory: Actor,
) -> None:  # fmt: skip
    offer = make_offer(session, application=application, by=alice)

    sign_in(client, vic)
    page = client.get(f"/brand/offers/{offer.id}")
    assert page.status_code == 200
    assert "Take it back" not in page.text
    sign_in(client, mallory)
    for path in ("", "/accept", "/decline", "/withdraw"):
        answer = client.post if path else client.get
        assert answer(f"/brand/offers/{offer.id}{path}").status_code == 404, path


def test_a_collaboration_shows_the_terms_to_members_only(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, vic: Actor,
    mallory: Actor, bea: Actor,
) -> None:  # fmt: skip
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    path = f"/brand/collaborations/{collaboration.id}"

    sign_in(client, vic)
    page = client.get(path).text
    assert "$440.00" in page
    assert "$380.00" in page
    assert "for 30 days, until Wed 23 Dec 2026" in page
    assert "Bea" in client.get(f"/brand/campaigns/{campaign.id}/collaborations").text
    sign_in(client, mallory)
    assert client.get(path).status_code == 404
