"""What ends by itself around an agreement; each job and sweep run twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.messages import BriefAmended, CampaignClosed
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.rules import ApplicationState, OfferState
from marketplace.config import Settings
from marketplace.kernel.actor import Actor
from marketplace.notifications.models import Notification
from tests.factories.campaigns import NOON, content, make_campaign
from tests.factories.collaborations import make_application, make_offer
from workers import collaborations as jobs
from workers.runtime import Run


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
    campaigns.save_brief(
        session, campaign_id=campaign.id, content=content(dos=()), actor=alice, now=NOON
    )
    brief = campaigns.amend_brief(
        session, campaign_id=campaign.id, change_note="Less", actor=alice, now=NOON
    )
    session.commit()
    run = at(NOON, app=context, settings=settings)

    for _ in range(2):
        jobs.tell_of_amendment(BriefAmended(campaign_id=campaign.id, brief_id=brief.id), run)

    assert told(session, bea) == ["brief_amended"]
