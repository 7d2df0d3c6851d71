"""Accounts that pause, go on, close and are opened anew; banks that send money back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.notifications.models import Notification
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import BankPayout, Payout, PayoutAccount
from marketplace.payouts.ports import AccountFacts
from marketplace.payouts.rules import PayoutState
from marketplace.payouts.rules.accounts import BankState
from marketplace.processor.ports import Endpoint
from marketplace.store.inbox import InboxMessage, InboxState
from tests.workers.conftest import Skip, World
from tests.workers.road import NET, Road, make_road, usd
from workers import inbox as inbox_jobs
from workers import payout_accounts as account_jobs
from workers import payouts as payout_jobs

HOLD = timedelta(days=8)


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    return make_road(world, acme, alice, bea)


def hear(road: Road) -> None:
    road.world.webhooks()
    road.world.drain(mail=True)


def switch(road: Road, account: PayoutAccount, state: str, **more: object) -> None:
    path = f"accounts/{account.stripe_account_id}/transfers"
    road.world.sandbox.control(path, {"state": state, **more})


def pay_bank(road: Road, account: PayoutAccount) -> str:
    """What the processor does every day: everything in the account goes to its owner's bank."""
    wish: dict[str, object] = {"press": "creator_payout", "id": account.stripe_account_id}
    return str(road.world.sandbox.control("bank", wish)["id"])


def told(road: Road, *kinds: str) -> list[tuple[str, str]]:
    rows = road.session.execute(
        select(Notification.title, Notification.text)
        .where(Notification.kind.in_(kinds), Notification.user_id == road.creator.user_id)
        .order_by(Notification.id)
    )
    return [(title, text) for title, text in rows]


def test_a_restriction_pauses_payouts_and_its_end_lets_them_go_on_by_themselves(
    road: Road, skip: Skip
) -> None:
    account = road.payable()
    switch(road, account, "inactive", due=["individual.verification.document"], overdue=True)
    hear(road)
    road.session.refresh(account)
    assert (account.transfers_active, account.paused_at is None) == (False, False)
    assert [each.sentence for each in account.asked] == ["Upload a passport or identity card."]
    skip(HOLD)
    road.release()
    assert road.sums() == [usd(0), usd(NET), usd(0), usd(0)]
    assert road.transfers() == []

    switch(road, account, "active")
    hear(road)

    assert road.sums() == [usd(0), usd(0), usd(0), usd(NET)]
    road.session.refresh(account)
    assert (account.paused_at, account.asked) == (None, [])
    assert told(road, "payout_account_paused", "payout_account_ready") == [
        (
            "Payouts to you are paused",
            "Upload a passport or identity card. Your money is safe with us and goes out by"
            " itself after that.",
        ),
        ("Your payout account is ready", "What is payable goes out to it by itself."),
    ]
    road.assert_all_agrees()


def test_each_pause_is_told_once_however_often_it_is_heard_of(road: Road, skip: Skip) -> None:
    account = road.payable()
    for _ in range(2):
        switch(road, account, "inactive")
        hear(road)
        road.world.sweep(account_jobs.refresh_accounts_not_ready, account_jobs.ring_accounts)
        road.world.webhooks(again=True)
        road.world.drain(mail=True)
        skip(timedelta(hours=1))
        switch(road, account, "active")
        hear(road)

    assert [title for title, _ in told(road, "payout_account_paused")] == [
        "Payouts to you are paused"
    ] * 2


def test_a_pause_whose_webhook_was_lost_is_found_within_a_day(road: Road, skip: Skip) -> None:
    account = road.payable()
    switch(road, account, "inactive")
    skip(timedelta(days=1))

    road.world.sweep(account_jobs.ring_accounts)
    road.world.drain()

    road.session.refresh(account)
    assert (account.transfers_active, account.paused_at is None) == (False, False)


def test_older_facts_do_not_undo_newer_ones(road: Road) -> None:
    account = road.payable()
    assert account.stripe_account_id is not None
    assert account.checked_at is not None
    stale = AccountFacts(account.stripe_account_id, transfers_active=False)

    payouts.record_account(road.session, facts=stale, now=account.checked_at - timedelta(seconds=1))

    assert account.transfers_active is True
    assert account.paused_at is None


def test_a_deadline_that_has_not_come_stops_nothing(road: Road, skip: Skip) -> None:
    account = road.payable()
    until = datetime(2030, 1, 1, tzinfo=UTC)
    due = ["individual.id_number"]
    switch(road, account, "active", due=due, deadline=int(until.timestamp()))
    hear(road)
    skip(HOLD)
    road.release()

    road.session.refresh(account)
    assert [(each.sentence, each.due_at) for each in account.asked] == [
        ("Give your tax or identity number.", until)
    ]
    assert road.sums() == [usd(0), usd(0), usd(0), usd(NET)]


def test_an_account_that_was_disconnected_is_closed_and_another_can_be_opened(
    road: Road, skip: Skip
) -> None:
    lost = road.payable()
    road.world.sandbox.control(f"accounts/{lost.stripe_account_id}/disconnect")
    hear(road)
    skip(HOLD)
    road.release()
    road.session.refresh(lost)
    assert lost.closed_at is not None
    assert lost.transfers_active is False
    assert told(road, "payout_account_closed") == [
        (
            "Set up a new payout account",
            "Your payout account cannot be used. It was closed or disconnected from us at Stripe."
            " Your money is safe with us until there is a new one.",
        )
    ]
    assert road.sums() == [usd(0), usd(NET), usd(0), usd(0)]

    fresh = road.open_account()
    assert fresh.id != lost.id
    assert road.open_account().id == fresh.id
    road.finish_account(fresh)
    hear(road)

    assert road.sums() == [usd(0), usd(0), usd(0), usd(NET)]
    assert road.payout().payout_account_id == fresh.id
    assert road.banked(fresh) == {"usd": NET}
    road.assert_all_agrees()


