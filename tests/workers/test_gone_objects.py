"""Objects of ours that the processor does not know: told to staff once, and asked for no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.funding import service as funding
from marketplace.funding.messages import CheckoutDue, RefundDue
from marketplace.funding.models import Chargeback
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import skip_ahead, utc_now
from marketplace.notifications.models import Notification
from marketplace.processor.ports import NoSuchObject
from marketplace.treasury import service as treasury
from marketplace.treasury.messages import BankMoveDue
from marketplace.treasury.rules.own_money import Direction
from tests.workers.conftest import World
from tests.workers.hearing import DISPUTED, pay
from tests.workers.road import Road, make_road, usd
from workers import chargebacks as chargeback_jobs
from workers import funding as funding_jobs
from workers import refunds as refund_jobs
from workers import treasury as treasury_jobs


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    return make_road(world, acme, alice, bea)


Look = Callable[[], None]


def checkout(road: Road, staff: Actor) -> Look:
    asked = road.ask_for_money()
    asked.stripe_checkout_session_id = "cs_gone"
    due = CheckoutDue(funding_id=asked.id)
    return lambda: road.world.perform(funding_jobs.look_at_checkout, due)


def refund(road: Road, staff: Actor) -> Look:
    road.fund()
    (asked,) = funding.take_back(
        road.session,
        actor=road.owner,
        campaign_id=road.campaign.id,
        budget=usd(20_000),
        asked_as=uuid4(),
        now=utc_now(),
    )
    asked.stripe_refund_id = "re_gone"
    due = RefundDue(refund_id=asked.id)
    return lambda: road.world.perform(refund_jobs.look_at_refund, due)


def move(road: Road, staff: Actor) -> Look:
    asked = treasury.ask_topup(road.session, actor=staff, amount=usd(50_000), now=utc_now())
    asked.stripe_id = "tu_gone"
    due = BankMoveDue(move_id=asked.id)
    return lambda: road.world.perform(treasury_jobs.look_at_move, due)


def chargeback(road: Road, staff: Actor) -> Look:
    pay(road, DISPUTED)
    road.session.scalars(select(Chargeback)).one().stripe_dispute_id = "du_gone"
    skip_ahead(timedelta(days=8))  # what was opened since then is listed
    return lambda: road.world.sweep(chargeback_jobs.look_for_chargebacks)


@pytest.mark.parametrize(
    ("looking_for", "remote_id", "title"),
    [
        (checkout, "cs_gone", "a payment page"),
        (refund, "re_gone", "a refund"),
        (move, "tu_gone", "a movement"),
        (chargeback, "du_gone", "a chargeback"),
    ],
)
def test_an_object_that_the_processor_does_not_know_is_told_once_and_changes_nothing(
    road: Road,
    stella: Actor,
    looking_for: Callable[[Road, Actor], Look],
    remote_id: str,
    title: str,
) -> None:
    look = looking_for(road, stella)
    written = road.entries()

    for _ in range(2):
        look()

    told = road.session.scalars(
        select(Notification).where(Notification.kind == "gone_at_processor")
    ).all()
    assert [(each.title, each.user_id) for each in told] == [
        (f"The payment service does not know {title} of ours", stella.user_id)
    ]
    assert told[0].text.startswith(f"It says that there is no {remote_id}. Nothing was booked.")
    assert road.entries() == written


@pytest.mark.parametrize(
    ("direction", "remote_id"), [(Direction.TO_BANK, "po_gone"), (Direction.FROM_BANK, "tu_gone")]
)
def test_the_treasurys_gateway_says_that_there_is_no_such_object(
    world: World, direction: Direction, remote_id: str
) -> None:
    world.session.commit()

    with pytest.raises(NoSuchObject, match="resource_missing"):
        world.run().gateways.payments.treasury.move(direction, remote_id)
