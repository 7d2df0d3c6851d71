"""What the tests of agreements ask again and again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service
from marketplace.collaborations.models import (
    Invitation,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code
from marketplace.notifications.models import Notification
from marketplace.store.outbox import OutboxMessage
from tests.factories.campaigns import NOON

LATER = NOON + timedelta(hours=1)


def told(session: Session, actor: Actor) -> list[tuple[str, str]]:
    session.flush()
    rows = session.scalars(
        select(Notification).where(Notification.user_id == actor.user_id).order_by(Notification.id)
    )
    return [(row.kind, row.path) for row in rows]


def posted(session: Session, name: str) -> list[dict[str, str]]:
    session.flush()
    return [
        row.body for row in session.scalars(select(OutboxMessage).where(OutboxMessage.name == name))
    ]


def balance(session: Session, code: Code, owner: object) -> Money:
    session.flush()
    return ledger.balance_of(session, AccountRef(code, owner), currency="USD")  # type: ignore[arg-type]  # any id


def invite(session: Session, campaign: Campaign, creator: Actor, actor: Actor) -> Invitation:
    assert creator.creator_id is not None
    return service.invite(
        session,
        campaign_id=campaign.id,
        creator_id=creator.creator_id,
        message="We like your soup.",
        actor=actor,
        now=NOON,
    )
