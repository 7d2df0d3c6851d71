"""Payouts, top-ups and what Stripe moves by itself, through the real client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest
import stripe

from tests.gateways.sandbox_server import RunningSandbox
from tests.gateways.stripe_road import onboarded_account, paid_session

Skip = Callable[[timedelta], datetime]


@pytest.fixture
def rich(stripe_sandbox: RunningSandbox, skip: Skip) -> RunningSandbox:
    """A platform that has 970.70 available: 1,000.00 less the fee."""
    paid_session(stripe_sandbox)
    skip(timedelta(days=3))
    return stripe_sandbox


def held(client: stripe.StripeClient, account: str | None = None) -> int:
    options: dict[str, str] = {"stripe_account": account} if account else {}
    return sum(part.amount for part in client.v1.balance.retrieve({}, options).available)  # type: ignore[arg-type]


def kinds(sandbox: RunningSandbox) -> list[str]:
    return [event["type"] for event in reversed(sandbox.store.newest("event"))]


def moved(client: stripe.StripeClient, source: str) -> list[tuple[str, int]]:
    lines = client.v1.balance_transactions.list({"source": source}).data
    return [(line.type, line.net) for line in reversed(lines)]


def test_a_payout_leaves_at_once_and_arrives_by_the_clock(rich: RunningSandbox, skip: Skip) -> None:
    client = rich.client()
    before = held(client)

    made = client.v1.payouts.create({"amount": 20_000, "currency": "usd"})

    assert (made.status, held(client), before) == ("pending", 77_070, 97_070)
    skip(timedelta(days=1))
    assert client.v1.payouts.retrieve(made.id).status == "in_transit"
    skip(timedelta(days=1))
    assert client.v1.payouts.retrieve(made.id).status == "paid"
    assert moved(client, made.id) == [("payout", -20_000)]
    assert [k for k in kinds(rich) if k.startswith("payout")] == [
        "payout.created",
        "payout.updated",
        "payout.paid",
    ]


def test_a_payout_that_is_pending_can_be_cancelled_once(rich: RunningSandbox) -> None:
    client = rich.client()
    made = client.v1.payouts.create({"amount": 20_000, "currency": "usd"})

    assert client.v1.payouts.cancel(made.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="only be canceled while"):
        client.v1.payouts.cancel(made.id)

    assert held(client) == 97_070
    assert moved(client, made.id) == [("payout", -20_000), ("payout_cancel", 20_000)]


def test_a_payout_can_fail_after_it_was_paid(rich: RunningSandbox) -> None:
    client = rich.client()
    made = client.v1.payouts.create({"amount": 20_000, "currency": "usd"})

    for press in ("payout_paid", "payout_failed"):
        rich.control("bank", {"press": press, "id": made.id})

    now = client.v1.payouts.retrieve(made.id)
    assert (now.status, now.failure_code, held(client)) == ("failed", "account_closed", 97_070)
    assert moved(client, made.id) == [("payout", -20_000), ("payout_failure", 20_000)]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": 97_071, "currency": "usd"}, "balance_insufficient"),
        ({"amount": 0, "currency": "usd"}, "parameter_invalid_integer"),
        ({"amount": 100}, "parameter_missing"),
        ({"amount": 100, "currency": "usd", "who": "me"}, "parameter_unknown"),
    ],
)
def test_a_payout_that_cannot_be_is_refused_and_nothing_moves(
    rich: RunningSandbox, params: dict[str, object], code: str
) -> None:
    client = rich.client()

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payouts.create(params)  # type: ignore[arg-type]

    assert refusal.value.code == code
    assert (held(client), client.v1.payouts.list().data) == (97_070, [])


def test_a_top_up_comes_by_the_clock_and_can_be_taken_back(
    stripe_sandbox: RunningSandbox, skip: Skip
) -> None:
    client = stripe_sandbox.client()

    made = client.v1.topups.create({"amount": 50_000, "currency": "usd"})
    assert (made.status, held(client)) == ("pending", 0)
    skip(timedelta(days=2))
    assert client.v1.topups.retrieve(made.id).status == "succeeded"
    assert held(client) == 50_000

    stripe_sandbox.control("bank", {"press": "topup_reversed", "id": made.id})
    assert (client.v1.topups.retrieve(made.id).status, held(client)) == ("reversed", 0)
    assert moved(client, made.id) == [("topup", 50_000), ("topup_reversal", -50_000)]


def test_a_top_up_fails_or_is_cancelled_before_it_has_come(stripe_sandbox: RunningSandbox) -> None:
    client = stripe_sandbox.client()
    one, other = (client.v1.topups.create({"amount": 100, "currency": "usd"}).id for _ in range(2))

    stripe_sandbox.control("bank", {"press": "topup_failed", "id": one})
    client.v1.topups.cancel(other)

    states = [client.v1.topups.retrieve(each).status for each in (one, other)]
    assert (states, held(client)) == (["failed", "canceled"], 0)


def test_without_a_bank_account_there_is_no_top_up(stripe_sandbox: RunningSandbox) -> None:
    stripe_sandbox.control("bank", {"press": "linked_bank", "linked": False})

    with pytest.raises(stripe.InvalidRequestError, match="no bank account for top-ups"):
        stripe_sandbox.client().v1.topups.create({"amount": 100, "currency": "usd"})

    assert stripe_sandbox.store.newest("topup") == []


def test_the_payout_schedule_is_manual_until_it_is_set(stripe_sandbox: RunningSandbox) -> None:
    client = stripe_sandbox.client()

    def interval() -> str:
        # Read raw: the library cannot take the null that a map of these settings may be.
        answer = client.raw_request("get", "/v1/balance_settings").data
        return str(answer["payments"]["payouts"]["schedule"]["interval"])

    assert interval() == "manual"
    stripe_sandbox.control("bank", {"press": "schedule", "interval": "daily"})
    assert interval() == "daily"
    assert kinds(stripe_sandbox) == ["balance_settings.updated"]


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("stripe_fee", -200), ("reserve_hold", -900), ("moonlight_adjustment", 700)],
)
def test_stripe_moves_something_by_itself(
    stripe_sandbox: RunningSandbox, kind: str, amount: int
) -> None:
    client = stripe_sandbox.client()

    stripe_sandbox.control("bank", {"press": "movement", "type": kind, "amount": amount})

    (line,) = client.v1.balance_transactions.list().data
    assert (line.type, line.net, line.source, held(client)) == (kind, amount, None, amount)


def test_a_creators_bank_takes_the_money_out_of_a_reversals_reach(rich: RunningSandbox) -> None:
    client = rich.client()
    account = onboarded_account(rich)
    sent = client.v1.transfers.create({"amount": 30_000, "currency": "usd", "destination": account})
    client.v1.transfers.reversals.create(sent.id, {"amount": 10_000})

    rich.control("bank", {"press": "creator_payout", "id": account})

    assert held(client, account) == 0
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.transfers.reversals.create(sent.id, {"amount": 1})
    assert refusal.value.code == "balance_insufficient"
    bank = httpx.get(f"{rich.base_url}/sandbox/control/bank/{account}", trust_env=False)
    assert bank.json() == {"usd": 20_000}


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"press": "dance"}, 400),
        ({"press": "payout_paid", "id": "po_none"}, 404),
        ({"press": "movement", "type": "x", "amount": "much"}, 400),
        ({"press": "schedule", "interval": "hourly"}, 400),
    ],
)
def test_a_switch_that_is_not_there_is_refused(
    stripe_sandbox: RunningSandbox, wish: dict[str, object], status: int
) -> None:
    answer = httpx.post(
        f"{stripe_sandbox.base_url}/sandbox/control/bank", json=wish, trust_env=False
    )

    assert answer.status_code == status
    assert stripe_sandbox.store.newest("event") == []


def test_the_page_shows_what_is_under_way_and_lets_it_go_on(rich: RunningSandbox) -> None:
    made = rich.client().v1.payouts.create({"amount": 20_000, "currency": "usd"})
    page = f"{rich.base_url}/sandbox/bank/"
    assert "$200.00" in httpx.get(page, trust_env=False).text

    form = {"press": "payout_paid", "id": made.id}
    assert httpx.post(page, data=form, trust_env=False).status_code == 303

    assert rich.client().v1.payouts.retrieve(made.id).status == "paid"
    assert httpx.post(page, data=form, trust_env=False).status_code == 400
