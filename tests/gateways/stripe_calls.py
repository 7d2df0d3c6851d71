"""The calls that the tests of the payments gateway make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from marketplace.kernel.clock import utc_now
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import Act, CallKind
from tests.gateways.sandbox_server import RunningSandbox
from tests.gateways.stripe_road import onboarded_account, paid_session

Skip = Callable[[timedelta], datetime]
NOBODY_HOME = "http://127.0.0.1:9"
FUNDING, CAMPAIGN, PAYOUT, REFUND, ACCOUNT = (UUID(int=n) for n in range(1, 6))


def instruction(kind: CallKind, params: Mapping[str, Any], *, generation: int = 0) -> Instruction:
    call_id = uuid4()
    return Instruction(
        call_id=call_id,
        kind=kind,
        act=Act.SEND,
        params=params,
        idempotency_key=f"{call_id}.{generation}",
        fence=1,
        send_before=utc_now() + timedelta(minutes=2),
    )


def checkout(amount: int = 110_000) -> Instruction:
    return instruction(
        CallKind.CHECKOUT,
        {
            "funding_id": str(FUNDING),
            "campaign_id": str(CAMPAIGN),
            "amount_minor": amount,
            "currency": "USD",
            "description": "Budget and platform fee for “Beans”",
            "success_url": "http://localhost/brand/fundings/1?back=paid",
            "cancel_url": "http://localhost/brand/fundings/1?back=cancelled",
        },
    )


def transfer(account_id: str, amount: int = 38_000) -> Instruction:
    return instruction(
        CallKind.TRANSFER,
        {
            "payout_id": str(PAYOUT),
            "account_id": account_id,
            "amount_minor": amount,
            "currency": "USD",
        },
    )


def refund(payment_intent_id: str, amount: int = 20_000) -> Instruction:
    return instruction(
        CallKind.REFUND,
        {
            "refund_id": str(REFUND),
            "payment_intent_id": payment_intent_id,
            "amount_minor": amount,
            "currency": "USD",
        },
    )


def account() -> Instruction:
    return instruction(
        CallKind.ACCOUNT,
        {
            "payout_account_id": str(ACCOUNT),
            "country": "US",
            "email": "bea@example.test",
            "display_name": "Bea",
        },
    )


def payable(sandbox: RunningSandbox, skip: Skip) -> Instruction:
    """A transfer that nothing stands in the way of."""
    paid_session(sandbox)
    skip(timedelta(days=3))
    return transfer(onboarded_account(sandbox))


def made(sandbox: RunningSandbox, kind: str) -> int:
    return len(sandbox.store.newest(kind))


def pay(sandbox: RunningSandbox, answer: Answer) -> None:
    assert sandbox.pay(answer.facts["url"]).status_code == 303
