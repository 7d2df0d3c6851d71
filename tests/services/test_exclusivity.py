"""A creator promises days to one brand; other brands cannot take them for that meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Application, Collaboration, Invitation, Offer
from marketplace.collaborations.rules import Exclusive
from marketplace.collaborations.service.ending import cancel
from marketplace.creators import queries as creators
from marketplace.creators.models import Exclusivity
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from tests.conftest import NOON
from tests.factories.campaigns import fund, make_campaign
from tests.factories.collaborations import (
    TERMS,
    make_application,
    make_collaboration,
    make_offer,
)

FOOD = Exclusive("food", date(2026, 11, 10), date(2026, 12, 10))
OFFERED = replace(TERMS, exclusive=FOOD)
BOUND = (
    "You have promised to work for one brand alone in food until Thu 10 Dec 2026,"
    " and this campaign falls into that time"
)


@pytest.fixture
def rival(session: Session, mallory: Actor) -> Brand:
    return session.get_one(Brand, next(iter(mallory.brands)))


@pytest.fixture
def agreed(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Collaboration:
    """Bea works for Acme alone in food from 10 November to 10 December."""
    campaign = make_campaign(session, brand=acme, by=alice)
    return make_collaboration(session, campaign=campaign, creator=bea, by=alice, offered=OFFERED)


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_agreed_exclusivity_is_written_down_once_with_both_of_its_days(
    session: Session, agreed: Collaboration, acme: Brand, bea: Actor
) -> None:
    with pytest.raises(Conflict):
        collaborations.agree(session, offer_id=agreed.offer_id, actor=bea, now=NOON)

    promise = session.scalars(select(Exclusivity)).one()
    assert (promise.collaboration_id, promise.creator_id) == (agreed.id, bea.creator_id)
    assert (promise.brand_id, promise.category) == (acme.id, "food")
    assert (promise.starts_on, promise.until_on) == (FOOD.starts_on, FOOD.until_on)


def test_terms_without_exclusivity_bind_nobody(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    assert count(session, Exclusivity) == 0


def test_who_is_bound_cannot_apply_to_another_brand_in_that_category(
    session: Session, agreed: Collaboration, rival: Brand, mallory: Actor, bea: Actor
) -> None:
    theirs = make_campaign(session, brand=rival, by=mallory)

    with pytest.raises(Conflict) as refused:
        make_application(session, campaign=theirs, creator=bea)

    assert refused.value.reason == BOUND
    assert "Acme" not in refused.value.reason
    assert count(session, Application) == 1


@pytest.mark.parametrize(
    ("category", "starts_on", "ends_on"),
    [
        ("drinks", date(2026, 11, 3), date(2026, 12, 31)),
        ("food", date(2026, 12, 11), date(2026, 12, 31)),
        ("food", date(2026, 11, 3), date(2026, 11, 9)),
    ],
)
def test_other_categories_and_other_days_are_free(
    session: Session,
    agreed: Collaboration,
    rival: Brand,
    mallory: Actor,
    bea: Actor,
    category: str,
    starts_on: date,
    ends_on: date,
) -> None:
    theirs = make_campaign(
        session, brand=rival, by=mallory, category=category, starts_on=starts_on, ends_on=ends_on
    )

    make_application(session, campaign=theirs, creator=bea)

    assert count(session, Application) == 2


def test_a_campaign_from_before_categories_is_free_too(
    session: Session, agreed: Collaboration, rival: Brand, mallory: Actor, bea: Actor
) -> None:
    theirs = make_campaign(session, brand=rival, by=mallory)
    theirs.category = None

    make_application(session, campaign=theirs, creator=bea)

    assert count(session, Application) == 2


def test_the_brand_itself_may_take_its_creator_again(
    session: Session, agreed: Collaboration, acme: Brand, alice: Actor, bea: Actor
) -> None:
    make_application(
        session, campaign=make_campaign(session, brand=acme, by=alice, name="More"), creator=bea
    )

    assert count(session, Application) == 2


def test_nobody_else_invites_or_offers_meanwhile_and_learns_no_name(
    session: Session, acme: Brand, alice: Actor, rival: Brand, mallory: Actor, bea: Actor
) -> None:
    theirs = make_campaign(session, brand=rival, by=mallory)
    application = make_application(session, campaign=theirs, creator=bea)
    make_collaboration(
        session,
        campaign=make_campaign(session, brand=acme, by=alice),
        creator=bea,
        by=alice,
        offered=OFFERED,
    )
    second = make_campaign(session, brand=rival, by=mallory, name="Second")
    said = "promised to work for one brand alone in food until Thu 10 Dec 2026"

    with pytest.raises(Conflict, match=said) as offering:
        make_offer(session, application=application, by=mallory)
    assert bea.creator_id is not None
    with pytest.raises(Conflict, match=said) as inviting:
        collaborations.invite(
            session,
            campaign_id=second.id,
            creator_id=bea.creator_id,
            message="",
            actor=mallory,
            now=NOON,
        )

    assert "Acme" not in offering.value.reason + inviting.value.reason
    assert (count(session, Offer), count(session, Invitation)) == (1, 0)


def test_an_offer_of_before_cannot_be_accepted_any_more(
    session: Session, acme: Brand, alice: Actor, rival: Brand, mallory: Actor, bea: Actor
) -> None:
    theirs = make_campaign(session, brand=rival, by=mallory)
    fund(session, theirs, TERMS.fee)
    waiting = make_offer(
        session, application=make_application(session, campaign=theirs, creator=bea), by=mallory
    )
    make_collaboration(
        session,
        campaign=make_campaign(session, brand=acme, by=alice),
        creator=bea,
        by=alice,
        offered=OFFERED,
    )

    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            collaborations.agree(session, offer_id=waiting.id, actor=bea, now=NOON)

    assert refused.value.reason == BOUND
    assert count(session, Collaboration) == 1


def test_nobody_promises_what_work_for_another_brand_would_break(
    session: Session, acme: Brand, alice: Actor, rival: Brand, mallory: Actor, bea: Actor
) -> None:
    make_collaboration(
        session,
        campaign=make_campaign(session, brand=rival, by=mallory),
        creator=bea,
        by=mallory,
    )
    application = make_application(
        session, campaign=make_campaign(session, brand=acme, by=alice), creator=bea
    )

    with pytest.raises(Conflict, match="works for another brand in food until Thu 31 Dec 2026"):
        make_offer(session, application=application, by=alice, offered=OFFERED)

    make_offer(session, application=application, by=alice)
    assert count(session, Exclusivity) == 0


def test_two_promises_of_one_category_and_time_cannot_be_made_to_two_brands(
    session: Session, agreed: Collaboration, rival: Brand, mallory: Actor, bea: Actor
) -> None:
    drinks = make_campaign(session, brand=rival, by=mallory, category="drinks")
    application = make_application(session, campaign=drinks, creator=bea)

    with pytest.raises(Conflict, match="one brand alone in food until Thu 10 Dec 2026"):
        make_offer(session, application=application, by=mallory, offered=OFFERED)

    assert count(session, Offer) == 1


def test_a_counter_offer_carries_the_exclusivity_it_proposes(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    offer = make_offer(
        session,
        application=make_application(session, campaign=campaign, creator=bea),
        by=alice,
        offered=OFFERED,
    )
    shorter = replace(FOOD, until_on=date(2026, 11, 20))

    counter = collaborations.counter_offer(
        session,
        offer_id=offer.id,
        terms=replace(OFFERED, exclusive=shorter),
        actor=bea,
        now=NOON,
    )

    assert (offer.exclusive, counter.exclusive) == (FOOD, shorter)


def test_an_exclusivity_that_cannot_be_is_refused_with_the_offer(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    application = make_application(
        session, campaign=make_campaign(session, brand=acme, by=alice), creator=bea
    )
    backwards = replace(FOOD, starts_on=FOOD.until_on, until_on=FOOD.starts_on)

    with pytest.raises(InvalidInput) as refused:
        make_offer(
            session,
            application=application,
            by=alice,
            offered=replace(TERMS, exclusive=backwards),
        )

    assert refused.value.problems == {
        "exclusive_until_on": "The exclusivity ends before it begins."
    }
    assert count(session, Offer) == 0


def test_a_cancelled_collaboration_frees_its_creator_and_a_completed_one_does_not(
    session: Session, agreed: Collaboration, rival: Brand, mallory: Actor, bea: Actor
) -> None:
    theirs: Campaign = make_campaign(session, brand=rival, by=mallory)
    assert bea.creator_id is not None

    assert collaborations.complete(session, collaboration_id=agreed.id, now=NOON)
    [promise] = creators.exclusivities_of(
        session, creator_id=bea.creator_id, today=date(2026, 12, 10)
    )
    assert promise.brand.id == agreed.brand_id
    with pytest.raises(Conflict):
        make_application(session, campaign=theirs, creator=bea)

    agreed.state = agreed.state.__class__.ACTIVE
    cancel(session, agreed, now=NOON)
    session.flush()

    make_application(session, campaign=theirs, creator=bea)
    assert promise.ended_at == NOON
