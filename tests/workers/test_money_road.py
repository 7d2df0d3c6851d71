"""Money from a brand's card to a creator's bank, and what is swept up on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.funding import service as funding
from marketplace.funding.messages import CheckoutDue
from marketplace.funding.models import Funding, Refund
from marketplace.funding.rules import FundingState, RefundState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.ledger.rules import Code
from marketplace.notifications.models import Notification
from marketplace.payouts.models import Earning
from marketplace.payouts.rules import EarningState, PayoutState
from marketplace.processor.messages import CallDue
from marketplace.processor.rules import CallKind
from marketplace.reconciliation import queries as reconciliation
from marketplace.store.inbox import InboxMessage
from tests.gateways.openapi_contract import DOCUMENT, the_contract
from tests.workers.conftest import Skip, World
from tests.workers.road import HOLD, NET, Road, make_road, usd
from workers import funding as funding_jobs
from workers import inbox as inbox_jobs
from workers import payout_accounts as account_jobs
from workers import payouts as payout_jobs
from workers import processor as processor_jobs


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    return make_road(world, acme, alice, bea)


def test_the_whole_road_of_the_money(road: Road, skip: Skip) -> None:
    asked = road.ask_for_money()
    assert asked.state is FundingState.CHECKOUT_OPEN
    road.pay(asked)
    road.world.webhooks()
    road.world.drain()
    road.session.refresh(asked)
    assert asked.state is FundingState.PAID
    # 1,000.00 of budget and 100.00 on top, less the sandbox's 2.9 % and 0.30.
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(100_000)
    assert road.balance(Code.FEE_UNEARNED, road.campaign.id) == usd(10_000)
    assert road.balance(Code.PROCESSOR_FEES) == usd(3_220)
    assert road.balance(Code.PROCESSOR_BALANCE) == usd(110_000 - 3_220)

    deliverable = road.agree()
    assert road.balance(Code.COMMITTED, deliverable.collaboration_id) == usd(40_000)
    road.accept(deliverable)
    assert road.sums() == [usd(NET), usd(0), usd(0), usd(0)]
    assert road.balance(Code.FEE_EARNED) == usd(6_000)

    road.release()
    assert road.sums() == [usd(NET), usd(0), usd(0), usd(0)]
    skip(HOLD)
    road.release()
    assert road.sums() == [usd(0), usd(NET), usd(0), usd(0)]

    account = road.open_account()
    road.world.sweep(payout_jobs.pay_everybody)
    road.world.drain()
    assert road.sums() == [usd(0), usd(NET), usd(0), usd(0)]
    road.finish_account(account)
    road.world.webhooks()
    road.world.drain()

    assert road.sums() == [usd(0), usd(0), usd(0), usd(NET)]
    assert road.payout().state is PayoutState.SETTLED
    assert road.banked(account) == {"usd": NET}
    assert len(road.transfers()) == 1
    road.assert_all_agrees()


@pytest.mark.skipif(
    not DOCUMENT.is_file(), reason="the description of Stripe's API is not beside the repository"
)
def test_all_that_is_said_on_the_road_fits_the_description_of_stripes_api(
    road: Road, skip: Skip, tmp_path: Path
) -> None:
    road.payable()
    skip(HOLD)
    road.release()
    road.reconcile()
    lines = (tmp_path / "stripe.jsonl").read_text(encoding="utf-8").splitlines()
    said = [json.loads(line) for line in lines]
    contract = the_contract()

    assert ("POST", "/v1/transfers", 200) in {
        (line["request"]["method"], line["request"]["path"], line["answer"]["status"])
        for line in said
    }
    assert sorted({fault for line in said for fault in contract.faults(line)}) == []


def test_a_month_of_webhooks_told_again_writes_no_entry(road: Road, skip: Skip) -> None:
    road.payable()
    skip(HOLD)
    road.release()
    entries = road.entries()

    for event in road.world.sandbox.store.newest("event"):
        road.world.hook({**event, "id": f"evt_{uuid4().hex}"})
    road.world.drain()
    road.world.webhooks(again=True)
    road.world.drain()

    assert road.entries() == entries
    assert len(road.transfers()) == 1
    road.assert_all_agrees()


def test_a_payment_whose_webhook_is_lost_is_found_by_the_sweep(road: Road, skip: Skip) -> None:
    asked = road.ask_for_money()
    road.pay(asked)
    road.world.sweep(funding_jobs.ring_open_money_in)
    road.world.drain()
    assert road.session.get_one(Funding, asked.id).state is FundingState.CHECKOUT_OPEN

    skip(timedelta(minutes=3))
    road.world.sweep(funding_jobs.ring_open_money_in)
    road.world.drain()

    assert road.session.get_one(Funding, asked.id).state is FundingState.PAID
    road.assert_all_agrees()


def test_a_payment_page_that_nobody_used_expires_and_the_brand_is_told(
    road: Road, skip: Skip
) -> None:
    asked = road.ask_for_money()
    skip(timedelta(days=1, minutes=1))
    road.world.sweep(funding_jobs.ring_open_money_in)
    road.world.drain(mail=True)

    assert road.session.get_one(Funding, asked.id).state is FundingState.EXPIRED
    told = road.session.scalars(
        select(Notification).where(Notification.kind == "funding_failed")
    ).all()
    assert [(n.user_id, n.text) for n in told] == [
        (road.owner.user_id, "The payment page expired. Nothing was charged.")
    ]
    assert road.entries() == 0


def test_a_processor_that_is_away_is_asked_again_later(road: Road) -> None:
    asked = road.ask_for_money()
    road.pay(asked)
    road.world.script(path="/v1/checkout/sessions/*", status=503, times=3, saved=False)
    road.world.webhooks()
    road.world.drain(twice=False)

    assert road.world.later == ["funding-look_at_checkout"]
    road.world.perform(funding_jobs.look_at_checkout, CheckoutDue(funding_id=asked.id))
    assert road.session.get_one(Funding, asked.id).state is FundingState.PAID


def test_an_account_whose_webhook_is_lost_is_found_by_the_sweep(road: Road, skip: Skip) -> None:
    road.fund()
    road.accept(road.agree())
    skip(HOLD)
    road.release()
    account = road.open_account()
    road.finish_account(account)

    road.world.sweep(account_jobs.refresh_accounts_not_ready)
    road.world.drain()

    assert road.banked(account) == {"usd": NET}


def test_messages_that_were_all_lost_are_rung_again(road: Road, skip: Skip) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.sweep(payout_jobs.release_fees)
    road.world.lose()

    road.world.sweep(payout_jobs.pay_everybody)
    road.world.drain()

    assert road.banked(account) == {"usd": NET}


def test_unspent_money_goes_back_with_its_fee_and_all_agrees(road: Road, skip: Skip) -> None:
    road.payable()
    skip(HOLD)
    road.release()
    campaigns.close(road.session, campaign_id=road.campaign.id, actor=road.owner, now=utc_now())
    road.world.drain()

    (refund,) = funding.refund_unspent(
        road.session, actor=road.owner, campaign_id=road.campaign.id, now=utc_now()
    )
    road.world.drain()

    # 600.00 of budget that nobody earned, and the 60.00 taken on it.
    assert refund.amount == usd(66_000)
    assert road.session.get_one(Refund, refund.id).state is RefundState.PAID
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(0)
    assert road.balance(Code.FEE_UNEARNED, road.campaign.id) == usd(0)
    given = road.world.sandbox.store.newest("refund")
    assert [(r["amount"], r["status"]) for r in given] == [(66_000, "succeeded")]
    road.assert_all_agrees()


def test_a_transfer_that_nobody_here_made_is_a_break_and_staff_are_told(
    road: Road, skip: Skip, stella: Actor
) -> None:
    account = road.payable()
    skip(HOLD)
    road.release()
    stranger = road.world.sandbox.client().v1.transfers.create(
        {"amount": 777, "currency": "usd", "destination": str(account.stripe_account_id)}
    )
    road.world.webhooks()
    road.reconcile()
    road.reconcile()
    road.world.drain(mail=True)

    (found,) = reconciliation.open_breaks(road.session)
    assert (found.kind, found.difference_minor) == ("missing_in_ledger", -777)
    assert stranger.id in found.detail
    told = road.session.scalars(
        select(Notification.user_id).where(Notification.kind == "break_opened")
    ).all()
    assert told == [stella.user_id]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "tax.settings.updated", "object": {}},
        {"type": "account.updated", "object": {"id": "acct_1SandboxPlatform"}},
        {"type": "account.updated", "object": {}, "account": "acct_of_a_stranger"},
        {"type": "checkout.session.completed", "object": {"metadata": {"funding_id": "17"}}},
        {"type": "checkout.session.completed", "object": {"metadata": None}},
        {"type": "refund.updated", "object": {"id": "re_1"}},
    ],
)
def test_a_webhook_about_nothing_of_ours_is_handled_and_done_with(
    world: World, event: dict[str, object]
) -> None:
    world.sandbox.control("events", event)
    world.webhooks()
    world.drain()

    assert world.later == []
    row = world.session.scalars(select(InboxMessage)).one()
    assert row.handled_at is not None


def test_a_transfer_of_another_installation_is_left_alone(road: Road, skip: Skip) -> None:
    account = road.payable()
    skip(HOLD)
    road.world.sandbox.client().v1.transfers.create(
        {
            "amount": 777,
            "currency": "usd",
            "destination": str(account.stripe_account_id),
            "metadata": {"call_id": str(uuid4())},
        }
    )

    road.world.webhooks()
    road.world.drain()

    rows = road.session.scalars(select(InboxMessage.handled_at)).all()
    assert None not in rows


def test_a_webhook_that_cannot_be_handled_is_rung_for_three_days(world: World, skip: Skip) -> None:
    world.sandbox.control("events", {"type": "transfer.created", "object": {"id": "tr_1"}})
    world.script(path="/v1/transfers/tr_1", status=503, times=100)
    world.webhooks()
    world.drain(twice=False)
    assert world.later == ["inbox-handle_webhook"]

    skip(timedelta(minutes=2))
    world.sweep(inbox_jobs.ring_waiting_webhooks)
    world.drain(twice=False)
    assert world.done["inbox-handle_webhook"] == 2
    skip(timedelta(days=3))
    world.sweep(inbox_jobs.ring_waiting_webhooks)
    world.drain(twice=False)
    assert world.done["inbox-handle_webhook"] == 2


def test_a_webhook_whose_ring_was_lost_is_rung_again(road: Road, skip: Skip) -> None:
    asked = road.ask_for_money()
    road.pay(asked)
    road.world.webhooks()
    road.world.lose()
    skip(timedelta(minutes=2))

    road.world.sweep(inbox_jobs.ring_waiting_webhooks)
    road.world.drain()

    assert road.session.get_one(Funding, asked.id).state is FundingState.PAID


def test_a_call_rung_by_many_is_sent_once(road: Road, skip: Skip) -> None:
    road.payable()
    skip(HOLD)
    road.release()
    call = road.call(CallKind.TRANSFER)

    for _ in range(3):
        road.world.perform(processor_jobs.make_call, CallDue(call_id=call.id))

    assert len(road.attempts(call)) == 1
    assert road.session.scalars(select(Earning.state)).all() == [EarningState.PAID]
