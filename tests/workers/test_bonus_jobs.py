"""Bonuses for views: booked by the clock, told to both sides, and the end of the collaboration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.config import Settings
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.ledger.rules import Code
from marketplace.metrics import service as metrics
from marketplace.notifications.models import Notification
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.messages import BonusCorrected, BonusEnded, BonusesWaiting
from marketplace.payouts.models import ViewBonus
from marketplace.payouts.rules import BonusState
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import BONUS, TERMS
from tests.factories.deliverables import reading_at
from tests.factories.ledger import usd
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services import counting
from tests.services.agreeing import balance, posted
from workers import bonuses as jobs
from workers.runtime import Run

WEEK = NOON + timedelta(days=7)
END = NOON + timedelta(days=14)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def owed(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    """A live post of 400.00 and up to 300.00 for views, accepted and booked at noon."""
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    made = make_accepted(
        session, campaign, by=alice, creator=bea, offered=replace(TERMS, bonus=BONUS)
    )
    make_earning(session, made, matured=False)
    return made


def at(now: datetime, *, app: Flask, settings: Settings) -> Run:
    return Run(settings=settings, gateways=app.extensions["gateways"], now=now)


def read(session: Session, views: int, when: datetime) -> None:
    post = session.scalars(select(PublishedPost)).one()
    metrics.record_snapshot(session, post_id=post.id, reading=reading_at(when, views=views))
    session.commit()


def bonus_of(session: Session, work: Deliverable) -> ViewBonus:
    session.expire_all()
    found = queries.bonus_of(session, deliverable_id=work.id)
    assert found is not None
    return found


def heard(session: Session, actor: Actor, kind: str) -> list[tuple[str, str]]:
    session.expire_all()
    rows = session.scalars(
        select(Notification).where(Notification.user_id == actor.user_id, Notification.kind == kind)
    )
    return [(row.title, row.text) for row in rows]


def test_the_clock_books_a_bonus_once(
    context: Flask, settings: Settings, session: Session, owed: Deliverable
) -> None:
    read(session, 12_345, WEEK - timedelta(hours=1))

    for _ in range(2):
        jobs.book_bonuses(at(WEEK, app=context, settings=settings))

    found = bonus_of(session, owed)
    assert (found.gross_minor, found.measurements) == (6_172, 1)
    assert balance(session, Code.CREATOR_PENDING, owed.creator_id) == usd(38_000 + 5_863)


def test_help_is_called_for_where_more_is_due_than_one_batch_takes(
    context: Flask,
    settings: Settings,
    session: Session,
    owed: Deliverable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read(session, 12_345, WEEK - timedelta(hours=1))
    jobs.book_bonuses(at(WEEK - timedelta(days=1), app=context, settings=settings))
    assert posted(session, "BonusesWaiting") == []
    monkeypatch.setattr(payouts, "BATCH", 1)

    jobs.book_bonuses(at(WEEK, app=context, settings=settings))

    assert posted(session, "BonusesWaiting") == [{"asked_at": WEEK.isoformat()}]
    asked = BonusesWaiting(asked_at=WEEK.isoformat())
    for _ in range(2):
        jobs.help_booking(asked, at(WEEK, app=context, settings=settings))
    assert bonus_of(session, owed).measurements == 1


def test_a_helper_books_what_is_due_once(
    context: Flask, settings: Settings, session: Session, owed: Deliverable
) -> None:
    read(session, 12_345, WEEK - timedelta(hours=1))
    asked = BonusesWaiting(asked_at=WEEK.isoformat())

    for _ in range(2):
        jobs.help_booking(asked, at(WEEK, app=context, settings=settings))

    found = bonus_of(session, owed)
    assert (found.gross_minor, found.measurements) == (6_172, 1)
    assert posted(session, "BonusesWaiting") == []


def test_a_correction_is_told_to_both_sides_once_with_what_is_owed_back(
    context: Flask,
    settings: Settings,
    session: Session,
    owed: Deliverable,
    alice: Actor,
    bea: Actor,
) -> None:
    read(session, 10_000, WEEK - timedelta(hours=1))
    jobs.book_bonuses(at(WEEK, app=context, settings=settings))
    read(session, 4_000, END)
    jobs.book_bonuses(at(END, app=context, settings=settings))
    last = counting.measured(session, bonus_of(session, owed))[-1]
    session.commit()

    for _ in range(2):
        jobs.tell_corrected(
            BonusCorrected(measurement_id=last.id, owed_minor=1_234),
            at(END, app=context, settings=settings),
        )

    said = [
        (
            "The views bonus is USD 30.00 less",
            "TikTok corrected the views down to 4,000; the bonus is USD 20.00 now. USD 12.34 had"
            " been paid already and is owed back.",
        )
    ]
    assert heard(session, alice, "bonus_corrected") == said
    assert heard(session, bea, "bonus_corrected") == said


@pytest.mark.parametrize(
    ("views", "title", "rest"),
    [
        (4_000, "The views bonus came to USD 20.00", "USD 280.00 of its cap was not reached."),
        (90_000, "The views bonus came to USD 300.00", "The bonus reached its cap."),
    ],
)
def test_the_end_of_a_bonus_is_told_to_both_sides_and_gives_its_rest_back_once(
    context: Flask,
    settings: Settings,
    session: Session,
    owed: Deliverable,
    alice: Actor,
    bea: Actor,
    views: int,
    title: str,
    rest: str,
) -> None:
    over = at(END, app=context, settings=settings)
    read(session, views, END)
    jobs.book_bonuses(over)
    found = bonus_of(session, owed)
    assert found.state is BonusState.ENDED
    spent = found.gross_minor
    session.commit()

    for _ in range(2):
        jobs.tell_ended(BonusEnded(bonus_id=found.id), over)
        jobs.complete_collaboration(BonusEnded(bonus_id=found.id), over)

    said = [(title, f"{views:,} views were counted. {rest}")]
    assert heard(session, alice, "bonus_ended") == said
    assert heard(session, bea, "bonus_ended") == said
    agreed = session.get_one(Collaboration, owed.collaboration_id)
    assert agreed.state is CollaborationState.COMPLETED
    assert balance(session, Code.COMMITTED, agreed.id) == usd(0)
    assert balance(session, Code.CAMPAIGN_FUNDS, owed.campaign_id) == usd(60_000 - spent)
