"""The daily comparison of transfers, and what it tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.notifications.models import Notification
from marketplace.payouts import queries
from marketplace.payouts.rules import PayoutState
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.inbox import InboxMessage
from tests.workers.conftest import Skip, World
from tests.workers.road import NET, Road, make_road
from workers import inbox as inbox_jobs
from workers import processor as processor_jobs
from workers import transfers as transfer_jobs

HOLD = timedelta(days=7, minutes=1)
TRANSFERS = {"method": "POST", "path": "/v1/transfers"}
DAY = timedelta(days=1)


@pytest.fixture
def road(world: World, acme: Brand, alice: Actor, bea: Actor, stella: Actor) -> Road:
    return make_road(world, acme, alice, bea)


def told(road: Road) -> list[str]:
    road.world.drain(mail=True)
    kinds = ("transfer_unknown", "transfer_missing", "done_after_all", "done_twice")
    return list(road.session.scalars(select(Notification.kind).where(Notification.kind.in_(kinds))))


def compare(road: Road) -> None:
    for _ in range(2):
        road.world.sweep(transfer_jobs.compare_transfers)


def test_a_day_that_agrees_tells_nothing(road: Road, skip: Skip) -> None:
    road.payable()
    skip(HOLD)
    road.release()
    skip(DAY)

    compare(road)

    assert told(road) == []
    assert road.payout().state is PayoutState.SETTLED


@pytest.mark.parametrize("nights", [1, 3], ids=["the next night", "after two that were missed"])
def test_a_transfer_whose_answer_was_lost_is_taken_over(
    nights: int, road: Road, skip: Skip
) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, drop="after")
    road.release()
    assert road.call(CallKind.TRANSFER).state is CallState.UNKNOWN
    skip(nights * DAY)

    compare(road)

    assert road.payout().state is PayoutState.SETTLED
    assert len(road.attempts(road.call(CallKind.TRANSFER))) == 1
    assert road.banked(account) == {"usd": NET}
    assert told(road) == []


def test_an_unclear_call_is_looked_for_after_an_hour_and_not_sent(road: Road, skip: Skip) -> None:
    road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, drop="after")
    road.release()

    skip(timedelta(minutes=59))
    road.world.sweep(processor_jobs.look_for_unclear_calls)
    assert road.payout().state is PayoutState.RESERVED
    skip(timedelta(minutes=2))
    for _ in range(2):
        road.world.sweep(processor_jobs.look_for_unclear_calls)

    assert road.payout().state is PayoutState.SETTLED
    assert len(road.attempts(road.call(CallKind.TRANSFER))) == 1


def test_a_refused_payout_that_was_paid_is_in_suspense_and_its_creator_frozen(
    road: Road, skip: Skip
) -> None:
    account = road.payable()
    skip(HOLD)
    # The processor says no and has done it all the same: what no rule of ours can know.
    road.world.script(**TRANSFERS, status=400, code="account_invalid", effect=True, saved=False)
    road.release()
    payout = road.payout()
    assert payout.state is PayoutState.RETURNED
    assert road.banked(account) == {"usd": NET}
    skip(DAY)

    compare(road)
    road.world.drain(mail=True)

    payout = road.payout()
    assert (payout.state, payout.stripe_transfer_id) == (
        PayoutState.RETURNED,
        road.transfers()[0]["id"],
    )
    assert told(road) == ["done_after_all"]
    assert queries.freeze_of(road.session, payout.creator_id) is not None
    road.reconcile()
    road.reconcile()
    assert len(road.transfers()) == 1  # nothing more is sent to a frozen creator


def test_a_transfer_of_nobody_here_is_told_to_staff_once(road: Road, skip: Skip) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.sandbox.client().v1.transfers.create(
        {"amount": 777, "currency": "usd", "destination": str(account.stripe_account_id)}
    )
    skip(DAY)

    compare(road)

    assert told(road) == ["transfer_unknown"]


def test_a_transfer_that_is_not_there_is_told_to_staff_once(road: Road, skip: Skip) -> None:
    road.payable()
    skip(HOLD)
    road.release()
    call = road.call(CallKind.TRANSFER)
    assert call.remote_id is not None
    road.world.sandbox.store.delete("transfer", call.remote_id)
    skip(DAY)

    compare(road)

    assert told(road) == ["transfer_missing"]


def test_a_second_transfer_of_one_call_is_told_to_staff_once(road: Road, skip: Skip) -> None:
    account = road.payable()
    skip(HOLD)
    road.release()
    call = road.call(CallKind.TRANSFER)
    road.world.sandbox.client().v1.transfers.create(
        {
            "amount": 777,
            "currency": "usd",
            "destination": str(account.stripe_account_id),
            "metadata": {"call_id": str(call.id)},
        }
    )
    skip(DAY)

    compare(road)

    assert told(road) == ["done_twice"]
    assert road.call(CallKind.TRANSFER).remote_id == call.remote_id


def test_an_event_that_reached_nobody_is_fetched_and_handled_once(road: Road, skip: Skip) -> None:
    road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, drop="after")
    road.release()
    store = road.world.sandbox.store
    (event,) = [e for e in store.newest("event") if e["type"] == "transfer.created"]
    store.put("event", event["id"], {**event, "pending_webhooks": 1})

    for _ in range(2):
        road.world.sweep(inbox_jobs.fetch_undelivered)
        road.world.drain()

    assert road.payout().state is PayoutState.SETTLED
    kept = road.session.scalars(
        select(InboxMessage.sender_id).where(InboxMessage.kind == "transfer.created")
    ).all()
    assert kept == [event["id"]]
