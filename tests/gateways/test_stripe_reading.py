"""What is asked of Stripe: what an earlier send made, and how things stand now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from flask import Flask

from marketplace.funding.ports import CheckoutState, RefundFacts, RefundStatus
from marketplace.gateways.stripe_payments import StripePayments
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.processor.ports import NoSuchObject, ProcessorUnavailable
from marketplace.processor.rules import Outcome
from marketplace.store.session import reading, transaction
from tests.gateways.sandbox_server import RunningSandbox
from tests.gateways.stripe_calls import (
    FUNDING,
    NOBODY_HOME,
    Skip,
    account,
    checkout,
    pay,
    payable,
    refund,
    transfer,
)
from tests.gateways.stripe_road import onboarded_account, paid_session

# Looking for what an earlier send made.


def test_a_transfer_is_found_by_the_call_in_its_metadata(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    wanted = payable(stripe_sandbox, skip)
    rival = replace(wanted, call_id=uuid4(), idempotency_key="rival.0")
    sent = payments.send(wanted)
    payments.send(rival)  # of the same payout, so in the same group

    found = payments.look_up(wanted)

    assert (found.outcome, found.remote_id) == (Outcome.DONE, sent.remote_id)


def test_a_refund_is_found_by_the_call_in_its_metadata(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    wanted = refund(str(paid_session(stripe_sandbox).payment_intent))
    sent = payments.send(wanted)

    found = payments.look_up(wanted)

    assert (found.outcome, found.remote_id) == (Outcome.DONE, sent.remote_id)


def test_what_was_never_sent_is_not_there(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    intent = str(paid_session(stripe_sandbox).payment_intent)
    never = [payable(stripe_sandbox, skip), refund(intent), checkout(), account()]

    assert [payments.look_up(each).outcome for each in never] == [Outcome.NOT_RUN] * 4


def test_a_look_up_that_nobody_answers_says_nothing() -> None:
    away = StripePayments(api_key="sk_test_sandbox", api_base=NOBODY_HOME)

    assert away.look_up(transfer("acct_1")).outcome is Outcome.UNKNOWN


def test_a_look_up_that_is_refused_says_nothing(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    stripe_sandbox.control("script", {"path": "/v1/transfers", "method": "GET", "status": 401})

    assert payments.look_up(transfer("acct_1")).outcome is Outcome.UNKNOWN


# How things stand now.


def test_an_open_checkout_has_no_charge(payments: StripePayments) -> None:
    session_id = str(payments.send(checkout()).remote_id)

    facts = payments.checkout(session_id)

    assert (facts.session_id, facts.funding_id) == (session_id, FUNDING)
    assert (facts.state, facts.charge) == (CheckoutState.OPEN, None)


def test_a_declined_card_leaves_the_checkout_open(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    answer = payments.send(checkout())
    declined = stripe_sandbox.pay(answer.facts["url"], card="4000000000000002")

    facts = payments.checkout(str(answer.remote_id))

    assert declined.status_code == 402
    assert (facts.state, facts.charge) == (CheckoutState.OPEN, None)


def test_a_paid_checkout_tells_the_charge_and_what_the_processor_keeps(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    answer = payments.send(checkout())
    pay(stripe_sandbox, answer)

    facts = payments.checkout(str(answer.remote_id))

    assert facts.state is CheckoutState.PAID
    charge = facts.charge
    assert charge is not None
    assert charge.charge_id.startswith("ch_")
    assert charge.amount == Money(110_000, "USD")
    # 2.9 % and 30 cents.
    assert charge.processor_fee == Money(3_220, "USD")
    assert charge.available_on - charge.charged_at == timedelta(days=2)
    (line,) = payments.statement(
        from_at=utc_now() - timedelta(days=1), until_at=utc_now() + timedelta(minutes=1)
    )
    assert (line.line_id, line.source_id) == (charge.balance_transaction_id, charge.charge_id)


def test_a_checkout_expires_after_a_day(payments: StripePayments, skip: Skip) -> None:
    session_id = str(payments.send(checkout()).remote_id)
    skip(timedelta(hours=24, seconds=1))

    facts = payments.checkout(session_id)

    assert (facts.state, facts.charge) == (CheckoutState.EXPIRED, None)


def test_a_checkout_of_somebody_else_is_not_ours(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    stranger = paid_session(stripe_sandbox, metadata={"funding_id": "17"})

    assert payments.checkout(stranger.id).funding_id is None


def test_a_refund_is_paid_when_the_processor_says_so(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    given = str(payments.send(refund(str(paid_session(stripe_sandbox).payment_intent))).remote_id)
    left = Money(20_000, "USD")

    assert payments.refund(given) == RefundFacts(given, RefundStatus.PAID, left=left)

    stripe_sandbox.bank("refund", given, "fail")

    assert payments.refund(given) == RefundFacts(
        given,
        RefundStatus.FAILED,
        left=left,
        came_back=left,
        problem="expired_or_canceled_card",
    )


def test_the_call_behind_a_transfer_is_told_and_a_strangers_is_none(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    wanted = payable(stripe_sandbox, skip)
    ours = payments.send(wanted)
    theirs = stripe_sandbox.client().v1.transfers.create(
        {"amount": 100, "currency": "usd", "destination": wanted.params["account_id"]}
    )

    assert payments.transfer(str(ours.remote_id)).call_id == wanted.call_id
    assert payments.transfer(theirs.id).call_id is None


def test_a_statement_holds_every_line_of_every_page_once(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    paid_session(stripe_sandbox, 10_000_00)
    skip(timedelta(days=3))
    account_id = onboarded_account(stripe_sandbox)
    client = stripe_sandbox.client()
    stripe_sandbox.sandbox.stripe.rates.lift()
    for amount in range(1, 206):
        client.v1.transfers.create({"amount": amount, "currency": "usd", "destination": account_id})

    lines = list(
        payments.statement(
            from_at=utc_now() - timedelta(days=1), until_at=utc_now() + timedelta(minutes=1)
        )
    )

    assert sorted(-line.net.minor for line in lines) == list(range(1, 206))
    assert len({line.line_id for line in lines}) == 205
    assert {(line.kind, line.fee) for line in lines} == {("transfer", Money(0, "USD"))}


def test_a_statement_keeps_to_its_span_of_time(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    paid_session(stripe_sandbox, 50_000)
    later = skip(timedelta(days=5))
    paid_session(stripe_sandbox, 60_000)

    old = list(payments.statement(from_at=later - timedelta(days=6), until_at=later))
    new = list(payments.statement(from_at=later, until_at=later + timedelta(minutes=1)))

    assert [line.amount for line in old] == [Money(50_000, "USD")]
    assert [line.amount for line in new] == [Money(60_000, "USD")]


def test_a_line_tells_gross_fee_and_net_and_keeps_the_answer(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    paid_session(stripe_sandbox, 100_000)

    (line,) = payments.statement(
        from_at=utc_now() - timedelta(days=1), until_at=utc_now() + timedelta(minutes=1)
    )

    assert (line.amount, line.fee, line.net) == (
        Money(100_000, "USD"),
        Money(2_930, "USD"),
        Money(97_070, "USD"),
    )
    assert line.occurred_at.tzinfo is UTC
    assert line.available_on == (line.occurred_at + timedelta(days=2)).date()
    assert line.raw["id"] == line.line_id
    assert line.raw["fee_details"][0]["type"] == "stripe_fee"


def test_the_balance_counts_what_is_still_to_settle(
    stripe_sandbox: RunningSandbox, payments: StripePayments, skip: Skip
) -> None:
    paid_session(stripe_sandbox, 100_000)
    skip(timedelta(days=3))
    paid_session(stripe_sandbox, 200_000)
    paid_session(stripe_sandbox, 10_000, currency="eur")

    assert payments.balance() == {
        "USD": Money(97_070 + 194_170, "USD"),
        "EUR": Money(9_680, "EUR"),
    }


# When nobody answers, and when nobody may ask.

READS: list[Callable[[StripePayments], object]] = [
    lambda p: p.checkout("cs_1"),
    lambda p: p.refund("re_1"),
    lambda p: p.transfer("tr_1"),
    lambda p: list(p.statement(from_at=utc_now() - timedelta(days=1), until_at=utc_now())),
    lambda p: p.balance(),
]


@pytest.mark.parametrize("read", READS)
def test_a_read_during_an_outage_says_that_the_processor_is_away(
    stripe_sandbox: RunningSandbox,
    payments: StripePayments,
    read: Callable[[StripePayments], object],
) -> None:
    stripe_sandbox.control("script", {"path": "/v*", "status": 503, "times": 20, "saved": False})

    with pytest.raises(ProcessorUnavailable):
        read(payments)


@pytest.mark.parametrize("read", READS[:3])
def test_a_read_of_what_is_not_there_says_that_asking_again_is_no_use(
    payments: StripePayments, read: Callable[[StripePayments], object]
) -> None:
    with pytest.raises(NoSuchObject):
        read(payments)


def test_a_read_gets_over_one_broken_connection(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    paid_session(stripe_sandbox, 100_000)
    stripe_sandbox.control("script", {"path": "/v1/balance", "drop": "before"})

    assert payments.balance() == {"USD": Money(97_070, "USD")}


def test_a_send_is_never_repeated_by_the_library(
    stripe_sandbox: RunningSandbox, payments: StripePayments
) -> None:
    stripe_sandbox.control(
        "script", {"path": "/v1/checkout/sessions", "status": 503, "times": 5, "saved": False}
    )

    payments.send(checkout())

    assert len(stripe_sandbox.sandbox.stripe.requests) == 1


@pytest.mark.parametrize(
    "ask",
    [*READS, lambda p: p.send(checkout()), lambda p: p.look_up(transfer("acct_1"))],
)
def test_nothing_is_asked_while_a_transaction_is_open(
    app: Flask, ask: Callable[[StripePayments], object]
) -> None:
    payments = StripePayments(api_key="sk_test_sandbox", api_base=NOBODY_HOME)

    for door in (transaction, reading):
        with (
            app.app_context(),
            pytest.raises(RuntimeError, match="a transaction was open"),
            door(),
        ):
            ask(payments)
