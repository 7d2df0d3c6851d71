"""Creators' accounts in the Stripe sandbox, onboarding, and what a restart keeps."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import stripe

from marketplace.cli.environment import choose_ports
from marketplace.kernel.clock import CLOCK_FILE_VARIABLE
from tests.gateways.sandbox_server import RunningSandbox, running_sandbox
from tests.gateways.stripe_road import (
    onboarded_account,
    onboarding_link,
    paid_session,
    recipient_params,
)

Skip = Callable[[timedelta], datetime]


def transfers_state(client: stripe.StripeClient, account: str) -> tuple[str, int]:
    """The state of the capability and the number of open requirements."""
    found = client.v2.core.accounts.retrieve(
        account, {"include": ["configuration.recipient", "requirements"]}
    )
    assert found.configuration is not None
    assert found.configuration.recipient is not None
    assert found.configuration.recipient.capabilities is not None
    balance = found.configuration.recipient.capabilities.stripe_balance
    assert balance is not None
    assert balance.stripe_transfers is not None
    assert found.requirements is not None
    return balance.stripe_transfers.status, len(found.requirements.entries or [])


def test_a_new_creator_account_is_restricted_until_onboarding_is_finished(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    account = stripe_client.v2.core.accounts.create(recipient_params()).id
    assert transfers_state(stripe_client, account) == ("restricted", 3)
    v1 = stripe_client.v1.accounts.retrieve(account)
    assert (v1.payouts_enabled, v1.details_submitted) == (False, False)
    url = onboarding_link(stripe_client, account)
    page = httpx.get(url, trust_env=False)
    assert "onboarding — no real bank" in page.text
    assert 'href="http://127.0.0.1:9/again"' in page.text
    finished = stripe_sandbox.finish_onboarding(url)
    assert (finished.status_code, finished.headers["Location"]) == (303, "http://127.0.0.1:9/back")
    assert transfers_state(stripe_client, account) == ("active", 0)
    v1 = stripe_client.v1.accounts.retrieve(account)
    assert (v1.payouts_enabled, v1.details_submitted) == (True, True)
    assert v1.capabilities is not None
    assert v1.capabilities.transfers == "active"


def test_what_is_not_included_is_null(stripe_client: stripe.StripeClient) -> None:
    account = stripe_client.v2.core.accounts.create(recipient_params(include=[]))
    assert (account.configuration, account.requirements, account.identity) == (None, None, None)
    assert account.applied_configurations == ["recipient"]


def test_an_onboarding_link_works_once(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    account = stripe_client.v2.core.accounts.create(recipient_params()).id
    url = onboarding_link(stripe_client, account)
    assert stripe_sandbox.finish_onboarding(url).headers["Location"].endswith("/back")
    assert stripe_sandbox.finish_onboarding(url).headers["Location"].endswith("/again")
    assert httpx.get(url, trust_env=False).headers["Location"].endswith("/again")


def test_an_onboarding_link_that_is_not_opened_dies_after_five_minutes(
    stripe_client: stripe.StripeClient, skip: Skip
) -> None:
    account = stripe_client.v2.core.accounts.create(recipient_params()).id
    opened = onboarding_link(stripe_client, account)
    left = onboarding_link(stripe_client, account)
    assert httpx.get(opened, trust_env=False).status_code == 200
    skip(timedelta(minutes=5))
    assert httpx.get(opened, trust_env=False).status_code == 200
    assert httpx.get(left, trust_env=False).headers["Location"].endswith("/again")


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ({"holder": " ", "bank": "000123456789"}, "Please give the account holder."),
        ({"holder": "Casey", "bank": "12"}, "four or more digits"),
        ({"holder": "Casey", "bank": "<script>"}, "four or more digits"),
    ],
)
def test_onboarding_with_bad_details_stays_on_the_page(
    stripe_client: stripe.StripeClient, form: dict[str, str], answer: str
) -> None:
    account = stripe_client.v2.core.accounts.create(recipient_params()).id
    page = httpx.post(onboarding_link(stripe_client, account), data=form, trust_env=False)
    assert page.status_code == 400
    assert answer in page.text
    assert transfers_state(stripe_client, account) == ("restricted", 3)


def test_an_unknown_page_says_so_kindly(stripe_sandbox: RunningSandbox) -> None:
    for path in ("checkout/cs_test_nothing", "onboarding/link_nothing"):
        page = httpx.get(f"{stripe_sandbox.base_url}/{path}", trust_env=False)
        assert page.status_code == 404
        assert "The sandbox does not know this page." in page.text


def test_accounts_of_v1_are_onboarded_the_same_way(
    stripe_sandbox: RunningSandbox, stripe_client: stripe.StripeClient
) -> None:
    account = stripe_client.v1.accounts.create(
        {
            "country": "DE",
            "email": "casey@example.com",
            "controller": {"stripe_dashboard": {"type": "none"}},
            "capabilities": {"transfers": {"requested": True}},
        }
    )
    assert account.capabilities is not None
    assert (account.capabilities.transfers, account.default_currency) == ("inactive", "eur")
    link = stripe_client.v1.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "refresh_url": "http://127.0.0.1:9/again",
            "return_url": "http://127.0.0.1:9/back",
        }
    )
    assert link.expires_at == link.created + 300
    assert stripe_sandbox.finish_onboarding(link.url).status_code == 303
    after = stripe_client.v1.accounts.retrieve(account.id)
    assert after.capabilities is not None
    assert after.capabilities.transfers == "active"


def test_a_restart_keeps_money_accounts_and_idempotency_keys(tmp_path: Path, skip: Skip) -> None:
    with running_sandbox(tmp_path) as before:
        account = onboarded_account(before)
        paid_session(before, 100_000)
        skip(timedelta(days=2))
        wish: stripe.params.TransferCreateParams = {
            "amount": 5_000,
            "currency": "usd",
            "destination": account,
        }
        sent = before.client().v1.transfers.create(wish, {"idempotency_key": "k"})
    with running_sandbox(tmp_path) as after:
        client = after.client()
        assert client.v1.transfers.create(wish, {"idempotency_key": "k"}).id == sent.id
        assert client.v1.balance.retrieve().available[0].amount == 92_070
        assert transfers_state(client, account) == ("active", 0)
        assert len(client.v1.transfers.list().data) == 1


def _environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SANDBOX_PORT": str(choose_ports({}, port=0).sandbox),
        "SANDBOX_STATE": str(tmp_path / "state.sqlite"),
        CLOCK_FILE_VARIABLE: str(tmp_path / "clock"),
        **more,
    }


def test_the_process_serves_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    health = f"http://127.0.0.1:{environment['SANDBOX_PORT']}/sandbox/health"
    with subprocess.Popen(
        [sys.executable, "-m", "marketplace.sandbox"],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        deadline = time.monotonic() + 120
        while True:
            try:
                state = httpx.get(health, trust_env=False).json()["state"]
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=120)
    assert state == "up"
    assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize(
    ("setting", "value", "answer"),
    [
        ("FAIRVIEW_ENV", "production", "does not run in production"),
        ("STRIPE_API_KEY", "sk_live_x", "beside a live Stripe key"),
        ("STRIPE_API_KEY", "rk_live_x", "beside a live Stripe key"),
        ("SANDBOX_PORT", "http", "SANDBOX_PORT must be a port number, not 'http'."),
        ("SANDBOX_STATE", "", "SANDBOX_STATE must name the file"),
        ("SANDBOX_WEBHOOK_URL", "http://127.0.0.1:9/", "STRIPE_WEBHOOK_SECRET must be set too"),
        ("SANDBOX_STATE", "/proc/nothing/state", "cannot use its state file"),
    ],
)
def test_the_process_refuses_to_start_where_it_does_not_belong(
    tmp_path: Path, setting: str, value: str, answer: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "marketplace.sandbox"],
        env=_environment(tmp_path, **{setting: value}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 1
    assert answer in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "marketplace.sandbox"],
            env=_environment(tmp_path, SANDBOX_PORT=port),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == f"The sandbox cannot listen on 127.0.0.1:{port}: it is taken.\n"
