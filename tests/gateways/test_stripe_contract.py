"""What the product and the sandbox say to each other is what Stripe's description allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from marketplace.gateways.stripe_accounts import Api, account_gateway
from marketplace.gateways.stripe_payments import StripePayments
from marketplace.kernel.clock import utc_now
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import Act, CallKind, Outcome
from marketplace.treasury.rules.own_money import Direction
from tests.gateways.openapi_contract import DOCUMENT, Contract, the_contract
from tests.gateways.sandbox_server import RunningSandbox, running_sandbox

pytestmark = pytest.mark.skipif(
    not DOCUMENT.is_file(), reason="the description of Stripe's API is not beside the repository"
)

Skip = Callable[[timedelta], datetime]
FUNDING, CAMPAIGN, PAYOUT, REFUND, ACCOUNT, MOVE = (str(UUID(int=n)) for n in range(1, 7))


@pytest.fixture(scope="module")
def contract() -> Contract:
    return the_contract()


class Spoken:
    """The gateway, the sandbox, and everything that was said."""

    def __init__(self, sandbox: RunningSandbox, record: Path) -> None:
        self.sandbox = sandbox
        key, base = "sk_test_sandbox", sandbox.base_url
        self.payments = StripePayments(api_key=key, api_base=base)
        self.accounts = {
            api: account_gateway(api, api_key=key, api_base=base) for api in (Api.V2, Api.V1)
        }
        self._record = record

    def send(self, kind: CallKind, **params: Any) -> Answer:
        return self.payments.send(self.instruction(kind, **params))

    def instruction(self, kind: CallKind, **params: Any) -> Instruction:
        call_id = uuid4()
        return Instruction(
            call_id=call_id,
            kind=kind,
            act=Act.SEND,
            params=params,
            idempotency_key=f"{call_id}.0",
            fence=1,
            send_before=utc_now() + timedelta(minutes=2),
        )

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._record.read_text().splitlines()]


def in_the_older_words(spoken: Spoken) -> None:
    """An account by v1, from opening to ready."""
    accounts = spoken.accounts[Api.V1]
    opened = accounts.make(
        spoken.instruction(
            CallKind.ACCOUNT,
            payout_account_id=ACCOUNT,
            country="US",
            email="bea@example.test",
            display_name="Bea",
        )
    )
    account_id = str(opened.remote_id)
    accounts.account(account_id)
    link = accounts.onboarding_link(
        account_id, return_url="http://localhost/back", refresh_url="http://localhost/again"
    )
    assert spoken.sandbox.finish_onboarding(link).status_code == 303
    accounts.account(account_id)


def walk(spoken: Spoken, skip: Skip) -> None:
    """Everything the product ever says, the refusals too."""
    payments, sandbox = spoken.payments, spoken.sandbox
    opened = spoken.send(
        CallKind.CHECKOUT,
        funding_id=FUNDING,
        campaign_id=CAMPAIGN,
        amount_minor=110_000,
        currency="USD",
        description="Budget and platform fee for “Beans”",
        success_url="http://localhost/brand/fundings/1?back=paid",
        cancel_url="http://localhost/brand/fundings/1?back=cancelled",
    )
    session_id = str(opened.remote_id)
    payments.checkout(session_id)
    assert sandbox.pay(opened.facts["url"]).status_code == 303
    paid = payments.checkout(session_id).charge
    assert paid is not None

    made = spoken.send(
        CallKind.ACCOUNT,
        payout_account_id=ACCOUNT,
        country="US",
        email="bea@example.test",
        display_name="Bea",
    )
    account_id = str(made.remote_id)
    accounts = spoken.accounts[Api.V2]
    accounts.account(account_id)
    transfer = {
        "payout_id": PAYOUT,
        "account_id": account_id,
        "amount_minor": 38_000,
        "currency": "USD",
    }
    assert spoken.send(CallKind.TRANSFER, **transfer).code == "transfers_not_allowed"
    link = accounts.onboarding_link(
        account_id, return_url="http://localhost/back", refresh_url="http://localhost/again"
    )
    assert sandbox.finish_onboarding(link).status_code == 303
    accounts.account(account_id)
    assert spoken.send(CallKind.TRANSFER, **transfer).code == "balance_insufficient"
    skip(timedelta(days=3))
    sent = spoken.send(CallKind.TRANSFER, **transfer)
    assert sent.outcome is Outcome.DONE
    payments.transfer(str(sent.remote_id))
    in_the_older_words(spoken)
    banked = sandbox.control("bank", {"press": "creator_payout", "id": account_id})
    accounts.bank_payout(str(banked["id"]), account_id=account_id)
    payments.look_up(spoken.instruction(CallKind.TRANSFER, **transfer))

    refund = {
        "refund_id": REFUND,
        "payment_intent_id": paid.payment_intent_id,
        "amount_minor": 20_000,
        "currency": "USD",
    }
    given = spoken.send(CallKind.REFUND, **refund)
    payments.refund(str(given.remote_id))
    payments.look_up(spoken.instruction(CallKind.REFUND, **refund))
    for kind, direction in (
        (CallKind.PLATFORM_PAYOUT, Direction.TO_BANK),
        (CallKind.TOPUP, Direction.FROM_BANK),
    ):
        ours = {"move_id": MOVE, "amount_minor": 1_000, "currency": "USD"}
        moved = spoken.send(kind, **ours)
        payments.treasury.move(direction, str(moved.remote_id))
        payments.look_up(spoken.instruction(kind, **ours))
    payments.treasury.payout_interval()
    now = utc_now()
    list(payments.statement(from_at=now - timedelta(days=9), until_at=now + timedelta(minutes=1)))
    payments.balance()
    for status in (429, 500, 401):
        sandbox.control("script", {"path": "/v1/transfers", "method": "POST", "status": status})
        spoken.send(CallKind.TRANSFER, **transfer)


@pytest.fixture
def spoken(tmp_path: Path, skip: Skip) -> Spoken:
    record = tmp_path / "said.jsonl"
    with running_sandbox(tmp_path, record_path=record) as sandbox:
        told = Spoken(sandbox, record)
        walk(told, skip)
    return told


def test_every_request_and_every_answer_fits_the_description(
    spoken: Spoken, contract: Contract
) -> None:
    lines = spoken.lines()

    assert {
        (line["request"]["method"], line["request"]["path"].split("/")[2]) for line in lines
    } > {
        ("POST", "transfers"),
        ("POST", "refunds"),
        ("POST", "payouts"),
        ("POST", "topups"),
        ("GET", "balance_settings"),
        ("POST", "checkout"),
        ("POST", "core"),
        ("GET", "balance"),
        ("GET", "balance_transactions"),
    }
    assert sorted({fault for line in lines for fault in contract.faults(line)}) == []


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/v1/transfers", ("amount=38000", "amount=380.00")),
        ("/v1/transfers", ("destination=", "to=")),
        ("/v1/transfers", ("currency=usd", "currencies=usd")),
        ("/v1/checkout/sessions", ("mode=payment", "mode=gift")),
        ("/v2/core/accounts", ('"express"', '"yes"')),
    ],
)
def test_a_request_that_is_wrong_does_not_fit(
    spoken: Spoken, contract: Contract, path: str, change: tuple[str, str]
) -> None:
    line = next(
        each
        for each in spoken.lines()
        if each["request"]["path"] == path and each["request"]["method"] == "POST"
    )
    assert change[0] in line["request"]["body"]
    line["request"]["body"] = line["request"]["body"].replace(*change)

    assert contract.faults(line) != []


@pytest.mark.parametrize(("field", "value"), [("amount", "38000"), ("object", "gift")])
def test_an_answer_that_is_wrong_does_not_fit(
    spoken: Spoken, contract: Contract, field: str, value: str
) -> None:
    line = next(
        each
        for each in spoken.lines()
        if each["request"]["path"] == "/v1/transfers" and each["answer"]["status"] == 200
    )
    line["answer"]["body"][field] = value

    assert contract.faults(line) != []
