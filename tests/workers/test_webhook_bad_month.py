"""A month in which money comes late, comes back and is taken back, told again in any order."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.funding import service as funding
from marketplace.funding.models import Chargeback, FraudWarning, Funding, Refund
from marketplace.funding.rules import ChargebackState, FundingState, RefundState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.ledger.models import Posting
from marketplace.payouts import service as payouts
from marketplace.payouts.models import PayoutReversal
from marketplace.payouts.rules import PayoutState, ReversalState
from marketplace.reconciliation import checks, queries
from marketplace.store.inbox import InboxMessage, InboxState
from marketplace.treasury import service as treasury
from marketplace.treasury.models import BankMove
from marketplace.treasury.rules.own_money import BankMoveState
from tests.workers.conftest import Skip, World
from tests.workers.retelling import afresh, books, tell
from tests.workers.road import Road, make_road, usd
from workers import housekeeping
from workers.queues import QueueName
from workers.schedule import SCHEDULE

pytestmark = pytest.mark.slow

DISPUTED: Final = "4000000000000259"
WARNED: Final = "4000000000005423"
HOLD: Final = timedelta(days=8)
SWEEPS: Final = tuple(
    entry.sweep
    for entry in SCHEDULE
    if entry.queue is QueueName.MONEY and entry.sweep is not housekeeping.begin_check
)
"""All that the clock does about money."""
WEEK: Final = timedelta(days=6)


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    return make_road(world, acme, alice, bea)


class Told(StrEnum):
    """How we hear of what happens."""

    BY_WEBHOOK = "by webhook"
    WHEN_ASKED = "the processor keeps what it could not deliver, and lists it"
    NOT_AT_ALL = "by our own sweeps alone"


def walk_a_bad_month(road: Road, staff: Actor, skip: Skip, how: Told = Told.BY_WEBHOOK) -> None:
    """Pay a creator and take a part back; two chargebacks, a warning, two debits, a refund that
    fails, a top-up and a payout of our own.
    """
    bank = road.world.sandbox

    def carry_on() -> None:
        skip(timedelta(minutes=3))
        if how is Told.BY_WEBHOOK:
            road.world.webhooks()
            road.world.drain()
        elif how is Told.WHEN_ASKED:
            for event in bank.store.newest("event"):
                bank.store.put("event", event["id"], {**event, "pending_webhooks": 1})
        for sweep in SWEEPS:
            road.world.sweep(sweep)
            road.world.drain(twice=False)

    def pay(card: str) -> None:
        asked = road.ask_for_money()
        assert asked.checkout_url is not None
        assert bank.pay(asked.checkout_url, card=card).status_code == 303
        carry_on()

    def debit(number: str) -> None:
        asked = road.ask_for_money()
        assert asked.checkout_url is not None
        assert bank.order_debit(asked.checkout_url, bank=number).status_code == 303
        carry_on()

    pay("4242424242424242")
    road.accept(road.agree())
    road.finish_account(road.open_account())
    carry_on()
    skip(HOLD)
    carry_on()
    payouts.ask_reversal(
        road.session,
        actor=staff,
        payout_id=road.payout().id,
        amount=usd(8_000),
        reason="Wrong account.",
        now=utc_now(),
    )
    road.world.drain()
    carry_on()
    for ending in ("win", "lose"):
        pay(DISPUTED)
        (dispute,) = [d for d in bank.store.newest("dispute") if d["status"] == "needs_response"]
        bank.bank("dispute", dispute["id"], ending)
        carry_on()
    pay(WARNED)
    debit("000123456789")
    debit("000222222227")
    skip(WEEK)
    carry_on()
    funding.take_back(
        road.session,
        actor=road.owner,
        campaign_id=road.campaign.id,
        budget=usd(20_000),
        asked_as=uuid4(),
        now=utc_now(),
    )
    road.world.drain()
    carry_on()
    (refund,) = bank.store.newest("refund")
    bank.bank("refund", refund["id"], "fail")
    carry_on()
    treasury.ask_topup(road.session, actor=staff, amount=usd(50_000), now=utc_now())
    road.world.drain()
    skip(WEEK)
    road.reconcile()  # its reading lets the sandbox's time pass
    carry_on()
    out = treasury.ask_payout(road.session, actor=staff, amount=usd(20_000), now=utc_now())
    road.world.drain()
    road.session.refresh(out)
    bank.control("bank", {"press": "payout_paid", "id": str(out.stripe_id)})
    carry_on()
    carry_on()


def assert_it_ended_as_it_should(road: Road) -> None:
    said: Mapping[Any, list[object]] = {
        Chargeback.state: [ChargebackState.LOST, ChargebackState.WON],
        BankMove.state: [BankMoveState.ARRIVED, BankMoveState.ARRIVED],
        PayoutReversal.state: [ReversalState.DONE],
    }
    for column, wanted in said.items():
        assert sorted(road.session.scalars(select(column))) == wanted
    assert len(road.session.scalars(select(FraudWarning)).all()) == 1
    assert road.payout().state is PayoutState.PARTLY_REVERSED
    fundings = list(road.session.scalars(select(Funding.state)))
    assert (fundings.count(FundingState.FAILED), len(fundings)) == (1, 6)
    assert RefundState.CAME_BACK in set(road.session.scalars(select(Refund.state)))
    road.reconcile()
    assert [found.detail for found in queries.open_breaks(road.session)] == []
    broken = [(each.name, each.findings) for each in checks.run_all(road.session) if each.broken]
    assert broken == []


KINDS: Final = frozenset(
    {
        "charge.dispute.created",
        "charge.dispute.closed",
        "radar.early_fraud_warning.created",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "refund.failed",
        "transfer.reversed",
        "topup.succeeded",
        "payout.paid",
    }
)


def test_a_bad_month_told_again_in_any_order_adds_no_entry(
    road: Road, stella: Actor, skip: Skip
) -> None:
    walk_a_bad_month(road, stella, skip)
    written = books(road)
    newest_first = road.world.sandbox.store.newest("event")
    assert {event["type"] for event in newest_first} >= KINDS
    mixed = afresh(newest_first)
    random.Random(20261126).shuffle(mixed)

    tell(road, newest_first)
    tell(road, afresh(reversed(newest_first)))
    skip(timedelta(days=3))
    tell(road, mixed)

    assert books(road) == written
    assert InboxState.WAITING not in set(road.session.scalars(select(InboxMessage.state)))
    assert_it_ended_as_it_should(road)


def moved(road: Road) -> dict[str, tuple[int, int]]:
    """Every kind of posting there is: how many, and how much together."""
    rows = road.session.execute(
        select(
            Posting.kind,
            Posting.debit_code,
            Posting.credit_code,
            func.count(),
            func.sum(Posting.amount_minor),
        ).group_by(Posting.kind, Posting.debit_code, Posting.credit_code)
    )
    return {
        f"{kind} {debit.value}/{credit.value}": (count, int(total))
        for kind, debit, credit, count, total in rows
    }


MONTH: Final = {
    "allocate 2010/2020": (5, 550_000),
    "chargeback_lost 2025/1120": (1, 110_000),
    "chargeback_withdrawn 1120/1010": (2, 220_000),
    "chargeback_withdrawn 2020/2025": (2, 220_000),
    "chargeback_withdrawn 5020/1010": (2, 3_000),
    "chargeback_won 1010/1120": (1, 110_000),
    "chargeback_won 2025/2020": (1, 110_000),
    "commit 2020/2030": (1, 40_000),
    "earn 2030/2040": (1, 38_000),
    "earn 2030/4010": (1, 2_000),
    "earn 2100/4010": (1, 4_000),
    "fee 2020/2100": (5, 50_000),
    "fee_return 2100/2020": (1, 13_000),
    "freeze 2020/2025": (1, 110_000),
    "fund 1010/2010": (5, 550_000),
    "fund 5010/1010": (5, 13_380),
    "mature 2040/2050": (1, 38_000),
    "payout_reserve 2050/2060": (1, 38_000),
    "payout_settle 2060/1010": (1, 38_000),
    "platform_payout_arrived 1030/1020": (1, 20_000),
    "platform_payout_sent 1020/1010": (1, 20_000),
    "refund_failed 1010/2010": (1, 33_000),
    "refund_hold 2020/2070": (1, 33_000),
    "refund_paid 2070/1010": (1, 33_000),
    "topup_arrived 1010/1050": (1, 50_000),
    "topup_sent 1050/1030": (1, 50_000),
    "transfer_reversal 1010/2050": (1, 8_000),
}


@pytest.mark.parametrize("how", list(Told))
def test_a_bad_month_ends_in_the_same_books_however_we_hear_of_it(
    road: Road, stella: Actor, skip: Skip, how: Told
) -> None:
    walk_a_bad_month(road, stella, skip, how)

    assert moved(road) == MONTH
    assert_it_ended_as_it_should(road)
