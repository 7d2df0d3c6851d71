"""What the Stripe sandbox makes of a request: parameters, keys, idempotency, scripted trouble."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from tests.gateways.sandbox_server import RunningSandbox, running_sandbox
from tests.gateways.stripe_road import (
    onboarded_account,
    paid_session,
    recipient_params,
    session_params,
)

Skip = Callable[[timedelta], datetime]
TWO_DAYS = timedelta(days=2)


@pytest.fixture
def transfer_params(stripe_sandbox: RunningSandbox, skip: Skip) -> dict[str, Any]:
    """A transfer that is paid for and allowed."""
    account = onboarded_account(stripe_sandbox)
    paid_session(stripe_sandbox, 100_000)
    skip(TWO_DAYS)
    return {"amount": 1_000, "currency": "usd", "destination": account}


@pytest.mark.parametrize(
    ("change", "code", "param", "message"),
    [
        ({"foo": 1}, "parameter_unknown", "foo", "Received unknown parameter: foo"),
        (
            {"currency": None},
            "parameter_missing",
            "currency",
            "Missing required param: currency.",
        ),
        ({"amount": "12.5"}, "parameter_invalid_integer", "amount", "Invalid integer: 12.5"),
        ({"amount": True}, "parameter_invalid_integer", "amount", "Invalid integer: true"),
        (
            {"source_type": "gold"},
            None,
            "source_type",
            "Invalid source_type: must be one of bank_account, card, fpx",
        ),
        ({"metadata": "x"}, "parameter_invalid_object", "metadata", "Invalid object"),
        ({"expand": "x"}, "parameter_invalid_array", "expand", "Invalid array"),
        ({"transfer_group": ""}, "parameter_invalid_empty", "transfer_group", None),
    ],
)
def test_a_parameter_that_the_stripe_package_does_not_declare_so_is_refused(
    stripe_sandbox: RunningSandbox,
    change: dict[str, Any],
    code: str | None,
    param: str,
    message: str | None,
) -> None:
    params = {"amount": 1, "currency": "usd", "destination": "acct_x", **change}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_sandbox.client().raw_request("post", "/v1/transfers", **params)
    error = refused.value
    assert (error.http_status, error.code, error.param) == (400, code, param)
    assert message is None or error.user_message == message


def test_an_option_of_the_client_is_no_parameter(stripe_sandbox: RunningSandbox) -> None:
    answer = httpx.post(
        f"{stripe_sandbox.base_url}/v1/customers",
        headers={"Authorization": "Bearer sk_test_x"},
        data={"api_key": "sk_test_x"},
        trust_env=False,
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "parameter_unknown")


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"mode": "gift"}, "mode"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"cancel_url": "http://a;script-src x/"}, "cancel_url"),
        ({"customer": "cus_nobody"}, "customer"),
        (
            {"line_items": [{"price_data": {"unit_amount": 5}}]},
            "line_items[0][price_data][currency]",
        ),
        ({"automatic_tax": {"enabled": "perhaps"}}, "automatic_tax[enabled]"),
        ({"payment_intent_data": {"nested": {"deep": 1}}}, "payment_intent_data[nested]"),
    ],
)
def test_nested_parameters_of_a_checkout_are_checked_too(
    stripe_client: stripe.StripeClient, change: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.checkout.sessions.create(session_params(**change))
    assert (refused.value.http_status, refused.value.param) == (400, param)


def test_accounts_v2_are_checked_against_their_own_types(
    stripe_client: stripe.StripeClient,
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"unknown parameter: identity\[planet\]"):
        stripe_client.v2.core.accounts.create(recipient_params(identity={"planet": "mars"}))
    with pytest.raises(stripe.InvalidRequestError, match="must be one of express, full, none"):
        stripe_client.v2.core.accounts.create(recipient_params(dashboard="huge"))
    with pytest.raises(stripe.InvalidRequestError, match=r"include\[0\]: must be one of"):
        stripe_client.v2.core.accounts.create(recipient_params(include=["everything"]))


def test_query_parameters_are_checked_too(stripe_client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.transfers.list({"group": "x"})
    assert refused.value.code == "parameter_unknown"
    with pytest.raises(stripe.InvalidRequestError) as too_many:
        stripe_client.v1.transfers.list({"limit": 101})
    assert too_many.value.param == "limit"


def test_a_call_that_the_sandbox_does_not_play_is_a_404(
    stripe_client: stripe.StripeClient,
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as refused:
        stripe_client.v1.coupons.list()
    assert refused.value.http_status == 404


def test_an_object_that_is_not_there_is_a_404(stripe_client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such transfer: 'tr_x'") as refused:
        stripe_client.v1.transfers.retrieve("tr_x")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_a_secret_key_is_needed_and_a_live_one_is_turned_away(
    stripe_sandbox: RunningSandbox,
) -> None:
    bare = httpx.get(f"{stripe_sandbox.base_url}/v1/balance", trust_env=False)
    assert (bare.status_code, bare.json()["error"]["type"]) == (401, "invalid_request_error")
    with pytest.raises(stripe.AuthenticationError, match="live key"):
        stripe_sandbox.client(api_key="sk_live_x").v1.balance.retrieve()


def test_an_unknown_connected_account_is_no_business_of_ours(
    stripe_client: stripe.StripeClient,
) -> None:
    with pytest.raises(stripe.PermissionError) as refused:
        stripe_client.v1.balance.retrieve(options={"stripe_account": "acct_nobody"})
    assert refused.value.error is not None
    assert (refused.value.http_status, refused.value.error.code) == (403, "account_invalid")


def test_every_answer_has_a_request_id_and_the_version_asked_for(
    stripe_sandbox: RunningSandbox,
) -> None:
    answer = httpx.get(
        f"{stripe_sandbox.base_url}/v1/balance",
        headers={"Authorization": "Bearer sk_test_x", "Stripe-Version": "2026-10-28.endive"},
        trust_env=False,
    )
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == "2026-10-28.endive"


def test_the_same_key_and_parameters_get_the_same_answer_without_a_second_effect(
    stripe_client: stripe.StripeClient, transfer_params: dict[str, Any]
) -> None:
    first = stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "payout-1"})
    again = stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "payout-1"})
    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(stripe_client.v1.transfers.list().data) == 1


def test_the_same_key_with_other_parameters_is_refused(
    stripe_client: stripe.StripeClient, transfer_params: dict[str, Any]
) -> None:
    stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "payout-1"})
    with pytest.raises(stripe.IdempotencyError) as refused:
        stripe_client.v1.transfers.create(
            {**transfer_params, "amount": 1_001}, {"idempotency_key": "payout-1"}
        )
    assert refused.value.http_status == 400
    assert len(stripe_client.v1.transfers.list().data) == 1


def test_a_key_that_is_in_use_is_a_409(
    stripe_sandbox: RunningSandbox,
    stripe_client: stripe.StripeClient,
    transfer_params: dict[str, Any],
) -> None:
    stripe_sandbox.control("script", {"path": "/v1/transfers", "delay": 3})
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(
            stripe_client.v1.transfers.create, transfer_params, {"idempotency_key": "k"}
        )
        stripe_sandbox.until_a_key_is_in_use()
        with pytest.raises(stripe.APIError, match="another in-progress request") as refused:
            stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "k"})
        assert refused.value.error is not None
        assert refused.value.http_status == 409
        assert refused.value.error.code == "idempotency_key_in_use"
        first = slow.result(timeout=120)
    assert [one.id for one in stripe_client.v1.transfers.list()] == [first.id]


def test_a_refusal_during_the_work_is_kept_and_one_at_the_parameters_is_not(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    account = onboarded_account(stripe_sandbox)
    paid_session(stripe_sandbox, 100_000)
    wish: stripe.params.TransferCreateParams = {
        "amount": 1_000,
        "currency": "usd",
        "destination": account,
    }
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.transfers.create({**wish, "foo": 1}, {"idempotency_key": "a"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.transfers.create(wish, {"idempotency_key": "a"})
    assert refused.value.code == "balance_insufficient"
    skip(timedelta(hours=23))
    with pytest.raises(stripe.InvalidRequestError) as replayed:
        stripe_client.v1.transfers.create(wish, {"idempotency_key": "a"})
    assert replayed.value.headers["Idempotent-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day_and_runs_again(
    stripe_client: stripe.StripeClient, transfer_params: dict[str, Any], skip: Skip
) -> None:
    stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "k"})
    skip(timedelta(hours=24, seconds=1))
    stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "k"})
    assert len(stripe_client.v1.transfers.list().data) == 2


def test_a_rate_limit_has_no_effect_and_is_not_kept(
    stripe_sandbox: RunningSandbox,
    stripe_client: stripe.StripeClient,
    transfer_params: dict[str, Any],
) -> None:
    stripe_sandbox.control("script", {"path": "/v1/transfers", "status": 429, "times": 2})
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "k"})
    assert stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "k"}).id
    assert len(stripe_client.v1.transfers.list().data) == 1


@pytest.mark.parametrize("effect", [True, False])
def test_a_500_is_kept_under_its_key_with_or_without_an_effect(
    stripe_sandbox: RunningSandbox,
    stripe_client: stripe.StripeClient,
    transfer_params: dict[str, Any],
    effect: bool,
) -> None:
    stripe_sandbox.control("script", {"path": "/v1/transfers", "status": 500, "effect": effect})
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "k"})
        assert failed.value.http_status == 500
    assert len(stripe_client.v1.transfers.list().data) == int(effect)


@pytest.mark.parametrize(("drop", "made"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_leaves_the_client_guessing(
    stripe_sandbox: RunningSandbox,
    stripe_client: stripe.StripeClient,
    transfer_params: dict[str, Any],
    drop: str,
    made: int,
) -> None:
    stripe_sandbox.control("script", {"path": "/v1/transfers", "method": "POST", "drop": drop})
    with pytest.raises(stripe.APIConnectionError):
        stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "k"})
    assert len(stripe_client.v1.transfers.list().data) == made
    stripe_client.v1.transfers.create(transfer_params, {"idempotency_key": "k"})
    assert len(stripe_client.v1.transfers.list().data) == 1


def test_a_scripted_refusal_carries_its_code_and_scripts_can_be_cleared(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    script = {"path": "/v1/balance*", "status": 400, "code": "account_invalid", "times": 9}
    stripe_sandbox.control("script", script)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.balance.retrieve()
    assert refused.value.code == "account_invalid"
    httpx.delete(f"{stripe_sandbox.base_url}/sandbox/control/script", trust_env=False)
    assert stripe_client.v1.balance.retrieve().object == "balance"


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ({"status": 500}, "path is missing"),
        ({"path": "/v1/x"}, "give status, drop or delay"),
        ({"path": "/v1/x", "drop": "never"}, "drop is 'before' or 'after'"),
        ({"path": "/v1/x", "delay": 999}, "delay is between 0 and 120 seconds"),
        ({"path": "/v1/x", "status": 500, "colour": "red"}, "unknown field: colour"),
    ],
)
def test_a_wrong_script_is_refused_in_plain_words(
    stripe_sandbox: RunningSandbox, wish: dict[str, Any], answer: str
) -> None:
    address = f"{stripe_sandbox.base_url}/sandbox/control/script"
    refused = httpx.post(address, json=wish, trust_env=False)
    assert (refused.status_code, refused.json()) == (400, {"error": answer})


def test_the_switches_take_no_browser_form(stripe_sandbox: RunningSandbox) -> None:
    address = f"{stripe_sandbox.base_url}/sandbox/control/events/repeat"
    assert httpx.post(address, data={"a": "b"}, trust_env=False).status_code == 415


def test_many_transfers_at_once_never_overdraw_the_balance(
    stripe_sandbox: RunningSandbox,
    stripe_client: stripe.StripeClient,
    transfer_params: dict[str, Any],
) -> None:
    def send(_: int) -> str | None:
        try:
            stripe_client.v1.transfers.create({**transfer_params, "amount": 10_000})
        except stripe.InvalidRequestError as refused:
            return refused.code
        return "sent"

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(send, range(16)))
    assert sorted(ends, key=str) == ["balance_insufficient"] * 7 + ["sent"] * 9
    assert stripe_client.v1.balance.retrieve().available[0].amount == 7_070


def test_what_was_asked_is_listed_and_recorded(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    with running_sandbox(tmp_path, record_path=record) as sandbox:
        sandbox.client().v1.customers.create({"email": "b@example.com"}, {"idempotency_key": "k1"})
        listed = httpx.get(
            f"{sandbox.base_url}/sandbox/control/requests?path=/v1/customers", trust_env=False
        ).json()["requests"]
    (line,) = [json.loads(text) for text in record.read_text(encoding="utf-8").splitlines()]
    assert listed == [line]
    assert line["request"]["method"] == "POST"
    assert line["request"]["body"] == "email=b%40example.com"
    assert line["request"]["headers"]["Idempotency-Key"] == "k1"
    assert line["request"]["headers"]["Stripe-Version"] == stripe.api_version
    assert (line["answer"]["status"], line["answer"]["body"]["object"]) == (200, "customer")


def test_lists_page_newest_first_with_has_more_and_by_creation(
    stripe_sandbox: RunningSandbox,
    stripe_client: stripe.StripeClient,
    transfer_params: dict[str, Any],
    skip: Skip,
) -> None:
    made = [stripe_client.v1.transfers.create(transfer_params) for _ in range(3)]
    skip(timedelta(hours=1))
    made.append(stripe_client.v1.transfers.create(transfer_params))
    ids = [one.id for one in reversed(made)]
    first = stripe_client.v1.transfers.list({"limit": 3})
    assert ([one.id for one in first.data], first.has_more) == (ids[:3], True)
    rest = stripe_client.v1.transfers.list({"limit": 3, "starting_after": ids[2]})
    assert ([one.id for one in rest.data], rest.has_more) == (ids[3:], False)
    before = stripe_client.v1.transfers.list({"limit": 2, "ending_before": ids[3]})
    assert ([one.id for one in before.data], before.has_more) == (ids[1:3], True)
    assert [one.id for one in first.auto_paging_iter()] == ids
    late = made[-1].created
    assert [one.id for one in stripe_client.v1.transfers.list({"created": {"gte": late}})] == [
        ids[0]
    ]
    assert [one.id for one in stripe_client.v1.transfers.list({"created": {"lt": late}})] == ids[1:]
    lines = stripe_client.v1.balance_transactions.list({"type": "transfer", "limit": 100}).data
    assert [line.source for line in lines] == ids


def test_a_field_that_cannot_be_expanded_is_refused(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    paid_session(stripe_sandbox)
    charges = stripe_client.v1.charges.list({"expand": ["data.balance_transaction"]}).data
    assert isinstance(charges[0].balance_transaction, stripe.BalanceTransaction)
    with pytest.raises(stripe.InvalidRequestError, match=r"cannot be expanded \(data.colour\)"):
        stripe_client.v1.charges.list({"expand": ["data.colour"]})
