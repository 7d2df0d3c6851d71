"""Each send is one request at Stripe, whatever becomes of it: the library retries nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from marketplace.gateways.stripe_client import SEND_TIMEOUT_SECONDS
from marketplace.gateways.stripe_payments import StripePayments
from marketplace.processor.ports import Instruction
from marketplace.processor.rules import LEASE, LONGEST_WAIT, Outcome
from tests.gateways.sandbox_server import RunningSandbox
from tests.gateways.stripe_calls import account, checkout, refund, transfer
from workers.queues import JOB_SECONDS

TROUBLES = [
    ({"status": 500}, Outcome.UNKNOWN),
    ({"status": 500, "effect": True}, Outcome.UNKNOWN),
    ({"status": 503, "saved": False}, Outcome.UNKNOWN),
    ({"drop": "before"}, Outcome.UNKNOWN),
    ({"drop": "after"}, Outcome.UNKNOWN),
    ({"status": 429}, Outcome.NOT_RUN),
    ({"status": 409, "code": "idempotency_key_in_use"}, Outcome.NOT_RUN),
    ({"status": 409, "code": "lock_timeout"}, Outcome.NOT_RUN),
    ({"status": 400, "code": "balance_insufficient"}, Outcome.REFUSED),
    ({"status": 400, "code": "account_invalid", "saved": False}, Outcome.REFUSED),
    ({"status": 401}, Outcome.UNAUTHORISED),
    ({"status": 403}, Outcome.UNAUTHORISED),
]
SENDS: list[Callable[[], Instruction]] = [
    lambda: transfer("acct_1"),
    lambda: refund("pi_1"),
    checkout,
    account,
]


@pytest.mark.parametrize("send", SENDS)
@pytest.mark.parametrize(("trouble", "outcome"), TROUBLES)
def test_a_send_that_goes_wrong_is_one_request(
    stripe_sandbox: RunningSandbox,
    send: Callable[[], Instruction],
    trouble: dict[str, object],
    outcome: Outcome,
) -> None:
    payments = StripePayments(api_key="sk_test_sandbox", api_base=stripe_sandbox.base_url)
    stripe_sandbox.control("script", {"path": "/v*", "method": "POST", "times": 9, **trouble})

    answer = payments.send(send())

    if not trouble.get("effect") and trouble.get("drop") != "after":  # else it must exist first
        assert answer.outcome is outcome
    assert len(stripe_sandbox.sandbox.stripe.requests) == 1


def test_no_try_outlives_its_lease_and_no_lease_its_job() -> None:
    send = timedelta(seconds=SEND_TIMEOUT_SECONDS)

    assert send + LONGEST_WAIT < LEASE < timedelta(seconds=JOB_SECONDS)


def test_the_sandbox_turns_away_what_comes_too_fast(stripe_sandbox: RunningSandbox) -> None:
    payments = StripePayments(api_key="sk_test_sandbox", api_base=stripe_sandbox.base_url)
    for _ in range(25):
        stripe_sandbox.sandbox.stripe.rates.check("POST", "/v1/transfers")

    answer = payments.send(transfer("acct_1"))

    assert (answer.outcome, answer.code) == (Outcome.NOT_RUN, "rate_limit")
