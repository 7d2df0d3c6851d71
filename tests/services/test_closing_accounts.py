"""Closing an account: refused while anything is not over, and what it leaves."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

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
from marketplace.funding.rules import FundingState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Conflict, NotPermitted
from marketplace.kernel.money import Money
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.processor.ports import Answer, Outcome
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD, make_invitation
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_application, make_collaboration, make_offer, terms
from tests.factories.creators import make_channel
from tests.factories.money import (
    HOLD_OVER,
    ask_for_money,
    make_accepted,
    make_earning,
    make_paid_campaign,
    make_payout_account,
    send_payout,
)
from tests.services.agreeing import posted
from tests.services.disputing import all_checks_pass, dispute

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

    said = "USD 380.00 that you have earned is not paid out yet: Earnings says what it waits for."
    assert kept(session, bea) == [said]


def earned(session: Session, campaign: Campaign, *, by: Actor, creator: Actor, fee: Money) -> UUID:
    """A fee below the smallest payout of 10.00, payable; return its collaboration."""
    work = make_accepted(session, campaign, by=by, creator=creator, offered=terms(fee=fee))
    make_earning(session, work)
    return work.collaboration_id


def test_what_is_below_the_smallest_payout_is_sent_to_whoever_leaves(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    agreed = earned(session, campaign, by=alice, creator=bea, fee=Money(900, "USD"))
    make_payout_account(session, bea)
    assert payouts.pay_left_over(session, actor=bea, now=HOLD_OVER) == []  # more may come
    payouts.complete(session, collaboration_id=agreed, now=HOLD_OVER)
    session.flush()
    assert payouts.gather(session, creator_ids=[bea.creator_id], now=HOLD_OVER) == []

    (sent,) = payouts.pay_left_over(session, actor=bea, now=HOLD_OVER)

    assert sent.amount == Money(855, "USD")
    assert payouts.pay_left_over(session, actor=bea, now=HOLD_OVER) == []
    send_payout(session, sent, Answer(Outcome.DONE, remote_id="tr_1"))
    assert kept(session, bea) == []
    assert all_checks_pass(session)


def test_what_will_be_sent_by_itself_is_not_sent_before(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    agreed = earned(session, campaign, by=alice, creator=bea, fee=Money(10_600, "USD"))
    make_payout_account(session, bea)
    payouts.complete(session, collaboration_id=agreed, now=HOLD_OVER)

    assert payouts.pay_left_over(session, actor=bea, now=HOLD_OVER) == []


def test_without_an_account_to_be_paid_to_nothing_is_left_over(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    completed(session, acme, by=alice, creator=bea, fee=Money(900, "USD"))
    assert bea.creator_id is not None

    assert queries.left_over(session, creator_id=bea.creator_id, now=HOLD_OVER) == []
    assert without_account(session, bea) == [Money(855, "USD")]
    with pytest.raises(NotPermitted):
        payouts.pay_left_over(session, actor=alice, now=HOLD_OVER)


def without_account(session: Session, creator: Actor) -> list[Money]:
    session.flush()
    assert creator.creator_id is not None
    return list(queries.left_without_account(session, creator_id=creator.creator_id, now=HOLD_OVER))


def test_what_an_account_alone_would_not_set_free_is_not_left_for_want_of_one(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    small = earned(session, campaign, by=alice, creator=bea, fee=Money(900, "USD"))
    assert without_account(session, bea) == []  # more may come
    payouts.complete(session, collaboration_id=small, now=HOLD_OVER)
    assert without_account(session, bea) == [Money(855, "USD")]

    account = make_payout_account(session, bea, active=False)
    assert without_account(session, bea) == [Money(855, "USD")]
    account.under_review = True
    assert without_account(session, bea) == []
    account.under_review, account.transfers_active = False, True
    assert without_account(session, bea) == []


def test_what_is_sent_by_itself_once_there_is_an_account_is_not_left_over(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    completed(session, acme, by=alice, creator=bea, fee=Money(10_600, "USD"))

    assert without_account(session, bea) == []


def completed(session: Session, brand: Brand, *, by: Actor, creator: Actor, fee: Money) -> None:
    """Let a creator have earned a fee by work that is over."""
    campaign = make_paid_campaign(session, brand=brand, by=by)
    agreed = earned(session, campaign, by=by, creator=creator, fee=fee)
    payouts.complete(session, collaboration_id=agreed, now=HOLD_OVER)


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

    money = f"USD 1,100.00 of {acme.name} is with us: have it sent back first."
    way_out = f"Or hand {acme.name} over: invite somebody as owner."

    assert kept(session, alice) == [
        f"{acme.name} has 1 campaign open, and nobody else to run it: close it first.",
        money,
        way_out,
    ]
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=LATER)
    assert kept(session, alice) == [money, way_out]


def test_the_last_person_of_a_brand_stays_for_its_disputes(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    work = make_accepted(
        session, make_paid_campaign(session, brand=acme, by=alice), by=alice, creator=bea
    )
    make_earning(session, work, matured=False)
    dispute(session, work, alice, share=5_000)

    said = f"{acme.name} has 1 dispute open: settle or withdraw what you disagree about."
    assert said in kept(session, alice)
    assert "You have 1 dispute open: settle or withdraw what you disagree about." in kept(
        session, bea
    )


def test_the_last_person_of_a_brand_stays_for_money_on_its_way_to_us(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    asked = ask_for_money(session, campaign, by=alice)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=LATER)
    assert kept(session, alice) == []

    asked.state = FundingState.CLEARING

    assert kept(session, alice) == [
        f"A payment of {acme.name} is on its way to us.",
        f"Or hand {acme.name} over: invite somebody as owner.",
    ]


def test_the_last_person_of_a_brand_without_anything_open_may_leave(
    session: Session, acme: Brand, alice: Actor
) -> None:
    alone(session, acme, alice)
    waiting = make_invitation(session, brand=acme, invited_by=alice, email="new@example.test")

    close(session, alice)

    assert alice.user_id is not None
    assert accounts.user_by_id(session, alice.user_id).closed_at == LATER
    assert waiting.revoked_at == LATER
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


def test_staff_may_go_and_the_last_of_them_stays(
    session: Session, stella: Actor, theo: Actor
) -> None:
    refusal = "Nobody else is staff here: have somebody else made staff first."
    assert kept(session, stella) == []

    close(session, stella)

    assert accounts.staff_ids(session) == [theo.user_id]
    assert kept(session, theo) == [refusal]
    with pytest.raises(Conflict, match="Nobody else is staff here"):
        close(session, theo)
