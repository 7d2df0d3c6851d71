"""A bonus for views, as both sides see it before and after they agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Offer
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.metrics import service as metrics
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ViewBonus
from tests.conftest import sign_in
from tests.factories.campaigns import NOON
from tests.factories.collaborations import BONUS, TERMS, make_application, make_offer
from tests.factories.deliverables import reading_at
from tests.factories.money import make_accepted, make_earning, make_paid_campaign
from tests.web.access.world import words

WITH_BONUS = replace(TERMS, bonus=BONUS)
FORM = {
    "fee": "400.00",
    "bonus_rate": "5.00",
    "bonus_cap": "300.00",
    "bonus_days": "14",
    "deliverables-0-format": "video",
    "deliverables-0-description": "A recipe in a minute",
    "deliverables-0-draft_due_on": "2027-11-16",
    "deliverables-0-publish_by_on": "2027-11-23",
    "usage_media": "paid",
    "usage_days": "30",
    "revision_rounds": "2",
}


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def accepted(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    made = make_accepted(session, campaign, by=alice, creator=bea, offered=WITH_BONUS)
    make_earning(session, made, matured=False)
    return made


def read(session: Session, views: int, *, days: int) -> None:
    post = session.scalars(select(PublishedPost)).one()
    at = NOON + timedelta(days=days)
    metrics.record_snapshot(session, post_id=post.id, reading=reading_at(at, views=views))
    session.flush()


def test_the_offer_says_what_the_brand_pays_at_most_and_the_creator_gets_at_least(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice, offered=WITH_BONUS)
    session.flush()

    for actor, page in ((alice, f"/brand/offers/{offer.id}"), (bea, f"/creator/offers/{offer.id}")):
        sign_in(client, actor)
        text = words(client.get(page))
        assert (
            "$5.00 for every 1,000 views, $300.00 at most. Views are counted for 14 days after"
            " publication."
        ) in text
        for amount in ("$440.00", "$330.00", "$770.00", "$380.00", "$285.00", "$665.00"):
            assert amount in text


@pytest.mark.usefixtures("noon")
def test_a_bonus_can_be_typed_into_an_offer(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    session.flush()
    sign_in(client, alice)
    path = f"/brand/applications/{application.id}/offer"

    look = client.post(path, data=FORM | {"look": "1"})
    assert "$770.00" in words(look)
    assert client.post(path, data=FORM).status_code == 303
    assert session.scalars(select(Offer)).one().bonus == BONUS


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"bonus_cap": ""}, "Enter an amount."),
        ({"bonus_rate": "5,00"}, "Write the amount with a point and no commas"),
        ({"bonus_days": "61"}, "Enter a number from 1 to 60."),
        ({"bonus_cap": "4.00"}, "The most it pays is less than the bonus for 1,000 views."),
        ({"bonus_cap": "900.00"}, "Fee and bonus together are more than the campaign’s budget"),
    ],
)
def test_half_a_bonus_is_refused_and_what_was_typed_stays(
    client: FlaskClient,
    session: Session,
    campaign: Campaign,
    alice: Actor,
    bea: Actor,
    typed: dict[str, str],
    told: str,
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    session.flush()
    sign_in(client, alice)

    answer = client.post(f"/brand/applications/{application.id}/offer", data=FORM | typed)

    assert answer.status_code == 422
    assert told in words(answer)
    assert 'value="400.00"' in answer.text
    assert session.scalars(select(Offer)).all() == []


@pytest.mark.usefixtures("noon")
def test_both_sides_see_how_far_the_bonus_is_and_until_when(
    client: FlaskClient, session: Session, accepted: Deliverable, alice: Actor, bea: Actor
) -> None:
    read(session, 12_345, days=0)

    for actor, side in ((alice, "brand"), (bea, "creator")):
        sign_in(client, actor)
        text = words(client.get(f"/{side}/deliverables/{accepted.id}"))
        assert "12,345 × <span" in text
        assert "$61.72" in text
        assert "$58.63" in text
        assert "Mon 16 Nov 2026" in text
        assert "It is booked next on Mon 9 Nov 2026" in text
        assert "Counting" in text


def test_a_booked_bonus_is_a_line_of_the_creators_earnings(
    client: FlaskClient, session: Session, accepted: Deliverable, bea: Actor
) -> None:
    read(session, 12_345, days=7)
    payouts.book_bonuses(session, now=NOON + timedelta(days=7))
    session.flush()
    sign_in(client, bea)

    text = words(client.get("/creator/earnings"))

    assert "Bonus for views, Beans in a minute" in text
    assert "$58.63" in text


def test_an_ended_bonus_says_what_it_came_to(
    client: FlaskClient, session: Session, accepted: Deliverable, bea: Actor
) -> None:
    read(session, 20_000, days=14)
    payouts.book_bonuses(session, now=NOON + timedelta(days=14))
    session.flush()
    assert session.scalars(select(ViewBonus.ended_at)).one() is not None
    sign_in(client, bea)

    text = words(client.get(f"/creator/deliverables/{accepted.id}"))

    assert "Counting ended" in text
    assert "$100.00" in text


def test_what_was_taken_back_says_so(
    client: FlaskClient, session: Session, accepted: Deliverable, bea: Actor
) -> None:
    read(session, 12_345, days=7)
    payouts.book_bonuses(session, now=NOON + timedelta(days=7))
    read(session, 0, days=14)
    payouts.book_bonuses(session, now=NOON + timedelta(days=14))
    session.flush()
    sign_in(client, bea)

    text = words(client.get("/creator/earnings"))

    assert "Taken back: the views it was earned by were corrected downward." in text
