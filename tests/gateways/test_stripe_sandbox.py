"""Money in the Stripe sandbox: checkout, balances, transfers, reversals, refunds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest
import stripe

from marketplace.sandbox.stripe_money import card_fee
from tests.gateways.sandbox_server import RunningSandbox
from tests.gateways.stripe_road import (
    onboarded_account,
    onboarding_link,
    paid_session,
    recipient_params,
    session_params,
)

Skip = Callable[[timedelta], datetime]
TWO_DAYS = timedelta(days=2)


def balance(
    client: stripe.StripeClient, currency: str = "usd", account: str | None = None
) -> tuple[int, int]:
    """Available and pending."""
    options: stripe.RequestOptions = {"stripe_account": account} if account else {}
    found = client.v1.balance.retrieve(options=options)
    return (
        next(line.amount for line in found.available if line.currency == currency),
        next(line.amount for line in found.pending if line.currency == currency),
    )


@pytest.mark.parametrize(
    ("amount", "fee"),
    [(100_000, 2_930), (50, 31), (1_000, 59), (517, 45), (500, 45), (18, 31), (17, 30)],
)
def test_the_card_fee_is_2_9_percent_rounded_half_up_and_30(amount: int, fee: int) -> None:
    assert card_fee(amount) == fee


def test_a_paid_checkout_makes_a_charge_whose_balance_transaction_carries_fee_and_net(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    session = paid_session(
        stripe_sandbox,
        100_000,
        metadata={"op_id": "op-1"},
        client_reference_id="funding-1",
        payment_intent_data={"transfer_group": "campaign-1", "metadata": {"op_id": "op-1"}},
    )
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.client_reference_id == "funding-1"
    assert session.customer_details is not None
    assert session.customer_details.email == "buyer@example.com"
    intent = stripe_client.v1.payment_intents.retrieve(
        str(session.payment_intent), {"expand": ["latest_charge.balance_transaction"]}
    )
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    line = charge.balance_transaction
    assert isinstance(line, stripe.BalanceTransaction)
    assert (intent.status, intent.amount_received, intent.metadata["op_id"]) == (
        "succeeded",
        100_000,
        "op-1",
    )
    assert (charge.paid, charge.transfer_group, charge.payment_intent) == (
        True,
        "campaign-1",
        intent.id,
    )
    assert (line.type, line.reporting_category, line.source) == ("charge", "charge", charge.id)
    assert (line.amount, line.fee, line.net, line.status) == (100_000, 2_930, 97_070, "pending")
    assert line.available_on == line.created + 2 * 24 * 60 * 60
    assert [(part.type, part.amount) for part in line.fee_details] == [("stripe_fee", 2_930)]


def test_the_yen_fee_is_counted_in_yen(stripe_sandbox: RunningSandbox) -> None:
    paid_session(stripe_sandbox, 10_000, currency="jpy")
    assert balance(stripe_sandbox.client(), "jpy") == (0, 9_680)


def test_charged_money_is_pending_for_two_days_and_available_then(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    paid_session(stripe_sandbox, 100_000)
    assert balance(stripe_client) == (0, 97_070)
    skip(TWO_DAYS - timedelta(minutes=1))
    assert balance(stripe_client) == (0, 97_070)
    skip(timedelta(minutes=1))
    assert balance(stripe_client) == (97_070, 0)
    assert stripe_client.v1.balance_transactions.list().data[0].status == "available"


def test_pressing_pay_twice_charges_once_and_says_so(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    session = stripe_client.v1.checkout.sessions.create(session_params())
    assert session.url is not None
    first = stripe_sandbox.pay(session.url)
    second = stripe_sandbox.pay(session.url)
    third = httpx.get(session.url, trust_env=False)
    assert first.headers["Location"] == f"http://127.0.0.1:9/funded?session={session.id}"
    assert (second.status_code, third.status_code) == (200, 200)
    assert "already paid" in second.text
    assert "already paid" in third.text
    assert 'type="submit"' not in third.text
    assert len(stripe_client.v1.charges.list().data) == 1
    assert balance(stripe_client) == (0, 97_070)


def test_a_declined_card_keeps_the_page_and_another_card_pays_the_same_intent(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    session = stripe_client.v1.checkout.sessions.create(session_params())
    assert session.url is not None
    declined = stripe_sandbox.pay(session.url, card="4000 0000 0000 0002")
    assert declined.status_code == 402
    assert "Your card was declined." in declined.text
    waiting = stripe_client.v1.checkout.sessions.retrieve(session.id)
    assert (waiting.status, waiting.payment_status) == ("open", "unpaid")
    intent = stripe_client.v1.payment_intents.retrieve(str(waiting.payment_intent))
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "card_declined"
    assert stripe_client.v1.balance_transactions.list().data == []
    assert stripe_sandbox.pay(session.url).status_code == 303
    again = stripe_client.v1.payment_intents.retrieve(intent.id)
    assert (again.status, again.last_payment_error) == ("succeeded", None)
    assert [charge.status for charge in stripe_client.v1.charges.list()] == ["succeeded", "failed"]


def test_a_card_the_sandbox_does_not_know_changes_nothing(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    session = stripe_client.v1.checkout.sessions.create(session_params())
    assert session.url is not None
    answer = stripe_sandbox.pay(session.url, card="5555 5555 5555 4444")
    assert answer.status_code == 402
    assert "The sandbox does not know this card." in answer.text
    assert stripe_client.v1.charges.list().data == []


def test_an_unpaid_session_expires_after_a_day_by_the_clock(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    session = stripe_client.v1.checkout.sessions.create(session_params())
    assert session.url is not None
    skip(timedelta(days=1, minutes=1))
    assert "has expired" in stripe_sandbox.pay(session.url).text
    assert stripe_client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert stripe_client.v1.charges.list().data == []


def test_a_session_can_be_expired_by_hand_once(stripe_client: stripe.StripeClient) -> None:
    session = stripe_client.v1.checkout.sessions.create(session_params())
    assert stripe_client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        stripe_client.v1.checkout.sessions.expire(session.id)


def test_the_checkout_page_says_what_it_is_and_runs_no_script(
    stripe_client: stripe.StripeClient,
) -> None:
    session = stripe_client.v1.checkout.sessions.create(session_params(123_456))
    assert session.url is not None
    page = httpx.get(session.url, trust_env=False)
    assert "Sandbox checkout — no real money" in page.text
    assert "$1,234.56" in page.text
    assert "Autumn campaign" in page.text
    assert 'value="4242 4242 4242 4242"' in page.text
    assert 'href="http://127.0.0.1:9/cancelled"' in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self' http://127.0.0.1:9"
    )
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_a_transfer_needs_available_money_and_moves_it_to_the_creator(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    account = onboarded_account(stripe_sandbox)
    paid_session(stripe_sandbox, 100_000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.transfers.create(
            {"amount": 60_000, "currency": "usd", "destination": account}
        )
    assert (refused.value.http_status, refused.value.code) == (400, "balance_insufficient")
    skip(TWO_DAYS)
    transfer = stripe_client.v1.transfers.create(
        {
            "amount": 60_000,
            "currency": "usd",
            "destination": account,
            "transfer_group": "payout-1",
            "metadata": {"op_id": "op-9"},
        }
    )
    assert (transfer.amount, transfer.amount_reversed, transfer.reversed) == (60_000, 0, False)
    line = stripe_client.v1.balance_transactions.retrieve(str(transfer.balance_transaction))
    assert (line.type, line.amount, line.fee, line.net, line.source) == (
        "transfer",
        -60_000,
        0,
        -60_000,
        transfer.id,
    )
    assert balance(stripe_client) == (37_070, 0)
    assert balance(stripe_client, account=account) == (60_000, 0)
    theirs = stripe_client.v1.balance_transactions.list(options={"stripe_account": account}).data
    assert [(one.type, one.net, one.source) for one in theirs] == [
        ("payment", 60_000, transfer.destination_payment)
    ]
    found = stripe_client.v1.transfers.list({"transfer_group": "payout-1"}).data
    assert [(one.id, one.metadata["op_id"]) for one in found] == [(transfer.id, "op-9")]
    assert stripe_client.v1.transfers.list({"transfer_group": "payout-2"}).data == []
    bank = f"{stripe_sandbox.base_url}/sandbox/control/bank/{account}"
    assert httpx.get(bank, trust_env=False).json() == {"usd": 60_000}


def test_one_currency_does_not_pay_for_another(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    account = onboarded_account(stripe_sandbox)
    paid_session(stripe_sandbox, 100_000, currency="usd")
    skip(TWO_DAYS)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.transfers.create({"amount": 1, "currency": "eur", "destination": account})
    assert refused.value.code == "balance_insufficient"


def test_a_transfer_from_a_charge_needs_no_available_money_and_stops_at_the_charge(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    account = onboarded_account(stripe_sandbox)
    paid_session(stripe_sandbox, 100_000, payment_intent_data={"transfer_group": "campaign-1"})
    charge = stripe_client.v1.charges.list().data[0]
    wish: stripe.params.TransferCreateParams = {
        "amount": 70_000,
        "currency": "usd",
        "destination": account,
        "source_transaction": charge.id,
    }
    transfer = stripe_client.v1.transfers.create(wish)
    assert transfer.transfer_group == "campaign-1"
    assert balance(stripe_client, account=account) == (0, 70_000)
    with pytest.raises(stripe.InvalidRequestError, match="must not exceed the source amount"):
        stripe_client.v1.transfers.create(wish)
    skip(TWO_DAYS)
    assert balance(stripe_client, account=account) == (70_000, 0)
    assert balance(stripe_client) == (27_070, 0)


def test_an_account_that_was_not_onboarded_gets_no_transfer(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    account = stripe_client.v2.core.accounts.create(recipient_params()).id
    paid_session(stripe_sandbox)
    skip(TWO_DAYS)
    wish: stripe.params.TransferCreateParams = {
        "amount": 100,
        "currency": "usd",
        "destination": account,
    }
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.transfers.create(wish)
    assert (refused.value.code, refused.value.param) == ("transfers_not_allowed", "destination")
    stripe_sandbox.finish_onboarding(onboarding_link(stripe_client, account))
    assert stripe_client.v1.transfers.create(wish).amount == 100
    stripe_sandbox.control(f"accounts/{account}/transfers", {"state": "inactive"})
    with pytest.raises(stripe.InvalidRequestError) as again:
        stripe_client.v1.transfers.create(wish)
    assert again.value.code == "transfers_not_allowed"


@pytest.mark.parametrize(
    ("wish", "code", "param"),
    [
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": -5}, "parameter_invalid_integer", "amount"),
        ({"amount": 10**12}, "amount_too_large", "amount"),
        ({"currency": "zzz"}, None, "currency"),
        ({"destination": "acct_nobody"}, "resource_missing", "destination"),
        ({"metadata": {"k" * 41: "v"}}, None, "metadata"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
    ],
)
def test_a_transfer_with_a_wrong_value_is_refused_with_its_name(
    stripe_sandbox: RunningSandbox, wish: dict[str, object], code: str | None, param: str
) -> None:
    account = onboarded_account(stripe_sandbox)
    params = {"amount": 100, "currency": "usd", "destination": account, **wish}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_sandbox.client().v1.transfers.create(params)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (
        400,
        code,
        param,
    )


def test_a_reversal_brings_the_money_back_in_parts_and_never_more(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    account = onboarded_account(stripe_sandbox)
    paid_session(stripe_sandbox, 100_000)
    skip(TWO_DAYS)
    transfer = stripe_client.v1.transfers.create(
        {"amount": 60_000, "currency": "usd", "destination": account}
    )
    part = stripe_client.v1.transfers.reversals.create(transfer.id, {"amount": 15_000})
    line = stripe_client.v1.balance_transactions.retrieve(str(part.balance_transaction))
    assert (line.type, line.reporting_category, line.net, line.source) == (
        "transfer_refund",
        "transfer_reversal",
        15_000,
        part.id,
    )
    assert balance(stripe_client) == (52_070, 0)
    assert balance(stripe_client, account=account) == (45_000, 0)
    with pytest.raises(stripe.InvalidRequestError, match="greater than the unreversed amount"):
        stripe_client.v1.transfers.reversals.create(transfer.id, {"amount": 45_001})
    rest = stripe_client.v1.transfers.reversals.create(transfer.id)
    assert rest.amount == 45_000
    after = stripe_client.v1.transfers.retrieve(transfer.id)
    assert (after.amount_reversed, after.reversed) == (60_000, True)
    assert [one.id for one in stripe_client.v1.transfers.reversals.list(transfer.id)] == [
        rest.id,
        part.id,
    ]
    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        stripe_client.v1.transfers.reversals.create(transfer.id)
    bank = f"{stripe_sandbox.base_url}/sandbox/control/bank/{account}"
    assert httpx.get(bank, trust_env=False).json() == {"usd": 0}


def test_refunds_come_from_the_balance_in_parts_and_never_exceed_the_charge(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    session = paid_session(stripe_sandbox, 50_000)
    paid_session(stripe_sandbox, 10_000)
    intent = str(session.payment_intent)
    part = stripe_client.v1.refunds.create(
        {"payment_intent": intent, "amount": 20_000, "metadata": {"op_id": "op-3"}}
    )
    line = stripe_client.v1.balance_transactions.retrieve(str(part.balance_transaction))
    assert (line.type, line.reporting_category, line.amount, line.fee, line.net, line.source) == (
        "refund",
        "refund",
        -20_000,
        0,
        -20_000,
        part.id,
    )
    assert (part.status, part.metadata["op_id"]) == ("succeeded", "op-3")
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        stripe_client.v1.refunds.create({"payment_intent": intent, "amount": 30_001})
    rest = stripe_client.v1.refunds.create({"charge": str(part.charge)})
    assert rest.amount == 30_000
    charge = stripe_client.v1.charges.retrieve(str(part.charge))
    assert (charge.amount_refunded, charge.refunded) == (50_000, True)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_already_refunded"
    found = stripe_client.v1.refunds.list({"payment_intent": intent}).data
    assert [one.id for one in found] == [rest.id, part.id]


def test_a_refund_that_no_money_covers_is_refused(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    session = paid_session(stripe_sandbox, 50_000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.refunds.create({"payment_intent": str(session.payment_intent)})
    assert refused.value.code == "balance_insufficient"
