"""What ends by itself around an agreement; each job and sweep run twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.messages import BriefAmended, CampaignClosed
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import ApplicationState, OfferState, RestReason
from marketplace.config import Settings
from marketplace.kernel.actor import Actor
from marketplace.kernel.days import day_in_words
from marketplace.notifications.models import Notification
from tests.factories.campaigns import NOON, amend, make_campaign
from tests.factories.collaborations import make_application, make_offer
from tests.factories.ledger import usd
from tests.factories.money import make_paid_campaign
from workers import collaborations as jobs
from workers.runtime import Run

DAY = timedelta(days=1)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def at(now: datetime, *, app: Flask, settings: Settings) -> Run:
    return Run(settings=settings, gateways=app.extensions["gateways"], now=now)


def told(session: Session, actor: Actor) -> list[str]:
    session.expire_all()
    return list(
        session.scalars(
            select(Notification.kind)
            .where(Notification.user_id == actor.user_id)
            .order_by(Notification.id)
        )
    )


def test_who_may_move_money_hears_once_what_became_free_on_a_day(
    context: Flask, settings: Settings, session: Session, acme: Brand, alice: Actor,
) -> None:  # fmt: skip
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    for until, amount in (
        (NOON, 40_000),
        (NOON.replace(hour=23, minute=59), 10_000),
        (NOON + DAY, 5_000),
    ):
        collaborations.rest(
            session,
            campaign_id=campaign.id,
            subject_id=uuid4(),
            why=RestReason.CALLED_OFF,
            amount=usd(amount),
            until=until,
        )
    session.commit()
    night = NOON.replace(hour=0, minute=27)

    for days in (0, 1, 1, 2):  # while that day goes on, when it is over, again, a day later
        jobs.tell_of_freed_money(at(night + days * DAY, app=context, settings=settings))

    session.expire_all()
    said = session.scalars(
        select(Notification).where(Notification.kind == "money_freed").order_by(Notification.id)
    ).all()
    assert {each.user_id for each in said} == {alice.user_id}
    day, next_day = (day_in_words((NOON + days * DAY).date()) for days in (0, 1))
    assert [(each.title, each.text.split(":")[0]) for each in said] == [
        (
            f"USD 500.00 of “{campaign.name}” is free",
            f"Since {day} creators cannot dispute it any more",
        ),
        (
            f"USD 50.00 of “{campaign.name}” is free",
            f"Since {next_day} creators cannot dispute it any more",
        ),
    ]
    assert said[0].path == f"/brand/campaigns/{campaign.id}/money"


@pytest.mark.parametrize(("days", "times"), [(14, 1), (15, 0)])
def test_a_fortnight_without_workers_is_made_up_for(
    days: int, times: int, context: Flask, settings: Settings, session: Session, acme: Brand,
    alice: Actor,
) -> None:  # fmt: skip
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    collaborations.rest(
        session,
        campaign_id=campaign.id,
        subject_id=uuid4(),
        why=RestReason.BONUS,
        amount=usd(40_000),
        until=NOON,
    )
    session.commit()

    jobs.tell_of_freed_money(at(NOON + days * DAY, app=context, settings=settings))

    assert told(session, alice).count("money_freed") == times


def test_what_a_chargeback_has_taken_is_not_told_to_be_free(
    context: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor
) -> None:
    collaborations.rest(
        session,
        campaign_id=campaign.id,
        subject_id=uuid4(),
        why=RestReason.PRIZES,
        amount=usd(40_000),
        until=NOON,
    )
    session.commit()

    jobs.tell_of_freed_money(at(NOON + DAY, app=context, settings=settings))

    assert "money_freed" not in told(session, alice)


def test_offers_expire_when_their_week_is_over_and_not_before(
    context: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor,
    bea: Actor,
) -> None:  # fmt: skip
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    session.commit()
    early = at(NOON + timedelta(days=7, seconds=-1), app=context, settings=settings)
    due = at(NOON + timedelta(days=7), app=context, settings=settings)

    jobs.expire_offers(early)
    session.expire_all()
    assert offer.state is OfferState.OPEN
    for _ in range(2):
        jobs.expire_offers(due)

    session.expire_all()
    assert offer.state is OfferState.EXPIRED
    assert told(session, bea).count("offer_expired") == 1
    assert told(session, alice).count("offer_expired") == 1


def test_applications_close_when_nobody_answered_for_ten_days(
    context: Flask, settings: Settings, session: Session, campaign: Campaign, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    session.commit()
    due = at(NOON + timedelta(days=10), app=context, settings=settings)

    for _ in range(2):
        jobs.close_stale_applications(due)

    session.expire_all()
    assert (application.state, application.decline_reason) == (
        ApplicationState.DECLINED,
        "no_reply",
    )
    assert told(session, bea).count("application_declined") == 1


def test_a_closed_campaign_ends_its_negotiations(
    context: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor,
    bea: Actor,
) -> None:  # fmt: skip
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    session.commit()
    run = at(NOON, app=context, settings=settings)

    for _ in range(2):
        jobs.end_negotiations(CampaignClosed(campaign_id=campaign.id), run)

    session.expire_all()
    assert offer.state is OfferState.WITHDRAWN
    assert application.decline_reason == "campaign_closed"


def test_applicants_hear_of_an_amendment_once(
    context: Flask, settings: Settings, session: Session, campaign: Campaign, alice: Actor,
    bea: Actor,
) -> None:  # fmt: skip
    make_application(session, campaign=campaign, creator=bea)
    brief = amend(session, campaign, by=alice, now=NOON)
    session.commit()
    run = at(NOON, app=context, settings=settings)

    for _ in range(2):
        jobs.tell_of_amendment(BriefAmended(campaign_id=campaign.id, brief_id=brief.id), run)

    assert told(session, bea) == ["brief_amended"]
