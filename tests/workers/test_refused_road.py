"""What the processor refuses on the money road waits, goes back, or is told to staff."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.funding import service as funding
from marketplace.funding.models import Refund
from marketplace.funding.rules import RefundState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.notifications.models import Notification
from marketplace.payouts.rules import PAUSE_AFTER_REFUSAL, PayoutState
from marketplace.processor.rules import CallKind, CallState
from marketplace.reconciliation import checks
from tests.workers.conftest import Skip, World
from tests.workers.road import HOLD, NET, TRANSFERS, Road, make_road, ring_calls, usd
from workers import payout_accounts as account_jobs
from workers import payouts as payout_jobs
from workers import processor as processor_jobs


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    return make_road(world, acme, alice, bea)


def test_a_refused_payout_goes_back_and_is_paid_once_the_account_is_mended(
    road: Road, skip: Skip
) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.sandbox.control(
        f"accounts/{account.stripe_account_id}/transfers", {"state": "inactive"}
    )
    road.release()
    payout = road.payout()
    assert payout.state is PayoutState.RETURNED
    assert road.sums() == [usd(0), usd(NET), usd(0), usd(0)]
    assert road.session.get_one(type(account), account.id).transfers_active is False
    assert road.transfers() == []
    road.assert_all_agrees()

    road.world.sandbox.control(
        f"accounts/{account.stripe_account_id}/transfers", {"state": "active"}
    )
    skip(PAUSE_AFTER_REFUSAL)
    road.world.webhooks()
    road.world.drain()

    assert road.sums() == [usd(0), usd(0), usd(0), usd(NET)]
    assert road.banked(account) == {"usd": NET}
    assert [p["id"] for p in road.transfers()] == [road.payout().stripe_transfer_id]
    road.assert_all_agrees()


def test_a_refusal_that_stays_is_not_asked_for_again_and_again(road: Road, skip: Skip) -> None:
    road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, status=400, code="account_invalid", times=50)

    road.release()
    road.world.sweep(payout_jobs.pay_everybody, account_jobs.refresh_accounts_not_ready)
    road.world.drain()

    sent = [r for r in road.world.sandbox.sandbox.stripe.requests if _sends_transfer(r)]
    assert len(sent) == 1
    skip(PAUSE_AFTER_REFUSAL)
    road.world.sweep(payout_jobs.pay_everybody, account_jobs.refresh_accounts_not_ready)
    road.world.drain()
    sent = [r for r in road.world.sandbox.sandbox.stripe.requests if _sends_transfer(r)]
    assert len(sent) == 2
    assert road.sums() == [usd(0), usd(NET), usd(0), usd(0)]


def _sends_transfer(line: dict[str, dict[str, str]]) -> bool:
    return (line["request"]["method"], line["request"]["path"]) == ("POST", "/v1/transfers")


def test_a_refusal_after_a_lost_answer_releases_nothing(road: Road, skip: Skip) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, drop="before")
    road.world.script(**TRANSFERS, status=400, code="account_invalid", saved=False)
    road.release()
    skip(timedelta(seconds=6))
    ring_calls(road)
    # Nobody knows what became of the first try, so the refusal of the second says nothing.
    assert road.call(CallKind.TRANSFER).state is CallState.UNKNOWN
    assert road.payout().state is PayoutState.RESERVED
    assert road.sums() == [usd(0), usd(0), usd(NET), usd(0)]

    skip(timedelta(seconds=31))
    ring_calls(road)

    assert road.payout().state is PayoutState.SETTLED
    assert road.banked(account) == {"usd": NET}
    road.assert_all_agrees()


def test_too_little_money_at_the_processor_waits_and_is_sent_under_a_new_key(
    road: Road, skip: Skip
) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, status=400, code="balance_insufficient")
    road.release()
    call = road.call(CallKind.TRANSFER)
    assert (call.state, call.key_generation) == (CallState.RETRY, 1)
    assert road.payout().state is PayoutState.RESERVED

    ring_calls(road)
    assert road.transfers() == []
    skip(timedelta(hours=1, seconds=1))
    ring_calls(road)

    assert road.payout().state is PayoutState.SETTLED
    assert road.banked(account) == {"usd": NET}
    road.assert_all_agrees()


def test_credentials_that_are_not_taken_stop_the_sending_and_nothing_is_lost(
    road: Road, skip: Skip, stella: Actor
) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, status=401, saved=False)
    road.world.sweep(payout_jobs.release_fees)
    road.world.drain(mail=True)
    call = road.call(CallKind.TRANSFER)
    assert call.state is CallState.RETRY
    told = road.session.scalars(
        select(Notification.user_id).where(Notification.kind == "sending_stopped")
    ).all()
    assert told == [stella.user_id]

    skip(timedelta(minutes=9))
    ring_calls(road)
    assert len(road.attempts(call)) == 1  # nothing hammers a door that is shut
    skip(timedelta(minutes=1, seconds=1))
    ring_calls(road)

    assert road.payout().state is PayoutState.SETTLED
    assert road.banked(account) == {"usd": NET}


def test_a_misused_key_waits_for_a_person_and_staff_are_told(
    road: Road, skip: Skip, stella: Actor
) -> None:
    road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, drop="after")
    road.release()
    call = road.call(CallKind.TRANSFER)
    call.params = {**call.params, "amount_minor": NET - 1}
    skip(timedelta(seconds=6))
    road.world.sweep(processor_jobs.ring_due_calls)
    road.world.drain(mail=True)

    assert road.call(CallKind.TRANSFER).state is CallState.MANUAL
    assert road.payout().state is PayoutState.RESERVED
    assert len(road.transfers()) == 1
    told = road.session.scalars(
        select(Notification.user_id).where(Notification.kind == "call_stuck")
    ).all()
    assert told == [stella.user_id]
    skip(timedelta(days=2))
    ring_calls(road)
    assert len(road.transfers()) == 1


def test_a_refund_that_the_balance_does_not_cover_waits_until_it_does(
    road: Road, skip: Skip
) -> None:
    road.fund()
    campaigns.close(road.session, campaign_id=road.campaign.id, actor=road.owner, now=utc_now())
    funding.refund_unspent(
        road.session, actor=road.owner, campaign_id=road.campaign.id, now=utc_now()
    )
    road.world.drain()
    # The processor has kept 32.20 of the 1,100.00.
    assert road.call(CallKind.REFUND).state is CallState.RETRY
    assert road.world.sandbox.store.newest("refund") == []
    road.reconcile()
    failed = [r for r in checks.run_all(road.session) if not r.passed]
    assert [(r.name, [f.text for f in r.findings], r.broken) for r in failed] == [
        ("I4", ["The platform must add cash: USD 32.20."], False)
    ]

    other = make_road(road.world, road.brand, road.owner, road.creator)
    other.fund()
    skip(timedelta(hours=1, seconds=1))
    ring_calls(road)

    assert [r["amount"] for r in road.world.sandbox.store.newest("refund")] == [110_000]
    assert road.session.scalars(select(Refund.state)).all() == [RefundState.PAID]
    road.assert_all_agrees()
