"""Offers with a bonus for views: what is promised, and what needs the money."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import queries, service
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import OfferState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.ledger.rules import Code
from tests.conftest import with_owners_rights
from tests.factories.campaigns import NOON, fund, make_campaign
from tests.factories.collaborations import (
    BONUS,
    TERMS,
    VIDEO,
    make_application,
    make_collaboration,
    make_offer,
)
from tests.factories.ledger import usd
from tests.services.agreeing import LATER, balance

TWO = replace(TERMS, deliverables=(VIDEO, VIDEO), bonus=replace(BONUS, cap=usd(30_001)))


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def test_an_offer_keeps_its_bonus_and_divides_the_cap_over_the_posts(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice, offered=TWO)
    session.expire(offer)

    assert offer.bonus == TWO.bonus
    assert offer.most == usd(70_001)
    assert [each["bonus_cap_minor"] for each in offer.deliverables] == [15_001, 15_000]
    assert [each["fee_minor"] for each in offer.deliverables] == [20_000, 20_000]


def test_an_offer_without_a_bonus_has_none(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)

    assert (offer.bonus, offer.most) == (None, usd(40_000))
    assert "bonus_cap_minor" not in offer.deliverables[0]


def test_accepting_promises_the_fee_and_the_bonus_at_most(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    agreed = make_collaboration(
        session, campaign=campaign, creator=bea, by=alice, offered=replace(TERMS, bonus=BONUS)
    )
    money = queries.campaign_money(session, campaign, now=NOON)

    assert balance(session, Code.COMMITTED, agreed.id) == usd(70_000)
    assert (money.committed, money.earned, money.available) == (usd(70_000), usd(0), usd(0))


def test_the_money_for_the_bonus_has_to_be_there_too(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(
        session, application=application, by=alice, offered=replace(TERMS, bonus=BONUS)
    )
    fund(session, campaign, usd(69_999))

    with pytest.raises(Conflict) as refusal:
        service.agree(session, offer_id=offer.id, actor=bea, now=LATER)

    assert refusal.value.reason == (
        "The campaign has USD 699.99 left and this offer needs USD 700.00; "
        "the brand must add funds first"
    )
    assert offer.state is OfferState.OPEN
    assert session.scalars(select(Collaboration)).all() == []


def test_a_bonus_that_cannot_be_is_refused_and_changes_nothing(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    with pytest.raises(InvalidInput) as refusal:
        make_offer(
            session,
            application=application,
            by=alice,
            offered=replace(TERMS, bonus=replace(BONUS, days=0)),
        )

    assert refusal.value.problems == {"bonus_days": "Between 1 and 60 days."}
    assert queries.offers_of(session, application.id) == []


@pytest.mark.parametrize(
    "change",
    [
        "bonus_days = NULL",
        "bonus_rate_minor = NULL, bonus_days = NULL",
        "bonus_rate_minor = 0",
        "bonus_cap_minor = bonus_rate_minor - 1",
        "bonus_days = 61",
    ],
)
def test_the_database_takes_no_half_bonus(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, change: str
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    make_offer(session, application=application, by=alice, offered=replace(TERMS, bonus=BONUS))

    with pytest.raises(IntegrityError, match="offers_keep_their_terms"), session.begin_nested():
        session.execute(text("UPDATE offers SET bonus_days = 13"))
    with with_owners_rights(session):
        session.execute(text("ALTER TABLE offers DISABLE TRIGGER offers_keep_their_terms"))
    with pytest.raises(IntegrityError, match="ck_offers_bonus_is_whole"):
        session.execute(text(f"UPDATE offers SET {change}"))
