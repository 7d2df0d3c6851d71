"""A month of webhooks, told again, in any order, early and late: the books stay as they are."""

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
from marketplace.processor import service as processor
from marketplace.processor.rules import CallKind
from marketplace.store import inbox
from marketplace.store.inbox import InboxMessage, InboxState
from tests.workers.conftest import Skip, World
from tests.workers.retelling import afresh, books, tell
from tests.workers.road import Road, make_road
from workers import funding as funding_jobs
from workers import inbox as inbox_jobs
from workers import payout_accounts as account_jobs
from workers import payouts as payout_jobs
from workers import processor as processor_jobs

HOLD = timedelta(days=8)
LATE = timedelta(days=3)


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    return make_road(world, acme, alice, bea)


def walk_a_month(road: Road, skip: Skip, *, hear: bool) -> None:
    """Fund, pay out twice, have the account restricted and restored, refund the rest.

    hear: webhooks come in as they happen; otherwise the sweeps find everything.
    """

    def carry_on() -> None:
        if hear:
            road.world.webhooks()
            road.world.drain()
        road.world.sweep(
            processor_jobs.ring_due_calls,
            funding_jobs.ring_open_money_in,
            account_jobs.refresh_accounts_not_ready,
            payout_jobs.pay_everybody,
        )
        road.world.drain()

    asked = road.ask_for_money()
    road.pay(asked)
    skip(timedelta(minutes=5))
    carry_on()
    account = road.open_account()
    road.finish_account(account)
    carry_on()
    road.accept(road.agree())
    skip(HOLD)
    road.release()
    carry_on()
    for state in ("inactive", "active"):
        road.world.sandbox.control(
            f"accounts/{account.stripe_account_id}/transfers", {"state": state}
        )
        carry_on()
    campaigns.close(road.session, campaign_id=road.campaign.id, actor=road.owner, now=utc_now())
    funding.refund_unspent(
        road.session, actor=road.owner, campaign_id=road.campaign.id, now=utc_now()
    )
    carry_on()
    skip(timedelta(minutes=10))
    carry_on()


def assert_it_ended_well(road: Road) -> None:
    assert road.payout().state is PayoutState.SETTLED
    assert len(road.transfers()) == 1
    assert set(road.session.scalars(select(Funding.state))) == {FundingState.PAID}
    assert set(road.session.scalars(select(Refund.state))) == {RefundState.PAID}
    road.assert_all_agrees()


def test_a_month_told_again_twice_in_reverse_and_three_days_late_adds_no_entry(
    road: Road, skip: Skip
) -> None:
    walk_a_month(road, skip, hear=True)
    written = books(road)
    newest_first = road.world.sandbox.store.newest("event")
    kinds = {event["type"] for event in newest_first}
    assert {"checkout.session.completed", "transfer.created", "account.updated"} <= kinds
    assert {kind for kind in kinds if kind.startswith("refund.")}

    tell(road, newest_first)
    tell(road, afresh(newest_first))
    tell(road, afresh(reversed(newest_first)))
    skip(LATE)
    tell(road, afresh(newest_first))

    assert books(road) == written
    assert_it_ended_well(road)


def test_a_month_that_nobody_heard_of_and_that_is_told_late_and_backwards_adds_no_entry(
    road: Road, skip: Skip
) -> None:
    walk_a_month(road, skip, hear=False)
    written = books(road)
    assert road.session.scalars(select(InboxMessage)).all() == []

    skip(LATE)
    tell(road, road.world.sandbox.store.newest("event"))

    assert books(road) == written
    assert InboxState.WAITING not in set(road.session.scalars(select(InboxMessage.state)))
    assert_it_ended_well(road)


def test_a_transfer_told_before_its_answer_is_recorded_is_booked_once(
    road: Road, skip: Skip
) -> None:
    road.payable()
    skip(HOLD)
    road.world.sweep(payout_jobs.release_fees)
    creator_id = road.creator.creator_id
    assert creator_id is not None
    road.world.perform(payout_jobs.gather_payouts, PayoutsWanted(creator_id=creator_id))
    call_id = road.call(CallKind.TRANSFER).id
    claimed = processor.claim(road.session, call_id=call_id, now=utc_now())
    assert claimed is not None
    road.session.commit()
    answer = road.world.run().gateways.payments.send(claimed)

    tell(road, road.world.sandbox.store.newest("event"))
    assert road.payout().state is PayoutState.SETTLED
    written = books(road)
    ended = processor.record(road.session, instruction=claimed, answer=answer, now=utc_now())

    assert ended is None
    assert books(road) == written
    assert len(road.transfers()) == 1
    road.assert_all_agrees()


