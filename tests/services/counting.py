"""What the tests of bonuses ask again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.metrics import service as metrics
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import BonusMeasurement, Earning, ViewBonus
from marketplace.payouts.rules import EarningKind
from tests.factories.campaigns import NOON
from tests.factories.collaborations import BONUS, TERMS
from tests.factories.deliverables import reading_at
from tests.factories.money import make_accepted, make_earning
from tests.services import books

WEEK = NOON + timedelta(days=7)
END = NOON + timedelta(days=14)
WITH_BONUS = replace(TERMS, bonus=BONUS)
VIDEOS = ("7345678901234567890", "7345678901234567891", "7345678901234567892")


def begin(
    session: Session, campaign: Campaign, alice: Actor, creator: Actor, *, video: str = VIDEOS[0]
) -> ViewBonus:
    """The bonus of a live post of 400.00 and up to 300.00 for views, accepted at noon."""
    made = make_accepted(
        session, campaign, by=alice, creator=creator, offered=WITH_BONUS, video_id=video
    )
    make_earning(session, made, matured=False)
    found = queries.bonus_of(session, deliverable_id=made.id)
    assert found is not None
    return found


def read(session: Session, bonus: ViewBonus, views: int, at: datetime) -> None:
    metrics.record_snapshot(session, post_id=bonus.post_id, reading=reading_at(at, views=views))
    session.flush()


def book(session: Session, at: datetime, *, limit: int = 1_000) -> int:
    due = payouts.book_bonuses(session, now=at, limit=limit)
    session.flush()
    return due


def book_views(session: Session, bonus: ViewBonus, views: int, at: datetime) -> None:
    """Book a bonus by a reading, whether or not its day has come."""
    read(session, bonus, views, at)
    bonus.next_booking_at = at
    session.flush()
    book(session, at)
    session.refresh(bonus)


def add_up(bonus: ViewBonus) -> tuple[int, int, int]:
    return bonus.gross_minor, bonus.share_minor, bonus.on_top_minor


def rows_of(session: Session, bonus: ViewBonus) -> list[Earning]:
    """What a bonus has earned, the oldest first."""
    return list(
        session.scalars(
            select(Earning)
            .where(
                Earning.kind == EarningKind.BONUS, Earning.deliverable_id == bonus.deliverable_id
            )
            .order_by(Earning.id)
        )
    )


def measured(session: Session, bonus: ViewBonus) -> list[BonusMeasurement]:
    return list(
        session.scalars(
            select(BonusMeasurement)
            .where(BonusMeasurement.bonus_id == bonus.id)
            .order_by(BonusMeasurement.number)
        )
    )


def moved(session: Session, measurement: BonusMeasurement) -> list[str]:
    return books.moves(session, measurement.entry_id)
