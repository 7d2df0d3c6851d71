"""One thing that cannot be done leaves the rest of a sweep to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from rq.timeouts import JobTimeoutException
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from marketplace.accounts.models import Brand
from marketplace.collaborations.models import Offer
from marketplace.collaborations.rules import ApplicationState, OfferState
from marketplace.config import Settings
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.messages import ClockMoved
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.notifications.models import Notification
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning
from marketplace.payouts.rules import EarningState
from marketplace.processor.ports import NoSuchObject, ProcessorUnavailable
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import make_application, make_offer
from tests.factories.money import make_accepted, make_paid_campaign
from workers import collaborations as agreements
from workers import payouts as jobs
from workers import schedule
from workers.alarms import tell_sweep_failed
from workers.runtime import Run, TryLater
from workers.sweeping import NotAll, each_alone

WEEK = timedelta(days=7)


@pytest.fixture
def run(app: Flask, settings: Settings) -> Iterator[Run]:
    with app.app_context():
        gateways = app.extensions["gateways"]
        yield Run(settings=settings, gateways=gateways, now=NOON + 2 * WEEK)


def use_up(session: Session, fee: Earning) -> None:
    """Take from the ledger what a fee waits with, so that it can never be released."""
    taken = events.matured(earning_id=uuid4(), creator_id=fee.creator_id, amount=fee.net)
    ledger.write_entry(session, taken, occurred_at=NOON, actor=SYSTEM)
    session.commit()


def make_unanswerable(session: Session, offer: Offer) -> None:
    """Let an offer stand where its application is withdrawn, which no verb would leave so."""
    offer.application.state = ApplicationState.WITHDRAWN
    session.commit()


def earned(session: Session, acme: Brand, alice: Actor, creators: Sequence[Actor]) -> list[Earning]:
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    made = []
    for number, creator in enumerate(creators):
        work = make_accepted(
            session, campaign, by=alice, creator=creator, video_id=f"74{number:017}"
        )
        made.append(payouts.earn(session, deliverable_id=work.id))
    session.commit()
    return sorted(made, key=lambda each: each.id)


@pytest.mark.parametrize("broken", [0, 1])
def test_a_fee_that_cannot_be_released_does_not_hold_up_the_others(
    broken: int, run: Run, session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    fees = earned(session, acme, alice, [bea, carl])
    use_up(session, fees[broken])

    for _ in range(2):
        with pytest.raises(NotAll) as failed:
            jobs.release_fees(run)
        assert failed.value.failed == (str(fees[broken].id),)

    session.expire_all()
    states = [each.state for each in fees]
    assert states[broken] is EarningState.PENDING
    assert states[1 - broken] is EarningState.PAYABLE


def test_an_offer_that_cannot_expire_is_named_in_the_log_and_the_others_expire(
    run: Run, session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    offers = [
        make_offer(
            session,
            application=make_application(session, campaign=campaign, creator=creator),
            by=alice,
        )
        for creator in (bea, carl)
    ]
    make_unanswerable(session, offers[0])

    with capture_logs() as logs, pytest.raises(NotAll, match=str(offers[0].id)):
        agreements.expire_offers(run)

    session.expire_all()
    assert [each.state for each in offers] == [OfferState.OPEN, OfferState.EXPIRED]
    assert [each["thing"] for each in logs if each["event"] == "left_undone"] == [str(offers[0].id)]


@pytest.mark.parametrize(
    "concerns_all", [TryLater(), ProcessorUnavailable("down"), JobTimeoutException("over")]
)
def test_what_concerns_all_ends_a_sweep(concerns_all: Exception) -> None:
    done = []

    def go_through() -> None:
        with each_alone() as each:
            for number in range(3):
                with each(number):
                    done.append(number)
                    raise concerns_all

    with pytest.raises(type(concerns_all)):
        go_through()

    assert done == [0]


def test_what_the_processor_does_not_know_concerns_one() -> None:
    done = []

    def go_through() -> None:
        with each_alone() as each:
            for number in range(7):
                with each(number):
                    if number != 3:
                        raise NoSuchObject("no such account")
                    done.append(number)

    with pytest.raises(NotAll) as failed:
        go_through()

    assert done == [3]
    assert str(failed.value) == "could not be done: 0, 1, 2, 4, 5 and 1 more"


def test_after_the_clock_was_moved_a_sweep_that_fails_does_not_keep_the_others_from_running(
    run: Run, session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    broken, fine = (
        make_offer(
            session,
            application=make_application(session, campaign=campaign, creator=creator),
            by=alice,
        )
        for creator in (bea, carl)
    )
    fees = earned(session, acme, alice, [bea])
    make_unanswerable(session, broken)

    with pytest.raises(NotAll, match=r"collaborations\.expire_offers"):
        schedule.run_everything_due(ClockMoved(), run)

    session.expire_all()
    assert fine.state is OfferState.EXPIRED
    assert fees[0].state is not EarningState.PENDING


def test_staff_hear_once_a_day_of_a_sweep_that_fails(
    run: Run, session: Session, stella: Actor
) -> None:
    session.commit()
    for error in (NotAll(["a1", "b2"]), ValueError("secret of a row")):
        tell_sweep_failed(run, name="payouts.release_fees", error=error)
    tell_sweep_failed(run, name="metrics.ring_due", error=ValueError("secret of a row"))

    said = session.scalars(
        select(Notification)
        .where(Notification.kind == "sweep_failed", Notification.user_id == stella.user_id)
        .order_by(Notification.id)
    ).all()
    assert [(each.title, each.text.split(". ")[0]) for each in said] == [
        (
            "A periodic job fails: payouts.release_fees",
            "On its last run: could not be done: a1, b2",
        ),
        ("A periodic job fails: metrics.ring_due", "On its last run: it stopped with ValueError"),
    ]