def test_a_country_that_the_processor_refuses_closes_the_account_and_says_why(
    road: Road,
) -> None:
    road.world.script(
        path="/v2/core/accounts", method="POST", status=400, code="country_unsupported"
    )
    refused = payouts.open_account(
        road.session, actor=road.creator, country="US", email="bea@example.test", now=utc_now()
    )
    road.world.drain(mail=True)

    road.session.refresh(refused)
    assert refused.stripe_account_id is None
    assert refused.closed_at is not None
    assert refused.problem != ""
    assert [title for title, _ in told(road, "payout_account_closed")] == [
        "Set up a new payout account"
    ]
    assert road.open_account().id != refused.id


def test_a_transfer_to_an_account_that_was_stopped_meanwhile_comes_back_and_goes_out_later(
    road: Road, skip: Skip
) -> None:
    account = road.payable()
    switch(road, account, "inactive")
    skip(HOLD)
    road.release()
    assert road.payout().state is PayoutState.RETURNED
    road.session.refresh(account)
    assert account.transfers_active is False

    skip(timedelta(hours=2))
    switch(road, account, "active")
    hear(road)

    states = road.session.scalars(select(Payout.state).order_by(Payout.reserved_at)).all()
    assert states == [PayoutState.RETURNED, PayoutState.SETTLED]
    assert road.banked(account) == {"usd": NET}
    road.assert_all_agrees()


def test_what_a_bank_sends_back_is_told_and_booked_nowhere(road: Road, skip: Skip) -> None:
    account = road.payable()
    skip(HOLD)
    road.release()
    entries = road.entries()
    payout_id = pay_bank(road, account)
    hear(road)
    (kept,) = queries.bank_payouts_of(road.session, account.creator_id)
    assert (kept.state, kept.amount) == (BankState.PENDING, usd(NET))

    for press in ("payout_paid", "payout_failed"):
        skip(timedelta(hours=1))
        road.world.sandbox.control("bank", {"press": press, "id": payout_id})
        hear(road)
    road.world.webhooks(again=True)
    road.world.drain(mail=True)

    road.session.refresh(kept)
    assert (kept.state, kept.reason) == (
        BankState.FAILED,
        "The bank says that this account is closed.",
    )
    assert told(road, "bank_payout_failed") == [
        (
            "Your bank sent back USD 380.00",
            "The bank says that this account is closed. The money is in your account at Stripe."
            " Fix your bank account there; then Stripe sends it again.",
        )
    ]
    assert road.payout().state is PayoutState.SETTLED
    assert road.entries() == entries
    road.assert_all_agrees()


def test_what_a_bank_sends_back_is_found_when_its_webhooks_were_lost(
    road: Road, skip: Skip
) -> None:
    account = road.payable()
    skip(HOLD)
    road.release()
    payout_id = pay_bank(road, account)
    road.world.sandbox.control("bank", {"press": "payout_failed", "id": payout_id})
    store = road.world.sandbox.store
    for event in store.newest("event"):
        if event.get("account") == account.stripe_account_id:
            store.put("event", event["id"], {**event, "pending_webhooks": 1})

    for _ in range(2):
        road.world.sweep(inbox_jobs.fetch_undelivered)
        road.world.drain(mail=True)

    (kept,) = road.session.scalars(select(BankPayout)).all()
    assert kept.state is BankState.FAILED
    assert len(told(road, "bank_payout_failed")) == 1
    found = road.session.execute(
        select(InboxMessage.sender, InboxMessage.account, InboxMessage.state).where(
            InboxMessage.kind == "payout.failed"
        )
    ).all()
    assert [tuple(row) for row in found] == [
        (Endpoint.CONNECT, account.stripe_account_id, InboxState.HANDLED)
    ]


def test_an_account_that_we_may_not_see_any_more_has_nothing_to_fetch(
    road: Road, skip: Skip
) -> None:
    account = road.open_account()
    road.world.sandbox.control(f"accounts/{account.stripe_account_id}/disconnect")

    road.world.sweep(inbox_jobs.fetch_undelivered)
    road.world.drain()

    assert road.world.later == []
    assert road.session.scalars(select(InboxMessage)).all() == []


def test_a_failure_told_before_the_arrival_that_came_earlier_stays_a_failure(
    road: Road, skip: Skip
) -> None:
    account = road.payable()
    skip(HOLD)
    road.release()
    payout_id = pay_bank(road, account)
    for press in ("payout_paid", "payout_failed"):
        road.world.sandbox.control("bank", {"press": press, "id": payout_id})
    events = [
        event
        for event in road.world.sandbox.store.newest("event")
        if event["type"].startswith("payout.")
    ]

    for event in events:  # the newest first
        road.world.hook(event)
        road.world.drain()

    (kept,) = road.session.scalars(select(BankPayout)).all()
    assert kept.state is BankState.FAILED


def test_a_first_account_that_becomes_ready_is_told_once(road: Road) -> None:
    account = road.open_account()
    road.finish_account(account)
    for again in (False, True):
        road.world.webhooks(again=again)
        road.world.sweep(account_jobs.ring_accounts, payout_jobs.pay_everybody)
        road.world.drain(mail=True)

    road.session.refresh(account)
    assert account.ready_at is not None
    assert account.ready_at <= utc_now()
    assert told(road, "payout_account_ready") == [
        ("Your payout account is ready", "What is payable goes out to it by itself.")
    ]