def test_handling_everything_again_by_hand_adds_no_entry(road: Road, skip: Skip) -> None:
    walk_a_month(road, skip, hear=True)
    written = books(road)

    for inbox_id in road.session.scalars(select(InboxMessage.id)).all():
        inbox.handle_again(road.session, inbox_id)
    road.world.drain()

    assert books(road) == written
    assert_it_ended_well(road)


def test_what_we_do_not_need_is_kept_and_said_to_need_nothing(world: World) -> None:
    world.sandbox.control("events", {"type": "tax.settings.updated", "object": {"id": "tx_1"}})
    world.webhooks()
    world.drain()

    (kept,) = world.session.scalars(select(InboxMessage)).all()
    assert (kept.kind, kept.state, kept.failure) == (
        "tax.settings.updated",
        InboxState.UNUSED,
        None,
    )


def test_news_of_an_account_that_no_creator_has_is_put_aside(road: Road) -> None:
    stranger = road.world.sandbox.client().v2.core.accounts.create(
        {"contact_email": "else@example.test", "configuration": {"recipient": {}}}
    )
    road.world.sandbox.control(f"accounts/{stranger.id}/transfers", {"state": "active"})
    road.world.webhooks()
    road.world.drain()

    (kept,) = road.session.scalars(select(InboxMessage)).all()
    assert (kept.state, kept.account, kept.failure) == (
        InboxState.ASIDE,
        stranger.id,
        f"No creator has the account {stranger.id}",
    )
    assert road.entries() == 0


def test_a_webhook_that_cannot_be_handled_says_why_until_it_can(road: Road, skip: Skip) -> None:
    road.finish_account(road.open_account())
    # The library asks three times.
    trouble = {"path": "/v2/core/accounts/*", "method": "GET", "status": 503, "saved": False}
    road.world.script(**trouble, times=3)
    road.world.webhooks()
    road.world.drain(twice=False)
    (kept,) = road.session.scalars(select(InboxMessage)).all()
    assert (kept.state, kept.failure) == (
        InboxState.WAITING,
        "The processor did not answer: APIError",
    )
    assert inbox.stuck_count(road.session) == 1

    skip(timedelta(minutes=2))
    road.world.sweep(inbox_jobs.ring_waiting_webhooks)
    road.world.drain()

    road.session.refresh(kept)
    assert (kept.state, kept.failure) == (InboxState.HANDLED, None)
    assert inbox.stuck_count(road.session) == 0


GONE = "The processor does not know {} (any more): there is nothing to look at"


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("charge.dispute.created", "dp_gone"),
        ("radar.early_fraud_warning.created", "issfr_gone"),
        ("transfer.created", "tr_gone"),
    ],
)
def test_news_of_what_the_processor_no_longer_knows_is_put_aside_at_once(
    road: Road, skip: Skip, kind: str, gone: str
) -> None:
    road.world.sandbox.control("events", {"type": kind, "object": {"id": gone}})
    road.world.webhooks()
    road.world.drain()
    (kept,) = road.session.scalars(select(InboxMessage)).all()
    assert (kept.state, kept.failure) == (InboxState.ASIDE, GONE.format(gone))

    inbox.handle_again(road.session, kept.id)
    road.world.drain()
    skip(timedelta(minutes=5))
    handled = road.world.done["handle_webhook"]
    road.world.sweep(inbox_jobs.ring_waiting_webhooks)
    road.world.drain()

    road.session.refresh(kept)
    assert (kept.state, kept.failure) == (InboxState.ASIDE, GONE.format(gone))
    assert road.world.done["handle_webhook"] == handled
    assert (road.world.later, road.entries()) == ([], 0)


def test_a_payment_to_a_creators_bank_that_is_gone_is_put_aside(road: Road) -> None:
    account = road.open_account()
    event = {"type": "payout.paid", "object": {"id": "po_gone"}}
    road.world.sandbox.control("events", {**event, "account": account.stripe_account_id})
    road.world.webhooks()
    road.world.drain()

    kept = road.session.scalars(
        select(InboxMessage).where(InboxMessage.kind == "payout.paid")
    ).one()
    assert (kept.state, kept.failure) == (InboxState.ASIDE, GONE.format("po_gone"))
