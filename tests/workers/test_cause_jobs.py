"""What happens by itself to a pledge; each job and sweep run twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.messages import CampaignClosed, CampaignPublished
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries
from marketplace.causes.messages import PledgeSettled
from marketplace.causes.models import Pledge
from marketplace.causes.rules.pledges import PledgeState
from marketplace.config import Settings
from marketplace.kernel.actor import Actor
from marketplace.ledger.rules import Code
from marketplace.notifications.models import Notification
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.causes import make_giving, make_organisation, make_pledge
from tests.services.books import balance, broken
from tests.services.paying_in import ask, pay
from workers import causes as jobs
from workers.runtime import Run


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def draft(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)


@pytest.fixture
def pledge(session: Session, draft: Campaign, alice: Actor, stella: Actor) -> Pledge:
    """200.00 of a funded draft."""
    made = make_pledge(
        session, campaign=draft, organisation=make_organisation(session, by=stella), by=alice
    )
    pay(session, ask(session, alice, draft))
    session.commit()
    return made


def at(now: datetime, *, app: Flask, settings: Settings) -> Run:
    return Run(settings=settings, gateways=app.extensions["gateways"], now=now)


def told(session: Session, actor: Actor) -> list[tuple[str, str, str]]:
    session.expire_all()
    rows = session.scalars(
        select(Notification)
        .where(Notification.user_id == actor.user_id)
        .order_by(Notification.kind)
    )
    return [(row.kind, row.title, row.path) for row in rows]


def publish(session: Session, pledge: Pledge, alice: Actor, run: Run) -> None:
    campaigns.publish(session, campaign_id=pledge.campaign_id, actor=alice, now=run.now)
    session.commit()
    for _ in range(2):
        jobs.promise_pledge(CampaignPublished(campaign_id=pledge.campaign_id), run)
    session.expire_all()


def test_a_published_campaign_is_held_to_its_pledge_and_a_closed_one_owes_it(
    context: Flask,
    settings: Settings,
    session: Session,
    pledge: Pledge,
    alice: Actor,
    stella: Actor,
) -> None:
    run = at(NOON, app=context, settings=settings)
    publish(session, pledge, alice, run)
    assert pledge.state is PledgeState.PROMISED

    campaigns.close(session, campaign_id=pledge.campaign_id, actor=alice, now=NOON)
    session.commit()
    for _ in range(2):
        jobs.end_pledge(CampaignClosed(campaign_id=pledge.campaign_id), run)
        jobs.tell_settled(PledgeSettled(pledge_id=pledge.id), run)
    session.expire_all()

    assert pledge.state is PledgeState.SETTLED
    assert balance(session, Code.OWED_TO_CAUSE, pledge.organisation_id).minor == 20_000
    assert told(session, alice) == [
        (
            "pledge_settled",
            "Your pledge to Reef Menders came to USD 200.00",
            f"/brand/campaigns/{pledge.campaign_id}/cause",
        )
    ]
    assert told(session, stella) == [
        (
            "pledge_to_send",
            "Reef Menders is to be sent USD 200.00",
            f"/staff/causes/{pledge.organisation_id}",
        )
    ]
    assert broken(session) == []


def test_of_a_pledge_that_came_to_nothing_nobody_says_that_it_is_sent(
    context: Flask, settings: Settings, session: Session, acme: Brand, alice: Actor, stella: Actor
) -> None:
    reefs = make_organisation(session, by=stella)
    campaign = make_giving(session, brand=acme, organisation=reefs, by=alice)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    session.commit()
    run = at(NOON + timedelta(days=90), app=context, settings=settings)
    jobs.end_pledge(CampaignClosed(campaign_id=campaign.id), run)
    pledge = queries.pledge_of(session, campaign.id)
    assert pledge is not None

    jobs.tell_settled(PledgeSettled(pledge_id=pledge.id), run)

    session.expire_all()
    assert session.scalars(select(Notification.text)).all() == [
        "“Beans that give” is over. USD 200.00 that was not needed is in your wallet."
    ]


def test_a_draft_that_is_closed_gives_its_pledge_back(
    context: Flask, settings: Settings, session: Session, pledge: Pledge, alice: Actor
) -> None:
    campaigns.close(session, campaign_id=pledge.campaign_id, actor=alice, now=NOON)
    session.commit()

    for _ in range(2):
        jobs.end_pledge(
            CampaignClosed(campaign_id=pledge.campaign_id),
            at(NOON, app=context, settings=settings),
        )
    session.expire_all()

    assert pledge.state is PledgeState.WITHDRAWN
    assert balance(session, Code.BRAND_FUNDS, pledge.campaign.brand_id).minor == 20_000
    assert broken(session) == []


def test_the_sweep_ends_a_pledge_whose_campaigns_last_day_is_over(
    context: Flask, settings: Settings, session: Session, pledge: Pledge, alice: Actor
) -> None:
    publish(session, pledge, alice, at(NOON, app=context, settings=settings))
    last = datetime.combine(pledge.campaign.ends_on, NOON.timetz())

    for now, state in (
        (last, PledgeState.PROMISED),
        (last + timedelta(days=2), PledgeState.SETTLED),
    ):
        for _ in range(2):
            jobs.book_pledges(at(now, app=context, settings=settings))
        session.expire_all()
        assert pledge.state is state

    assert broken(session) == []
