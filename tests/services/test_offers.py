"""Offers, counter-offers, and who may answer them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service
from marketplace.collaborations.models import (
    Collaboration,
    Offer,
)
from marketplace.collaborations.rules import (
    ApplicationState,
    OfferState,
    Party,
    offer_money,
)
from marketplace.kernel.actor import NOBODY, Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.money import Money
from tests.factories.campaigns import NOON, brief_of, content, fund
from tests.factories.collaborations import (
    TERMS,
    VIDEO,
    make_application,
    make_offer,
    terms,
)
from tests.services.agreeing import LATER, told

# Offers


def test_an_offer_pins_brief_fees_and_hold(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    offer = make_offer(session, application=application, by=alice)

    assert offer.brief_id == brief_of(session, campaign).id
    assert (offer.number, offer.made_by, offer.state) == (1, Party.BRAND, OfferState.OPEN)
    assert (offer.creator_fee_bps, offer.brand_fee_bps, offer.hold_days) == (500, 1_000, 7)
    assert offer.expires_at == NOON + timedelta(days=7)
    assert offer.deliverables == [
        {
            "format": "video",
            "description": "A recipe in a minute",
            "fee_minor": 40_000,
            "draft_due_on": "2026-11-16",
            "publish_by_on": "2026-11-23",
        }
    ]
    assert application.state is ApplicationState.OFFERED
    assert told(session, bea) == [("offer", f"/creator/offers/{offer.id}")]
    money = offer_money(offer)
    assert (money.brand_pays, money.creator_receives) == (
        Money(44_000, "USD"),
        Money(38_000, "USD"),
    )


def test_the_fee_is_divided_over_the_deliverables_without_losing_a_cent(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    offer = make_offer(
        session,
        application=application,
        by=alice,
        offered=terms(fee=Money(10_000, "USD"), deliverables=(VIDEO, VIDEO, VIDEO)),
    )

    assert [each["fee_minor"] for each in offer.deliverables] == [3_334, 3_333, 3_333]


def test_a_counter_offer_supersedes_and_keeps_the_brief(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    first = make_offer(session, application=application, by=alice)
    campaigns.save_brief(
        session, campaign_id=campaign.id, content=content(dos=()), actor=alice, now=NOON
    )
    campaigns.amend_brief(
        session, campaign_id=campaign.id, change_note="Less", actor=alice, now=NOON
    )

    second = service.counter_offer(
        session, offer_id=first.id, terms=terms(fee=Money(45_000, "USD")), actor=bea, now=LATER
    )
    session.flush()

    assert (first.state, first.answered_at) == (OfferState.SUPERSEDED, LATER)
    assert (second.number, second.made_by, second.state) == (2, Party.CREATOR, OfferState.OPEN)
    assert second.brief_id == first.brief_id
    assert told(session, ben)[-1] == ("counter_offer", f"/brand/offers/{second.id}")

    third = make_offer(session, application=application, by=alice, now=LATER)
    assert second.state is OfferState.SUPERSEDED
    assert third.brief_id == brief_of(session, campaign).id != first.brief_id
    assert told(session, bea)[-1] == ("counter_offer", f"/creator/offers/{third.id}")


def test_a_superseded_offer_takes_no_answer(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    first = make_offer(session, application=application, by=alice)
    make_offer(session, application=application, by=alice, now=LATER)
    fund(session, campaign, Money(100_000, "USD"))

    with pytest.raises(Conflict, match="not open any more: it was superseded"):
        service.agree(session, offer_id=first.id, actor=bea, now=LATER)
    with pytest.raises(Conflict, match="not open any more: it was superseded"):
        service.decline_offer(session, offer_id=first.id, actor=bea, now=LATER)
    with pytest.raises(Conflict, match="which has to be read first"):
        service.counter_offer(session, offer_id=first.id, terms=TERMS, actor=bea, now=LATER)
    assert session.scalars(select(Collaboration)).all() == []


def test_nobody_answers_their_own_sides_offer(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))

    for act in (service.agree, service.decline_offer):
        with pytest.raises(NotPermitted):
            act(session, offer_id=offer.id, actor=ben, now=LATER)
    with pytest.raises(NotPermitted):
        service.counter_offer(session, offer_id=offer.id, terms=TERMS, actor=ben, now=LATER)
    with pytest.raises(NotPermitted):
        service.withdraw_offer(session, offer_id=offer.id, actor=bea, now=LATER)
    assert offer.state is OfferState.OPEN


def test_onlookers_neither_see_nor_answer_an_offer(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    vic: Actor,
    fiona: Actor,
    mallory: Actor,
    bea: Actor,
    carl: Actor,
    stella: Actor,
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))

    for actor in (mallory, carl, NOBODY):
        with pytest.raises(NotFound):
            service.agree(session, offer_id=offer.id, actor=actor, now=LATER)
    for actor in (vic, fiona, stella):
        with pytest.raises(NotPermitted):
            service.agree(session, offer_id=offer.id, actor=actor, now=LATER)
    assert offer.state is OfferState.OPEN


def test_a_declined_offer_leaves_the_application_on_the_shortlist(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)

    service.decline_offer(session, offer_id=offer.id, actor=bea, now=LATER)

    assert offer.state is OfferState.DECLINED
    assert application.state is ApplicationState.SHORTLISTED
    assert application.answer_by == LATER + timedelta(days=10)
    assert told(session, alice)[-1] == ("offer_declined", f"/brand/offers/{offer.id}")


def test_an_offer_can_be_taken_back_by_its_side(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)

    service.withdraw_offer(session, offer_id=offer.id, actor=ben, now=LATER)
    with pytest.raises(Conflict):
        service.withdraw_offer(session, offer_id=offer.id, actor=ben, now=LATER)

    assert offer.state is OfferState.WITHDRAWN
    assert told(session, bea)[-1] == ("offer_withdrawn", f"/creator/offers/{offer.id}")


def test_terms_that_cannot_be_agreed_are_refused_before_anything_changes(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    late = replace(VIDEO, draft_due_on=date(2026, 10, 1))

    with pytest.raises(InvalidInput) as refusal:
        make_offer(session, application=application, by=alice, offered=terms(deliverables=(late,)))

    assert list(refusal.value.problems) == ["draft_due_on"]
    assert application.state is ApplicationState.SUBMITTED
    assert session.scalars(select(Offer)).all() == []
