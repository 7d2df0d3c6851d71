"""Offers and collaborations from the creator's side."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.collaborations.rules import OfferState, Party
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.conftest import sign_in
from tests.factories.campaigns import fund, make_campaign
from tests.factories.collaborations import (
    NOON,
    make_application,
    make_collaboration,
    make_offer,
    terms,
)
from tests.web.reading import plain

pytestmark = pytest.mark.usefixtures("noon")

TYPED = {
    "fee": "450.00",
    "deliverables-0-format": "video",
    "deliverables-0-description": "A recipe in a minute",
    "deliverables-0-draft_due_on": "2026-11-20",
    "deliverables-0-publish_by_on": "2026-11-27",
    "usage_media": "organic",
    "usage_days": "30",
    "revision_rounds": "1",
    "note": "A little more, please",
}


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def offer(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Offer:
    application = make_application(session, campaign=campaign, creator=bea)
    return make_offer(session, application=application, by=alice)


def test_an_offer_shows_both_sides_money_before_anybody_agrees(
    client: FlaskClient, offer: Offer, bea: Actor, alice: Actor
) -> None:
    sign_in(client, bea)

    page = client.get(f"/creator/offers/{offer.id}").text

    for amount in ("$440.00", "$40.00", "$380.00", "-$20.00"):
        assert amount in page
    assert "for 30 days, until Wed 23 Dec 2026" in page
    assert "Waiting for you to answer" in page
    told = plain(page)
    assert "The brand pays $440.00" in told
    assert "You receive $380.00" in told
    assert "Exclusivity None: you may work for anybody else" in told
    sign_in(client, alice)
    told = plain(client.get(f"/brand/offers/{offer.id}").text)
    assert "You pay $440.00" in told
    assert "The creator receives $380.00" in told
    assert "Exclusivity None: the creator may work for anybody else" in told


def test_home_and_lists_show_the_offer_with_its_deadline(
    client: FlaskClient, offer: Offer, bea: Actor
) -> None:
    sign_in(client, bea)

    home = client.get("/creator/").text
    assert "Acme Kitchen made you an offer" in home
    assert "you receive $380.00" in home
    assert "Mon 9 Nov 2026" in home
    assert f"/creator/offers/{offer.id}" in client.get("/creator/offers").text
    assert f"/creator/offers/{offer.id}" in client.get("/creator/applications").text


def test_accepting_twice_from_two_tabs_agrees_once(
    client: FlaskClient, session: Session, campaign: Campaign, offer: Offer, bea: Actor
) -> None:
    fund(session, campaign, Money(100_000, "USD"))
    sign_in(client, bea)

    first = client.post(f"/creator/offers/{offer.id}/accept")
    second = client.post(f"/creator/offers/{offer.id}/accept")

    collaboration = session.scalars(select(Collaboration)).one()
    assert (first.status_code, first.location) == (
        303,
        f"/creator/collaborations/{collaboration.id}",
    )
    assert second.status_code == 409
    assert "This offer was agreed already." in second.text
    page = client.get(first.location)
    assert page.status_code == 200
    assert "Nobody can change them." in page.text
    owed = session.scalars(select(Deliverable)).one()
    for path in (first.location, "/creator/"):
        assert f"/creator/deliverables/{owed.id}" in client.get(path).text
    assert "Beans in a minute" in client.get("/creator/collaborations").text


def test_accepting_without_the_money_says_why(
    client: FlaskClient, session: Session, campaign: Campaign, offer: Offer, bea: Actor
) -> None:
    fund(session, campaign, Money(12_000, "USD"))
    sign_in(client, bea)

    page = client.post(f"/creator/offers/{offer.id}/accept")

    assert page.status_code == 409
    assert (
        "The campaign has $120.00 left and this offer needs $400.00; "
        "the brand must add funds first." in page.text
    )
    session.expire_all()
    assert offer.state is OfferState.OPEN


def test_other_terms_take_the_place_of_the_offer(
    client: FlaskClient, session: Session, offer: Offer, bea: Actor
) -> None:
    sign_in(client, bea)
    path = f"/creator/offers/{offer.id}/counter"

    assert 'value="400.00"' in client.get(path).text
    look = client.post(path, data={**TYPED, "look": "1"})
    assert look.status_code == 200
    assert "$427.50" in look.text
    done = client.post(path, data=TYPED)

    session.expire_all()
    counter = session.scalars(select(Offer).where(Offer.number == 2)).one()
    assert (done.status_code, done.location) == (303, f"/creator/offers/{counter.id}")
    assert (counter.made_by, counter.fee) == (Party.CREATOR, Money(45_000, "USD"))
    assert (counter.usage_media, counter.revision_rounds) == ("organic", 1)
    assert offer.state is OfferState.SUPERSEDED
    assert client.get(path).status_code == 409
    assert "Your counter-offer to Acme Kitchen" in client.get(done.location).text
    assert client.post(f"/creator/offers/{counter.id}/accept").status_code == 403
    assert client.post(f"/creator/offers/{counter.id}/withdraw").status_code == 303


def test_terms_that_cannot_be_are_refused_and_kept(
    client: FlaskClient, session: Session, offer: Offer, bea: Actor
) -> None:
    sign_in(client, bea)

    page = client.post(f"/creator/offers/{offer.id}/counter", data={**TYPED, "fee": "5000"})

    assert page.status_code == 422
    assert "The fee is more than the campaign’s budget of $1,000.00." in page.text
    assert "A little more, please" in page.text
    session.expire_all()
    assert offer.state is OfferState.OPEN


def test_other_terms_do_not_take_the_place_of_an_offer_that_was_not_read(
    client: FlaskClient, session: Session, offer: Offer, alice: Actor, bea: Actor
) -> None:
    newer = service.make_offer(
        session,
        application_id=offer.application_id,
        terms=terms(fee=Money(42_000, "USD")),
        instead_of=offer.id,
        actor=alice,
        now=NOON,
    )
    session.commit()
    sign_in(client, bea)

    page = client.post(f"/creator/offers/{offer.id}/counter", data=TYPED)

    assert page.status_code == 409
    assert "Acme Kitchen has offered $420.00 meanwhile, which has to be read first." in page.text
    assert "What you typed is still here." in page.text
    assert 'value="450.00"' in page.text
    assert "A little more, please" in page.text
    assert f'href="/creator/offers/{newer.id}"' in page.text
    session.expire_all()
    assert newer.state is OfferState.OPEN

    (again,) = re.findall(r'action="(/creator/offers/[^"]+/counter)"', page.text)
    assert client.post(again, data=TYPED).status_code == 303
    session.expire_all()
    assert newer.state is OfferState.SUPERSEDED


def test_nothing_is_proposed_where_no_offer_stands(
    client: FlaskClient, session: Session, offer: Offer, alice: Actor, bea: Actor
) -> None:
    service.withdraw_offer(session, offer_id=offer.id, actor=alice, now=NOON)
    session.commit()
    sign_in(client, bea)

    page = client.post(f"/creator/offers/{offer.id}/counter", data=TYPED)

    assert page.status_code == 409
    assert "This offer is not open any more." in page.text


def test_declining(client: FlaskClient, session: Session, offer: Offer, bea: Actor) -> None:
    sign_in(client, bea)

    assert client.post(f"/creator/offers/{offer.id}/decline").status_code == 303
    assert client.post(f"/creator/offers/{offer.id}/decline").status_code == 409
    session.expire_all()
    assert offer.state is OfferState.DECLINED


def test_an_offer_to_somebody_else_does_not_exist(
    client: FlaskClient, session: Session, offer: Offer, carl: Actor
) -> None:
    sign_in(client, carl)
    path = f"/creator/offers/{offer.id}"

    assert client.get(path).status_code == 404
    assert client.get(f"{path}/counter").status_code == 404
    for act in ("accept", "decline", "withdraw", "counter"):
        assert client.post(f"{path}/{act}", data=TYPED).status_code == 404, act
    session.expire_all()
    assert offer.state is OfferState.OPEN


def test_a_collaboration_exists_only_for_its_creator(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor,
    carl: Actor,
) -> None:  # fmt: skip
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    path = f"/creator/collaborations/{collaboration.id}"

    sign_in(client, bea)
    assert client.get(path).status_code == 200
    assert "Beans in a minute" in client.get("/creator/").text
    sign_in(client, carl)
    assert client.get(path).status_code == 404
    assert "Nothing is agreed yet" in client.get("/creator/collaborations").text


def test_a_post_that_is_due_in_another_age_is_refused_at_its_place(
    client: FlaskClient, session: Session, offer: Offer, bea: Actor
) -> None:
    sign_in(client, bea)
    typed = TYPED | {"deliverables-0-publish_by_on": "9999-12-31"}

    answer = client.post(f"/creator/offers/{offer.id}/counter", data=typed)

    assert answer.status_code == 422
    assert "The post is due more than two years from now." in answer.text
    assert "9999-12-31" in answer.text
    assert session.scalars(select(Offer)).one() is offer
