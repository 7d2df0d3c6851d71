"""Creators' accounts: one contract, in the words of Accounts v2 and of v1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest
from flask import Flask

from marketplace.gateways.stripe_accounts import Api, account_gateway
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.payouts.ports import AccountFacts, AccountGateway
from marketplace.payouts.rules.accounts import BankState, Requirement
from marketplace.processor.ports import Instruction, ProcessorUnavailable
from marketplace.processor.rules import Act, CallKind, Outcome
from marketplace.store.session import reading
from tests.gateways.sandbox_server import RunningSandbox
from tests.gateways.stripe_road import paid_session
from tests.workers.conftest import Skip

ACCOUNT: Final = UUID("01900000-0000-7000-8000-00000000000a")
NOBODY_HOME: Final = "http://127.0.0.1:1"


@pytest.fixture(params=list(Api))
def accounts(request: pytest.FixtureRequest, stripe_sandbox: RunningSandbox) -> AccountGateway:
    """The gateway in one API and in the other."""
    return account_gateway(
        request.param, api_key="sk_test_sandbox", api_base=stripe_sandbox.base_url
    )


def instruction(call_id: UUID | None = None) -> Instruction:
    call_id = call_id or uuid4()
    return Instruction(
        call_id=call_id,
        kind=CallKind.ACCOUNT,
        act=Act.SEND,
        params={
            "payout_account_id": str(ACCOUNT),
            "country": "US",
            "email": "bea@example.test",
            "display_name": "Bea",
        },
        idempotency_key=f"{call_id}.0",
        fence=1,
        send_before=utc_now() + timedelta(minutes=2),
    )


def opened(accounts: AccountGateway) -> str:
    answer = accounts.make(instruction())
    assert answer.outcome is Outcome.DONE
    return str(answer.remote_id)


def link_to(accounts: AccountGateway, account_id: str) -> str:
    return accounts.onboarding_link(
        account_id, return_url="http://127.0.0.1:9/back", refresh_url="http://127.0.0.1:9/again"
    )


def onboarded(accounts: AccountGateway, sandbox: RunningSandbox) -> str:
    account_id = opened(accounts)
    assert sandbox.finish_onboarding(link_to(accounts, account_id)).status_code == 303
    return account_id


def test_an_account_is_made_with_our_tags_and_waits_for_its_creator(
    stripe_sandbox: RunningSandbox, accounts: AccountGateway
) -> None:
    wanted = instruction()
    account_id = str(accounts.make(wanted).remote_id)

    stored = stripe_sandbox.store.get("account", account_id)
    assert stored is not None
    assert (stored["email"], stored["name"], stored["country"], stored["dashboard"]) == (
        "bea@example.test",
        "Bea",
        "US",
        "express",
    )
    assert stored["metadata"] == {
        "payout_account_id": str(ACCOUNT),
        "call_id": str(wanted.call_id),
    }
    facts = accounts.account(account_id)
    assert (facts.transfers_active, facts.under_review, facts.gone) == (False, False, False)
    assert [each.code for each in facts.requirements] == [
        "individual.first_name",
        "individual.last_name",
        "external_account",
    ]


def test_an_account_asked_for_twice_under_one_key_is_one_account(
    stripe_sandbox: RunningSandbox, accounts: AccountGateway
) -> None:
    call_id = uuid4()

    first, second = (accounts.make(instruction(call_id)).remote_id for _ in range(2))

    assert first == second
    assert len(stripe_sandbox.store.newest("account")) == 1


def test_an_onboarded_account_can_take_transfers_and_owes_nothing(
    stripe_sandbox: RunningSandbox, accounts: AccountGateway
) -> None:
    account_id = onboarded(accounts, stripe_sandbox)

    assert accounts.account(account_id) == AccountFacts(account_id, transfers_active=True)


def test_every_link_is_fresh_and_works_once(
    stripe_sandbox: RunningSandbox, accounts: AccountGateway
) -> None:
    account_id = opened(accounts)
    first, second = link_to(accounts, account_id), link_to(accounts, account_id)

    assert first != second
    assert stripe_sandbox.finish_onboarding(first).headers["location"].endswith("/back")
    assert not stripe_sandbox.finish_onboarding(first).headers.get("location", "").endswith("/back")


def test_what_is_asked_for_later_carries_its_deadline(
    stripe_sandbox: RunningSandbox, accounts: AccountGateway
) -> None:
    account_id = onboarded(accounts, stripe_sandbox)
    until = datetime(2027, 3, 1, 12, tzinfo=UTC)
    stripe_sandbox.control(
        f"accounts/{account_id}/transfers",
        {
            "state": "active",
            "due": ["individual.verification.document"],
            "deadline": int(until.timestamp()),
        },
    )

    assert accounts.account(account_id) == AccountFacts(
        account_id,
        transfers_active=True,
        requirements=(Requirement("individual.verification.document", until),),
    )


def test_what_is_overdue_has_stopped_the_account(
    stripe_sandbox: RunningSandbox, accounts: AccountGateway
) -> None:
    account_id = onboarded(accounts, stripe_sandbox)
    stripe_sandbox.control(
        f"accounts/{account_id}/transfers",
        {"state": "inactive", "due": ["individual.id_number"], "overdue": True},
    )

    assert accounts.account(account_id) == AccountFacts(
        account_id,
        transfers_active=False,
        requirements=(Requirement("individual.id_number", overdue=True),),
    )


def test_an_account_that_was_disconnected_is_gone(
    stripe_sandbox: RunningSandbox, accounts: AccountGateway
) -> None:
    account_id = onboarded(accounts, stripe_sandbox)
    stripe_sandbox.control(f"accounts/{account_id}/disconnect")

    assert accounts.account(account_id) == AccountFacts(
        account_id, transfers_active=False, gone=True
    )
    with pytest.raises(ProcessorUnavailable):
        link_to(accounts, account_id)


@pytest.mark.parametrize("api", list(Api))
def test_a_processor_that_is_away_says_nothing_about_an_account(api: Api) -> None:
    away = account_gateway(api, api_key="sk_test_sandbox", api_base=NOBODY_HOME)

    for ask in (
        lambda: away.account("acct_1"),
        lambda: link_to(away, "acct_1"),
        lambda: away.bank_payout("po_1", account_id="acct_1"),
    ):
        with pytest.raises(ProcessorUnavailable):
            ask()


def test_a_payment_to_a_bank_arrives_and_can_come_back_days_later(
    stripe_sandbox: RunningSandbox, accounts: AccountGateway, skip: Skip
) -> None:
    account_id = onboarded(accounts, stripe_sandbox)
    paid_session(stripe_sandbox)
    skip(timedelta(days=3))
    stripe_sandbox.client().v1.transfers.create(
        {"amount": 5_000, "currency": "usd", "destination": account_id}
    )
    made = stripe_sandbox.control("bank", {"press": "creator_payout", "id": account_id})
    payout_id = str(made["id"])

    seen = [accounts.bank_payout(payout_id, account_id=account_id)]
    for press in ("payout_paid", "payout_failed"):
        stripe_sandbox.control("bank", {"press": press, "id": payout_id})
        seen.append(accounts.bank_payout(payout_id, account_id=account_id))

    assert [each.state for each in seen] == [
        BankState.PENDING,
        BankState.PAID,
        BankState.FAILED,
    ]
    assert [each.failure_code for each in seen] == ["", "", "account_closed"]
    assert {each.amount for each in seen} == {Money(5_000, "USD")}
    assert seen[0].arrives_on == seen[0].made_at.date() + timedelta(days=2)
    balance = stripe_sandbox.client().v1.balance.retrieve(options={"stripe_account": account_id})
    assert [(part.amount, part.currency) for part in balance.available] == [(5_000, "usd")]


@pytest.mark.parametrize("api", list(Api))
def test_nothing_is_asked_about_accounts_while_a_transaction_is_open(app: Flask, api: Api) -> None:
    away = account_gateway(api, api_key="sk_test_sandbox", api_base=NOBODY_HOME)

    for ask in (
        lambda: away.account("acct_1"),
        lambda: link_to(away, "acct_1"),
        lambda: away.bank_payout("po_1", account_id="acct_1"),
    ):
        with (
            app.app_context(),
            pytest.raises(RuntimeError, match="a transaction was open"),
            reading(),
        ):
            ask()
