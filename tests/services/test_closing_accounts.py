"""Closing an account: refused while anything is not over, and what it leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Brand, BrandMember
from marketplace.accounts.service import check_password
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import ApplicationState, InvitationState, OfferState
from marketplace.creators import queries as creators
from marketplace.creators.queries import MarketFilters
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Conflict, NotPermitted
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_application, make_collaboration, make_offer
from tests.factories.creators import make_channel
from tests.factories.money import make_accepted, make_paid_campaign
from tests.services.agreeing import posted

LATER = NOON + timedelta(days=30)


def close(session: Session, actor: Actor) -> list[str]:
    session.flush()
    tokens = payouts.close_account(session, actor=actor, now=LATER)
    session.flush()
    session.expire_all()
    return tokens


def kept(session: Session, actor: Actor) -> list[str]:
    session.flush()
    return [str(each) for each in queries.what_keeps_open(session, actor)]


def test_a_closed_account_cannot_be_signed_in_to_and_its_address_is_free(
    session: Session, bea: Actor
) -> None:
    assert bea.user_id is not None
    user = accounts.user_by_id(session, bea.user_id)
    email, serial = user.email, user.session_serial

    close(session, bea)

    assert (user.closed_at, user.session_serial) == (LATER, serial + 1)
    assert accounts.user_by_email(session, email) is None
    assert check_password(session, email=email, password=PASSWORD, address="", now=LATER) is None
    assert posted(session, "AccountClosed") == [{"email": email, "person": user.name}]


def test_a_second_time_changes_nothing(session: Session, bea: Actor) -> None:
    close(session, bea)
    close(session, bea)

    assert len(posted(session, "AccountClosed")) == 1


def test_nobody_has_no_account(session: Session) -> None:
    with pytest.raises(NotPermitted):
        close(session, Actor())


def test_what_a_creator_asked_and_was_asked_is_taken_back_and_they_are_listed_no_more(
    session: Session, campaign: Campaign, acme: Brand, alice: Actor, bea: Actor
) -> None:
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id)
    offer = make_offer(
        session, application=make_application(session, campaign=campaign, creator=bea), by=alice
    )
    other = make_campaign(session, brand=acme, by=alice)
    invitation = collaborations.invite(
        session,
        campaign_id=other.id,
        creator_id=bea.creator_id,
        message="Come",
        actor=alice,
        now=NOON,
    )
    third = make_campaign(session, brand=acme, by=alice)
    waiting = make_application(session, campaign=third, creator=bea)
    assert creators.market(session, filters=MarketFilters()).total == 1

    close(session, bea)

    assert (offer.state, offer.application.state) == (
        OfferState.DECLINED,
        ApplicationState.WITHDRAWN,
    )
    assert waiting.state is ApplicationState.WITHDRAWN
    assert invitation.state is InvitationState.DECLINED
    assert creators.market(session, filters=MarketFilters()).total == 0


def test_a_running_collaboration_keeps_both_sides(
    session: Session, campaign: Campaign, acme: Brand, alice: Actor, bea: Actor
) -> None:
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    left = make_application(
        session, campaign=make_campaign(session, brand=acme, by=alice), creator=bea
    )
    assert kept(session, bea) == [
        "You have 1 collaboration under way: finish or end what you have agreed to."
    ]

    session.commit()
    with pytest.raises(Conflict, match="You have 1 collaboration under way"):
        close(session, bea)
    session.rollback()

    session.expire_all()
    assert bea.user_id is not None
    assert accounts.user_by_id(session, bea.user_id).closed_at is None
    assert left.state is ApplicationState.SUBMITTED


def test_what_was_earned_has_to_be_paid_out_first(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    work = make_accepted(session, campaign, by=alice, creator=bea)
    payouts.earn(session, deliverable_id=work.id)
    payouts.complete(session, collaboration_id=work.collaboration_id, now=NOON)

    assert kept(session, bea) == ["USD 380.00 that you have earned is not paid out yet."]


def alone(session: Session, brand: Brand, who: Actor) -> Actor:
    """Leave a brand to one of its people."""
    for each in session.scalars(select(BrandMember).where(BrandMember.brand_id == brand.id)):
        if each.user_id != who.user_id:
            session.delete(each)
    session.flush()
    return who


def test_the_last_person_of_a_brand_stays_for_its_campaigns_and_its_money(
    session: Session, acme: Brand, alice: Actor
) -> None:
    alone(session, acme, alice)
    campaign = make_paid_campaign(session, brand=acme, by=alice)

    assert kept(session, alice) == [
        f"{acme.name} has 1 campaign that is not closed, and nobody else to run it.",
        f"USD 1,100.00 of {acme.name} is with us: have it sent back first.",
    ]
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=LATER)
    assert kept(session, alice) == [
        f"USD 1,100.00 of {acme.name} is with us: have it sent back first."
    ]


def test_the_last_person_of_a_brand_without_anything_open_may_leave(
    session: Session, acme: Brand, alice: Actor
) -> None:
    alone(session, acme, alice)

    close(session, alice)

    assert alice.user_id is not None
    assert accounts.user_by_id(session, alice.user_id).closed_at == LATER
    assert [each.user_id for each in accounts.members_of(session, acme.id)] == [alice.user_id]


def test_the_only_owner_makes_another_first(
    session: Session, acme: Brand, alice: Actor, ben: Actor
) -> None:
    refusal = f"{acme.name} has no other owner: make somebody one first."
    assert kept(session, alice) == [refusal]
    session.commit()
    with pytest.raises(Conflict, match="has no other owner"):
        close(session, alice)
    session.rollback()

    member = session.get_one(BrandMember, (acme.id, ben.user_id))
    member.role = Role.OWNER
    close(session, alice)

    assert alice.user_id not in {each.user_id for each in accounts.members_of(session, acme.id)}


def test_staff_do_not_close_themselves(session: Session, stella: Actor) -> None:
    assert kept(session, stella) == [
        "You work here: accounts of staff are not closed on this page."
    ]
