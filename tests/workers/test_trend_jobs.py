"""The nightly job works trends out and tells who would miss theirs; run twice."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.config import Settings
from marketplace.kernel.actor import Actor
from marketplace.notifications.models import Notification
from marketplace.trends import queries, service
from marketplace.trends.messages import TrendMissed
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.trends import make_channels, make_posts
from workers import trends as jobs
from workers.runtime import Run


def told(session: Session, actor: Actor) -> list[tuple[str, str]]:
    session.expire_all()
    rows = session.scalars(select(Notification).where(Notification.user_id == actor.user_id))
    return [(row.title, row.path) for row in rows]


def test_a_campaign_that_misses_its_trend_is_told_of_once(
    app: Flask,
    settings: Settings,
    session: Session,
    acme: Brand,
    alice: Actor,
    ben: Actor,
    fiona: Actor,
) -> None:
    channels = make_channels(session)
    make_posts(session, channels, hashtags=["soup"], counts=[3] * 28)
    campaign = make_campaign(session, brand=acme, by=alice)
    session.commit()

    def night(days: int) -> None:
        run = Run(
            settings=settings,
            gateways=app.extensions["gateways"],
            now=NOON + timedelta(days=days),
        )
        for _ in range(2):
            jobs.work_out(run)
            jobs.tell_missed(TrendMissed(campaign_id=campaign.id), run)
        session.expire_all()

    with app.app_context():
        night(0)
        (soup,) = [each for each in queries.all_living(session) if each.trend.name == "soup"]
        service.ride(
            session, actor=alice, campaign_id=campaign.id, trend_id=soup.trend_id, now=NOON
        )
        session.commit()
        night(1)
        assert told(session, alice) == []
        night(35)

    line = ("“Beans in a minute” would miss #soup", f"/brand/campaigns/{campaign.id}/trend")
    assert told(session, alice) == [line]
    assert told(session, ben) == [line]
    assert told(session, fiona) == []
