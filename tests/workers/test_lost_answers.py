"""Answers that are lost on the money road, late, or overtaken: everything is paid once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.funding import service as funding
from marketplace.funding.models import Funding, Refund
from marketplace.funding.rules import FundingState, RefundState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.payouts.messages import PayoutsWanted
from marketplace.payouts.rules import PayoutState
from marketplace.processor.rules import KEY_LIFE, LEASE, QUIET, CallKind, CallState, Outcome
from tests.workers.conftest import Skip, World
from tests.workers.road import HOLD, NET, TRANSFERS, Road, make_road, ring_calls
from workers import payouts as payout_jobs
from workers import processor as processor_jobs


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    return make_road(world, acme, alice, bea)


def test_a_payment_page_whose_answer_was_lost_is_still_one_page(road: Road, skip: Skip) -> None:
    road.world.script(path="/v1/checkout/sessions", method="POST", drop="after")
    asked = road.ask_for_money()
    assert asked.state is FundingState.REQUESTED

    skip(timedelta(seconds=6))
    ring_calls(road)

    assert len(road.world.sandbox.store.newest("checkout.session")) == 1
    asked = road.session.get_one(Funding, asked.id)
    assert asked.state is FundingState.CHECKOUT_OPEN
    road.pay(asked)
    road.world.webhooks()
    road.world.drain()
    assert asked.state is FundingState.PAID


def test_an_answer_lost_after_the_transfer_pays_once(road: Road, skip: Skip) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, drop="after")
    road.release()
    call = road.call(CallKind.TRANSFER)
    assert call.state is CallState.UNKNOWN
    assert road.payout().state is PayoutState.RESERVED

    skip(timedelta(seconds=6))
    ring_calls(road)

    call = road.call(CallKind.TRANSFER)
    attempts = road.attempts(call)
    assert [a.outcome for a in attempts] == [Outcome.UNKNOWN, Outcome.DONE]
    assert len({a.idempotency_key for a in attempts}) == 1
    assert road.payout().state is PayoutState.SETTLED
    assert [t["id"] for t in road.transfers()] == [road.payout().stripe_transfer_id]
    assert road.banked(account) == {"usd": NET}
    road.assert_all_agrees()


def test_a_request_lost_before_it_arrived_pays_once(road: Road, skip: Skip) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, drop="before")
    road.release()
    assert road.transfers() == []

    skip(timedelta(seconds=6))
    ring_calls(road)

    assert road.banked(account) == {"usd": NET}
    road.assert_all_agrees()


def test_a_saved_server_error_over_a_transfer_that_was_made_is_taken_over_after_a_day(
    road: Road, skip: Skip
) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, status=500, effect=True)
    road.release()
    skip(timedelta(hours=2))
    ring_calls(road)
    assert road.call(CallKind.TRANSFER).state is CallState.UNKNOWN
    assert road.payout().state is PayoutState.RESERVED
    assert len(road.transfers()) == 1

    skip(KEY_LIFE)
    ring_calls(road)

    call = road.call(CallKind.TRANSFER)
    assert (call.state, call.key_generation) == (CallState.SUCCEEDED, 0)
    assert road.payout().state is PayoutState.SETTLED
    assert len(road.transfers()) == 1
    assert road.banked(account) == {"usd": NET}
    road.assert_all_agrees()


def test_a_saved_server_error_over_nothing_gets_a_new_key_once_its_absence_is_sure(
    road: Road, skip: Skip
) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, status=500)
    road.release()
    skip(KEY_LIFE)
    ring_calls(road)
    call = road.call(CallKind.TRANSFER)
    assert (call.state, call.absent_count, call.key_generation) == (CallState.UNKNOWN, 1, 0)
    assert road.transfers() == []

    skip(QUIET)
    ring_calls(road)
    ring_calls(road)

    call = road.call(CallKind.TRANSFER)
    assert (call.state, call.key_generation) == (CallState.SUCCEEDED, 1)
    assert len(road.transfers()) == 1
    assert road.banked(account) == {"usd": NET}
    road.assert_all_agrees()


def test_a_worker_that_died_while_sending_is_followed_by_another(road: Road, skip: Skip) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.sweep(payout_jobs.release_fees)
    creator_id = road.creator.creator_id
    assert creator_id is not None
    road.world.perform(payout_jobs.gather_payouts, PayoutsWanted(creator_id=creator_id))
    call = road.call(CallKind.TRANSFER)
    dead = processor_jobs.processor.claim(road.session, call_id=call.id, now=utc_now())
    assert dead is not None

    road.world.drain()
    assert road.transfers() == []
    skip(LEASE + timedelta(seconds=1))
    ring_calls(road)

    call = road.call(CallKind.TRANSFER)
    assert [a.outcome for a in road.attempts(call)] == [None, Outcome.DONE]
    assert len(road.transfers()) == 1
    assert road.banked(account) == {"usd": NET}
    road.assert_all_agrees()


def test_a_webhook_that_comes_before_the_answer_settles_the_payout_once(
    road: Road, skip: Skip
) -> None:
    road.payable()
    skip(HOLD)
    road.world.script(**TRANSFERS, drop="after")
    road.release()
    assert road.payout().state is PayoutState.RESERVED

    road.world.webhooks()
    road.world.drain()
    assert road.payout().state is PayoutState.SETTLED
    entries = road.entries()

    skip(timedelta(seconds=6))
    ring_calls(road)

    assert road.entries() == entries
    assert len(road.transfers()) == 1
    road.assert_all_agrees()


def test_an_answer_that_comes_after_the_webhook_changes_nothing(road: Road, skip: Skip) -> None:
    road.payable()
    skip(HOLD)
    road.world.sweep(payout_jobs.release_fees)
    assert road.creator.creator_id is not None
    wanted = PayoutsWanted(creator_id=road.creator.creator_id)
    road.world.perform(payout_jobs.gather_payouts, wanted)
    call = road.call(CallKind.TRANSFER)
    with road.world.app.app_context(), processor_jobs.transaction() as own:
        instruction = processor_jobs.processor.claim(own, call_id=call.id, now=utc_now())
    assert instruction is not None
    answer = road.world.run().gateways.payments.send(instruction)
    road.world.webhooks()
    road.world.drain()
    assert road.payout().state is PayoutState.SETTLED
    entries = road.entries()

    late = processor_jobs.processor.record(
        road.session, instruction=instruction, answer=answer, now=utc_now()
    )
    road.session.commit()

    assert late is None
    assert road.entries() == entries
    assert [a.outcome for a in road.attempts(call)] == [Outcome.DONE]
    road.assert_all_agrees()


def test_a_refund_whose_answer_was_lost_is_paid_once(road: Road, skip: Skip) -> None:
    road.fund()
    road.agree()
    campaigns.close(road.session, campaign_id=road.campaign.id, actor=road.owner, now=utc_now())
    road.world.script(path="/v1/refunds", method="POST", drop="after")
    funding.refund_unspent(
        road.session, actor=road.owner, campaign_id=road.campaign.id, now=utc_now()
    )
    road.world.drain()
    skip(timedelta(seconds=6))
    ring_calls(road)

    assert [r["amount"] for r in road.world.sandbox.store.newest("refund")] == [66_000]
    assert road.session.scalars(select(Refund.state)).all() == [RefundState.PAID]
    road.assert_all_agrees()
