"""What an accepted offer becomes, and how everything else ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import queries, service
from marketplace.collaborations.models import (
    Application,
    Collaboration,
    UsageGrant,
)
from marketplace.collaborations.rules import (
    ApplicationState,
    CollaborationState,
    DeclineReason,
    InvitationState,
    OfferState,
)
from marketplace.kernel.actor import NOBODY, Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidTransition,
    NotFound,
)
from marketplace.kernel.money import Money
from marketplace.ledger import checks
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import Code
from tests.factories.campaigns import NOON, fund
from tests.factories.collaborations import (
    make_application,
    make_collaboration,
    make_offer,
    terms,
)
from tests.services.agreeing import LATER, balance, invite, told

# Agreement


def test_accepting_commits_the_fee_and_freezes_the_terms(
    session: Session, campaign: Campaign, acme: Brand, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(50_000, "USD"))

    collaboration = service.agree(session, offer_id=offer.id, actor=bea, now=LATER)
    session.flush()

    assert collaboration.state is CollaborationState.ACTIVE
    assert (collaboration.offer_id, collaboration.brand_id) == (offer.id, acme.id)
    assert offer.state is OfferState.ACCEPTED
    assert application.state is ApplicationState.AGREED
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == Money(10_000, "USD")
    assert balance(session, Code.COMMITTED, collaboration.id) == Money(40_000, "USD")
    entry = ledger.entry_by_key(session, f"commit:{collaboration.id}:1")
    assert entry is not None
    assert entry.actor == f"user:{bea.user_id}"
    grant = session.scalars(select(UsageGrant)).one()
    assert (grant.media, grant.starts_on, grant.until_on) == (
        "paid",
        date(2026, 11, 2),
        date(2026, 12, 23),
    )
    assert told(session, alice)[-1] == (
        "offer_accepted",
        f"/brand/collaborations/{collaboration.id}",
    )
    assert [each.name for each in checks.run_all(session) if not each.passed] == []


def test_accepting_twice_agrees_once(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))
    service.agree(session, offer_id=offer.id, actor=bea, now=LATER)
    session.flush()

    with pytest.raises(Conflict, match="This offer was agreed already"):
        service.agree(session, offer_id=offer.id, actor=bea, now=LATER)

    assert len(session.scalars(select(Collaboration)).all()) == 1
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == Money(60_000, "USD")


def test_without_the_money_there_is_no_agreement(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(12_000, "USD"))

    with pytest.raises(Conflict) as refusal:
        service.agree(session, offer_id=offer.id, actor=bea, now=LATER)

    assert refusal.value.reason == (
        "The campaign has USD 120.00 left and this offer needs USD 400.00; "
        "the brand must add funds first"
    )
    assert offer.state is OfferState.OPEN
    assert application.state is ApplicationState.OFFERED
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == Money(12_000, "USD")


def test_a_campaign_that_was_never_funded_has_nothing_left(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)

    with pytest.raises(Conflict, match=r"The campaign has USD 0\.00 left"):
        service.agree(session, offer_id=offer.id, actor=bea, now=LATER)


def test_the_brand_accepts_a_counter_offer(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    counter = service.counter_offer(
        session, offer_id=offer.id, terms=terms(fee=Money(45_000, "USD")), actor=bea, now=LATER
    )
    fund(session, campaign, Money(45_000, "USD"))
    session.flush()

    collaboration = service.agree(session, offer_id=counter.id, actor=ben, now=LATER)

    assert balance(session, Code.COMMITTED, collaboration.id) == Money(45_000, "USD")
    assert told(session, bea)[-1] == (
        "offer_accepted",
        f"/creator/collaborations/{collaboration.id}",
    )


def test_an_offer_past_its_time_is_not_accepted_even_before_it_is_swept(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))

    with pytest.raises(Conflict, match="The time to answer this offer is over"):
        service.agree(session, offer_id=offer.id, actor=bea, now=NOON + timedelta(days=7))


def test_a_closed_campaign_agrees_to_nothing_more(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=LATER)
    session.flush()

    with pytest.raises(Conflict, match="This campaign does not take creators any more"):
        service.agree(session, offer_id=offer.id, actor=bea, now=LATER)


def test_an_agreed_application_takes_no_new_offer(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    application = session.scalars(select(Application)).one()

    with pytest.raises(InvalidTransition):
        make_offer(session, application=application, by=alice)
    with pytest.raises(InvalidTransition):
        service.withdraw(session, application_id=application.id, actor=bea, now=LATER)
    assert collaboration.state is CollaborationState.ACTIVE


def test_a_collaboration_exists_for_both_sides_and_for_staff(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    vic: Actor,
    stella: Actor,
    mallory: Actor,
    bea: Actor,
    carl: Actor,
) -> None:
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    for actor in (alice, vic, stella, bea):
        seen = queries.collaboration_seen_by(session, actor, collaboration.id)
        assert seen.offer.fee == Money(40_000, "USD")
    for actor in (mallory, carl, NOBODY):
        with pytest.raises(NotFound):
            queries.collaboration_seen_by(session, actor, collaboration.id)


def test_the_money_of_a_campaign_is_where_the_ledger_says(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    fund(session, campaign, Money(90_000, "USD"))
    make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)

    money = queries.campaign_money(session, campaign, now=NOON)

    assert money.funded == Money(90_000, "USD")
    assert money.available == Money(50_000, "USD")
    assert money.committed == Money(40_000, "USD")
    assert money.earned == Money(0, "USD")


# Endings


def test_an_offer_nobody_answers_expires_once_and_both_sides_hear(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    week = NOON + timedelta(days=7)

    assert queries.expired_offer_ids(session, now=week - timedelta(seconds=1)) == []
    assert not service.expire_offer(session, offer_id=offer.id, now=week - timedelta(seconds=1))
    assert queries.expired_offer_ids(session, now=week) == [offer.id]
    assert service.expire_offer(session, offer_id=offer.id, now=week)
    session.flush()
    assert not service.expire_offer(session, offer_id=offer.id, now=week)

    assert offer.state is OfferState.EXPIRED
    assert application.state is ApplicationState.SHORTLISTED
    assert told(session, bea)[-1] == ("offer_expired", f"/creator/offers/{offer.id}")
    assert told(session, alice)[-1] == ("offer_expired", f"/brand/offers/{offer.id}")


def test_an_application_without_an_answer_closes_with_that_reason(
    session: Session, campaign: Campaign, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    due = NOON + timedelta(days=10)

    assert queries.stale_application_ids(session, now=due) == [application.id]
    assert service.close_stale_application(session, application_id=application.id, now=due)
    session.flush()
    assert not service.close_stale_application(session, application_id=application.id, now=due)

    assert (application.state, application.decline_reason) == (
        ApplicationState.DECLINED,
        "no_reply",
    )


def test_closing_a_campaign_ends_what_is_open_and_leaves_what_is_agreed(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    application = make_application(session, campaign=campaign, creator=carl)
    offer = make_offer(session, application=application, by=alice)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=LATER)
    session.flush()

    assert service.end_negotiations(session, campaign_id=campaign.id, now=LATER) == 1
    session.flush()
    assert service.end_negotiations(session, campaign_id=campaign.id, now=LATER) == 0

    assert offer.state is OfferState.WITHDRAWN
    assert (application.state, application.decline_reason) == (
        ApplicationState.DECLINED,
        "campaign_closed",
    )
    assert agreed.state is CollaborationState.ACTIVE


def test_closing_a_campaign_lets_invitations_expire(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    invitation = invite(session, campaign, bea, alice)
    session.flush()

    service.end_negotiations(session, campaign_id=campaign.id, now=LATER)

    assert invitation.state is InvitationState.EXPIRED


def test_a_collaboration_completes_once(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    assert service.complete(session, collaboration_id=collaboration.id, now=LATER)
    session.flush()
    assert not service.complete(session, collaboration_id=collaboration.id, now=LATER)

    assert (collaboration.state, collaboration.ended_at) == (CollaborationState.COMPLETED, LATER)


# Lists


def test_a_brands_home_knows_which_applications_wait(
    session: Session, campaign: Campaign, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    make_application(session, campaign=campaign, creator=bea)
    declined = make_application(session, campaign=campaign, creator=carl)
    service.decline(
        session, application_id=declined.id, reason=DeclineReason.FEE, actor=alice, now=LATER
    )
    session.flush()

    tallies = queries.application_tallies(session, brand_id=acme.id)

    assert [(each.campaign_name, each.state, each.count, each.first_due) for each in tallies] == [
        (campaign.name, ApplicationState.DECLINED, 1, NOON + timedelta(days=10)),
        (campaign.name, ApplicationState.SUBMITTED, 1, NOON + timedelta(days=10)),
    ]
    counts = queries.application_counts(session, [campaign.id])
    assert counts[campaign.id] == {ApplicationState.SUBMITTED: 1, ApplicationState.DECLINED: 1}


def test_applications_list_those_that_wait_first_and_filter_by_state(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    first = make_application(session, campaign=campaign, creator=bea)
    service.decline(
        session, application_id=first.id, reason=DeclineReason.FEE, actor=alice, now=LATER
    )
    second = make_application(session, campaign=campaign, creator=carl, now=LATER)

    every = queries.applications_for(session, campaign_id=campaign.id)
    waiting = queries.applications_for(
        session, campaign_id=campaign.id, states=[ApplicationState.SUBMITTED]
    )

    assert [each.id for each in every.rows] == [second.id, first.id]
    assert [each.id for each in waiting.rows] == [second.id]


# What the database itself refuses


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("offers", "fee_minor = fee_minor - 1"),
        ("offers", "deliverables = '[]'"),
        ("offers", "usage_days = NULL"),
        ("offers", "state = 'open'"),
        ("collaborations", "agreed_at = agreed_at + interval '1 day'"),
        ("usage_grants", "until_on = NULL"),
        ("briefs", "summary = 'Something else'"),
    ],
)
def test_agreed_terms_cannot_be_changed_by_any_statement(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, table: str, change: str
) -> None:
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE {table} SET {change}"))


@pytest.mark.parametrize("table", ["usage_grants", "collaborations", "offers", "briefs"])
def test_agreed_terms_cannot_be_deleted(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, table: str
) -> None:
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    with pytest.raises(IntegrityError):
        session.execute(text(f"DELETE FROM {table}"))
