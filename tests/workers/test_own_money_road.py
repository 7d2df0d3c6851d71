"""Our own money through the sandbox: calls, webhooks, sweeps and the statement, all real."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code
from marketplace.notifications.models import Notification
from marketplace.reconciliation import checks, queries
from marketplace.treasury import service as treasury
from marketplace.treasury.models import BankMove
from marketplace.treasury.rules.own_money import BankMoveState
from tests.factories.campaigns import make_campaign
from tests.factories.money import pay_in
from tests.workers.conftest import Skip, World
from workers import processor as processor_jobs
from workers import reconciliation as reconciliation_jobs
from workers import treasury as treasury_jobs

S = BankMoveState


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def balance(world: World, code: Code) -> int:
    return ledger.balance_of(world.session, AccountRef(code), currency="USD").minor


def now(world: World, move: BankMove) -> BankMoveState:
    world.session.expire_all()
    return world.session.get_one(BankMove, move.id).state


def top_up(world: World, by: Actor, minor: int = 50_000) -> BankMove:
    move = treasury.ask_topup(world.session, actor=by, amount=usd(minor), now=utc_now())
    world.drain()
    return move


def settle(world: World) -> None:
    """Hear every webhook twice, and do what follows from it."""
    for again in (False, True):
        world.webhooks(again=again)
        world.drain()


def green(world: World) -> None:
    world.sweep(reconciliation_jobs.reconcile, reconciliation_jobs.reconcile)
    assert queries.open_breaks(world.session) == []
    assert [r.name for r in checks.run_all(world.session) if r.broken] == []


def test_a_top_up_comes_and_goes_out_again_as_a_payout(
    world: World, stella: Actor, skip: Skip
) -> None:
    up = top_up(world, stella)
    assert now(world, up) is S.UNDER_WAY
    skip(timedelta(days=2))
    world.sweep(treasury_jobs.ring_open_moves)
    settle(world)
    assert now(world, up) is S.ARRIVED
    green(world)

    out = treasury.ask_payout(world.session, actor=stella, amount=usd(50_000), now=utc_now())
    world.drain()
    assert now(world, out) is S.UNDER_WAY
    world.sandbox.control("bank", {"press": "payout_paid", "id": str(out.stripe_id)})
    settle(world)

    assert now(world, out) is S.ARRIVED
    assert (balance(world, Code.PROCESSOR_BALANCE), balance(world, Code.BANK_OPERATING)) == (0, 0)
    assert len(world.sandbox.store.newest("payout")) == 1
    green(world)


def test_a_payout_that_fails_after_it_arrived_is_back_and_told(
    world: World, stella: Actor, skip: Skip
) -> None:
    top_up(world, stella)
    skip(timedelta(days=2))
    world.sweep(treasury_jobs.ring_open_moves)
    settle(world)
    out = treasury.ask_payout(world.session, actor=stella, amount=usd(20_000), now=utc_now())
    world.drain()
    for press in ("payout_paid", "payout_failed"):
        world.sandbox.control("bank", {"press": press, "id": str(out.stripe_id)})
        world.webhooks()
        world.drain(mail=True)

    assert now(world, out) is S.FAILED
    assert (balance(world, Code.PROCESSOR_BALANCE), balance(world, Code.BANK_OPERATING)) == (
        50_000,
        -50_000,
    )
    told = world.session.scalars(
        select(Notification.title).where(Notification.user_id == stella.user_id)
    ).all()
    assert "The payout to our bank of USD 200.00 has failed" in told
    green(world)


def test_without_a_linked_bank_a_top_up_is_refused_in_plain_words(
    world: World, stella: Actor
) -> None:
    world.sandbox.control("bank", {"press": "linked_bank", "linked": False})

    move = top_up(world, stella)

    assert now(world, move) is S.REFUSED
    assert "no bank account for top-ups" in move.problem
    assert balance(world, Code.TOPUP_IN_FLIGHT) == 0


def test_an_answer_that_was_lost_is_one_payout(world: World, stella: Actor, skip: Skip) -> None:
    top_up(world, stella)
    skip(timedelta(days=2))
    world.sweep(treasury_jobs.ring_open_moves)
    settle(world)
    world.script(path="/v1/payouts", method="POST", drop="after")
    out = treasury.ask_payout(world.session, actor=stella, amount=usd(20_000), now=utc_now())
    world.drain()
    assert now(world, out) is S.REQUESTED

    skip(timedelta(minutes=1))
    world.sweep(treasury_jobs.ring_open_moves)
    world.sweep(processor_jobs.ring_due_calls)
    settle(world)

    assert now(world, out) is S.UNDER_WAY
    assert len(world.sandbox.store.newest("payout")) == 1
    green(world)


@pytest.mark.parametrize(("interval", "alarms"), [("manual", 0), ("daily", 1)])
def test_payouts_by_themselves_are_told_once_a_day(
    world: World, stella: Actor, interval: str, alarms: int
) -> None:
    world.sandbox.control("bank", {"press": "schedule", "interval": interval})

    world.sweep(treasury_jobs.check_schedule, treasury_jobs.check_schedule)

    found = world.session.scalars(
        select(Notification.title).where(Notification.kind == "payout_schedule")
    ).all()
    assert len(found) == alarms


def test_what_stripe_moves_by_itself_is_booked_and_the_unknown_is_a_break(
    world: World, stella: Actor, skip: Skip
) -> None:
    top_up(world, stella)
    skip(timedelta(days=2))
    world.sweep(treasury_jobs.ring_open_moves)
    settle(world)
    for kind, amount in (("stripe_fee", -200), ("reserve_hold", -900), ("moonlight", 700)):
        world.sandbox.control("bank", {"press": "movement", "type": kind, "amount": amount})

    world.sweep(reconciliation_jobs.reconcile, reconciliation_jobs.reconcile)

    assert balance(world, Code.PROCESSOR_FEES) == 200
    assert balance(world, Code.PROCESSOR_RESERVE) == 900
    assert balance(world, Code.SUSPENSE) == -700
    (found,) = queries.open_breaks(world.session)
    assert (found.kind.value, found.difference_minor) == ("unidentified", 700)
    assert [r.name for r in checks.run_all(world.session) if r.broken] == []


def test_money_that_lies_long_is_told_once_at_each_limit(
    world: World, acme: Brand, alice: Actor, stella: Actor, skip: Skip
) -> None:
    campaign = make_campaign(world.session, brand=acme, by=alice)
    pay_in(world.session, campaign, by=alice, at=utc_now())

    told = []
    for days in (59, 1, 1, 14):
        skip(timedelta(days=days))
        world.sweep(treasury_jobs.watch_ages, treasury_jobs.watch_ages)
        found = world.session.scalars(
            select(Notification.id).where(Notification.kind == "money_lies")
        )
        told.append(len(found.all()))

    assert told == [0, 1, 1, 2]
