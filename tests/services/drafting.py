"""What the tests of campaigns ask again and again."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.store.outbox import OutboxMessage
from tests.factories.campaigns import NOON

LATER = NOON + timedelta(hours=1)


def posted(session: Session) -> list[tuple[str, dict[str, str]]]:
    session.flush()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.name, row.body) for row in rows]


def draft(session: Session, actor: Actor, brand: Brand) -> Campaign:
    return service.draft_campaign(
        session,
        brand_id=brand.id,
        name=" Beans ",
        budget=Money(100_000, "USD"),
        starts_on=date(2026, 11, 3),
        ends_on=date(2026, 12, 1),
        category="food",
        actor=actor,
        now=NOON,
    )
